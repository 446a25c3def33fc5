/**
 * What is timed of an audited cell, and what both engines get to know of it.
 */
import { type SliceIos, sliceIosLike } from "../contender/cache_state.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { buildsOfTurns } from "../result/turns.ts";
import { summarise } from "../result/summarise.ts";
import { BASELINE } from "../setup/baseline.ts";
import type { Progress } from "../statistics/run_rounds.ts";
import type { Sample } from "../statistics/sample.ts";
import type { AuditedCell } from "./audit_cell.ts";
import type { RunCellOptions } from "./cell_options.ts";
import type { LabRunOptions } from "./options.ts";

/** Name of the baseline's second set of builds, for the noise floor. */
export const CONTROL = `${BASELINE} (control)`;
export interface ContendersToTime {
  readonly setups: ReadonlyMap<string, ContenderSetup>;
  readonly audited: AuditedCell;
  readonly options: RunCellOptions;
  /** Differences that are planted, as shares of a contender's I/Os. */
  readonly planted?: ReadonlyMap<string, number>;
}

export interface SharedTiming {
  readonly rounds: number;
  readonly seed: number;
  /** I/Os of a slice, where another engine's are to be repeated. */
  readonly sliceIos?: SliceIos | undefined;
  readonly enough?: ((samples: readonly Sample[]) => boolean) | undefined;
  readonly onProgress: (progress: Progress) => void;
  readonly planted?: ReadonlyMap<string, number> | undefined;
}

/**
 * Returns the options for timing a cell, whichever engine runs it.
 *
 * @returns Rounds, seed, slices, when to stop, and who gets progress.
 */
export function sharedTiming(
  { options, planted }: ContendersToTime,
  engine: "js" | "native",
  stage = "timing",
): SharedTiming {
  const { run, onProgress, twin, repeated } = options;
  return {
    rounds: run.rounds,
    // Another order than that of the earlier builds.
    seed: run.seed + firstBuildOf(options),
    sliceIos: repeated?.timing?.sliceIos ??
      (twin?.timing?.sliceIos &&
        sliceIosLike(engine, twin.timing.sliceIos)),
    enough: run.widthPercent === undefined
      ? undefined
      : (samples) => isNarrow(samples, run),
    onProgress: (progress: Progress) => onProgress?.(stage, progress),
    planted,
  };
}

/**
 * Returns the number of the first build that is timed.
 *
 * @returns 0, or how many an earlier run has timed.
 */
export function firstBuildOf(
  { repeated }: Pick<RunCellOptions, "repeated">,
): number {
  return buildsOfTurns(repeated?.turns ?? []);
}

/**
 * Returns the setup of the baseline.
 *
 * @throws {RangeError} If it is not among them.
 */
export function baselineSetup(
  setups: ReadonlyMap<string, ContenderSetup>,
): ContenderSetup {
  const setup = setups.get(BASELINE);
  if (setup === undefined) {
    throw new RangeError(`Cannot time "${BASELINE}": it is not in the cell`);
  }
  return setup;
}

/** Whether no ratio of the samples so far is wider than was wished. */
function isNarrow(samples: readonly Sample[], run: LabRunOptions): boolean {
  const { contenders } = summarise(samples, {
    baseline: BASELINE,
    control: CONTROL,
    seed: run.seed,
    permutations: 1, // only intervals are asked for
  });
  const widest = Math.max(
    ...contenders.map(({ ratio: { median, low, high } }) =>
      low === null || high === null
        ? Infinity
        : Math.max(high / median, median / low) - 1
    ),
  );
  return 100 * widest <= (run.widthPercent ?? Infinity);
}
