/**
 * The measured half of a cell: births of fresh isolates, each warmed up until
 * steady, then rounds that visit all of them in random order.
 */
import type { Contender } from "../contender.ts";
import type { WindowHandle } from "../contender_protocol.ts";
import {
  type Progress,
  type RoundsResult,
  runRounds,
} from "../experiment/run_rounds.ts";
import { warmUp } from "../experiment/warmup.ts";

/** Time that one measurement should take: far above the clock's steps. */
const BATCH_NS = 5e6;

/** How a cell is timed. */
export interface TimingOptions {
  /** The window that is replayed. */
  readonly window: WindowHandle;
  /** Its I/Os that move data. */
  readonly windowIos: number;
  /** Names of the contenders, baseline and control among them. */
  readonly contenders: readonly string[];
  /** The isolate of a contender's birth; the same for the same arguments. */
  readonly isolate: (contender: string, birth: number) => Promise<Contender>;
  /** Births of each contender. */
  readonly births: number;
  /** Rounds per birth. */
  readonly rounds: number;
  /** Time for the whole cell. */
  readonly budgetNs: number;
  /** Seed of the order. */
  readonly seed: number;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** Ends the timing early. */
  readonly signal?: AbortSignal;
  /** Told after every measurement. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What timing gave. */
export interface TimedCell extends RoundsResult {
  /** Contender births that were still changing when the warm-up ended. */
  readonly unsteady: readonly string[];
  /** Contender births in all. */
  readonly warmed: number;
}

/**
 * Times a cell.
 *
 * @param options How.
 * @returns The samples and how the warm-ups went.
 */
export async function timeCell(options: TimingOptions): Promise<TimedCell> {
  const { window, windowIos, isolate, signal } = options;
  const unsteady: string[] = [];
  let warmed = 0;
  let passes = 0;
  const measure = async (contender: string, birth: number) => {
    const worker = await isolate(contender, birth);
    const { elapsedNs, ios } = await worker.ask({
      kind: "time",
      window,
      passes: Math.max(passes, 1),
    });
    return elapsedNs / ios;
  };
  const result = await runRounds({
    ...options,
    measure,
    beginBirth: async (birth) => {
      for (const contender of options.contenders) {
        if (signal?.aborted) return;
        if (passes === 0) {
          // The first isolate, once warm, decides how long a batch is.
          await warmUp({ measure: () => measure(contender, birth), cap: 12 });
          const nsPerIo = await measure(contender, birth);
          passes = Math.max(1, Math.round(BATCH_NS / (nsPerIo * windowIos)));
        }
        const { steady } = await warmUp({
          measure: () => measure(contender, birth),
          cap: 9,
          window: 6,
          tolerance: 0.1,
          ...(signal ? { signal } : {}),
        });
        warmed++;
        if (!steady) unsteady.push(`${contender} (birth ${birth + 1})`);
      }
    },
  });
  return { ...result, unsteady, warmed };
}
