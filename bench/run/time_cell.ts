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
import { inParallel } from "./in_parallel.ts";
import { warmUp } from "../experiment/warmup.ts";

/** Time that one measurement should take: far above the clock's steps. */
const BATCH_NS = 5e6;
/** Time of a batch of the warm-up. */
const WARM_UP_NS = 2.5e6;
/**
 * Time that an isolate works before anything is asked of it: V8 needs about so
 * long to compile the path's loops in all its stages.
 */
const BURN_IN_NS = 100e6;
/** The same for one that has worked on another window already. */
const SECOND_BURN_IN_NS = 20e6;
/** Isolates that have been burnt in. */
const burntIn = new WeakSet<Contender>();

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
  let passes = 1;
  const time = async (contender: string, birth: number, count: number) => {
    const worker = await isolate(contender, birth);
    return await worker.ask({ kind: "time", window, passes: count });
  };
  const measure = async (contender: string, birth: number, count = passes) => {
    const { elapsedNs, ios } = await time(contender, birth, count);
    return elapsedNs / ios;
  };
  let warmUpPasses = 1;
  // Born and burnt in side by side: nothing that is kept is measured here.
  const everyBirth = options.contenders.flatMap((contender) =>
    Array.from({ length: options.births }, (_, birth) => ({ contender, birth }))
  );
  await inParallel(everyBirth, async ({ contender, birth }) => {
    const worker = await isolate(contender, birth);
    const neededNs = burntIn.has(worker) ? SECOND_BURN_IN_NS : BURN_IN_NS;
    burntIn.add(worker);
    let spentNs = 0;
    while (spentNs < neededNs && !signal?.aborted) {
      spentNs += (await time(contender, birth, 1)).elapsedNs;
    }
  });
  const first = options.contenders[0];
  if (first !== undefined && !signal?.aborted) {
    await measure(first, 0); // its caches were another isolate's until now
    const nsPerIo = await measure(first, 0);
    const passesFor = (ns: number) =>
      Math.max(1, Math.round(ns / (nsPerIo * windowIos)));
    passes = passesFor(BATCH_NS);
    warmUpPasses = passesFor(WARM_UP_NS);
  }
  const result = await runRounds({
    ...options,
    measure: (contender, birth) => measure(contender, birth),
    beginBirth: async (birth) => {
      for (const contender of options.contenders) {
        if (signal?.aborted) return;
        const { steady } = await warmUp({
          measure: () => measure(contender, birth, warmUpPasses),
          cap: 8,
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
