/**
 * Drives one reader with many inputs: the same ones for the same seed.
 */
import fc from "fast-check";
import { mutated } from "./mutation.ts";
import { FuzzFinding, type FuzzTarget, judge } from "./target.ts";

/** Longest time for one input, in ms; far more than any needs. */
export const HANG_MS = 5000;

export interface FuzzOptions {
  /** Inputs. */
  readonly runs: number;
  readonly seed: number;
  /** A monotonic clock in ms. */
  readonly clock: () => number;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
}

export interface FuzzOutcome {
  /** Inputs that the reader was given. */
  readonly runs: number;
  /** Inputs that it took; the others it refused as documented. */
  readonly accepted: number;
  /** The longest time that one input took, in ms. */
  readonly slowestMs: number;
  /** What went wrong, if anything did: the smallest input found for it. */
  readonly finding?: {
    readonly message: string;
    readonly input: Uint8Array;
  };
}

export async function runFuzz(
  target: FuzzTarget,
  options: FuzzOptions,
): Promise<FuzzOutcome> {
  const { clock, signal } = options;
  let runs = 0;
  let accepted = 0;
  let slowestMs = 0;
  const property = fc.asyncProperty(mutated(target), async (bytes) => {
    if (signal?.aborted) return;
    const start = clock();
    if (await judge(target, bytes)) accepted++;
    runs++;
    const tookMs = clock() - start;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > HANG_MS) {
      throw new FuzzFinding(
        `${target.name} took ${Math.round(tookMs)} ms for ${bytes.length} ` +
          `bytes, expected at most ${HANG_MS}`,
      );
    }
  });
  const details = await fc.check(property, {
    numRuns: options.runs,
    seed: options.seed | 0,
    // Every input counts, and nothing is kept of those that were fine.
    skipEqualValues: false,
    verbose: fc.VerbosityLevel.None,
  });
  const [input] = details.counterexample ?? [];
  if (!details.failed || input === undefined) {
    return { runs, accepted, slowestMs };
  }
  const { errorInstance } = details;
  const message = errorInstance instanceof Error
    ? errorInstance.message
    : String(errorInstance);
  return { runs, accepted, slowestMs, finding: { message, input } };
}
