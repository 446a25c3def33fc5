/**
 * The measured half of a cell: births of fresh isolates, each warmed up until
 * steady, then rounds that visit all of them in random order.
 */
import type { Contender } from "../contender.ts";
import type { OpenedWindow, WindowHandle } from "../contender_protocol.ts";
import {
  type Progress,
  type RoundsResult,
  runRounds,
} from "../experiment/run_rounds.ts";
import { inParallel } from "./in_parallel.ts";
import type { Sample } from "../experiment/summarise.ts";
import { shortestBatchNs, type Timer } from "../experiment/timer.ts";
import { type WarmUp, warmUp } from "../experiment/warmup.ts";

/** Time that one measurement should take; more if the clock is coarse. */
const BATCH_NS = 5e6;
/** The same of what stands apart and needs no fine interval. */
const APART_BATCH_NS = 1e6;
/** Time of a batch of the warm-up. */
const WARM_UP_NS = 2.5e6;
/**
 * Time that an isolate works before anything is asked of it. V8 compiles the
 * path's stages within 0.25 s; the first pass alone may take half of that.
 */
const BURN_IN_NS = 300e6;
/** The same for one that has worked on another window already. */
const SECOND_BURN_IN_NS = 100e6;
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
  /** Contenders that are timed in the same rounds, and compared with none. */
  readonly apart?: readonly string[];
  /** The isolate of a contender's birth; the same for the same arguments. */
  readonly isolate: (contender: string, birth: number) => Promise<Contender>;
  /** Told when nothing more is asked of the isolates of a birth. */
  readonly endBirth?: (birth: number) => Promise<void>;
  /** Births of each contender. */
  readonly births: number;
  /** Rounds per birth. */
  readonly rounds: number;
  /** Time for the births' warm-ups and rounds; burning in is beside it. */
  readonly budgetNs: number;
  /** Seed of the order. */
  readonly seed: number;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** What is known of the clock that measurements are taken with. */
  readonly timer?: Timer;
  /** Whether the samples so far are good enough; asked after each birth. */
  readonly enough?: (samples: readonly Sample[]) => boolean;
  /** Ends the timing early. */
  readonly signal?: AbortSignal;
  /** Told after every measurement. */
  readonly onProgress?: (progress: Progress) => void;
}

/** The warm-up of one birth of one contender. */
export interface TimedWarmUp extends WarmUp {
  /** Name of the contender. */
  readonly contender: string;
  /** Which birth of it, from 0. */
  readonly birth: number;
}

/** What timing gave. */
export interface TimedCell extends RoundsResult {
  /** Samples of the contenders that stand apart. */
  readonly apart: readonly Sample[];
  /** How the warm-ups went, with their time series. */
  readonly warmUps: readonly TimedWarmUp[];
  /** Time of the shortest measurement of those that are compared. */
  readonly shortestNs: number | null;
  /** Time that the births' warm-ups and rounds took: of the budget. */
  readonly takenNs: number;
}

/**
 * Times a cell.
 *
 * @param options How.
 * @returns The samples and how the warm-ups went.
 */
export async function timeCell(options: TimingOptions): Promise<TimedCell> {
  const { window, windowIos, isolate, signal, apart = [] } = options;
  const all = [...options.contenders, ...apart];
  const warmUps: TimedWarmUp[] = [];
  let shortestNs: number | null = null;
  /** Parts of a window that is too long for one measurement. */
  let slices = 1;
  /** The window as each worker has it open. */
  const opened = new Map<Contender, OpenedWindow>();
  const open = async (worker: Contender) => {
    const answer = await worker.ask({ kind: "open", window });
    opened.set(worker, answer.window);
    return answer.window;
  };
  const measure = async (
    contender: string,
    birth: number,
    what: { passes: number; part?: number; isWhole?: boolean },
  ) => {
    const worker = await isolate(contender, birth);
    const { passes, part = 0, isWhole = false } = what;
    const { elapsedNs, ios } = await worker.ask({
      kind: "time",
      window: opened.get(worker) ?? await open(worker),
      passes,
      ...(slices > 1 && !isWhole
        ? { slice: { index: part % slices, of: slices } }
        : {}),
    });
    return { elapsedNs, nsPerIo: elapsedNs / ios };
  };
  const restNs = new Map<string, number>();
  /** Time of burning in, which is not the experiment's. */
  let burnInNs = 0;
  const clock = () => options.clock() - burnInNs;
  /** Makes a birth's isolates, side by side: nothing is measured yet. */
  const burnIn = async (birth: number) => {
    await inParallel(all, async (contender) => {
      const worker = await isolate(contender, birth);
      await open(worker);
      const neededNs = burntIn.has(worker) ? SECOND_BURN_IN_NS : BURN_IN_NS;
      burntIn.add(worker);
      let spentNs = 0;
      for (let passes = 1; spentNs < neededNs && !signal?.aborted;) {
        const { elapsedNs, nsPerIo } = await measure(contender, birth, {
          passes,
          isWhole: true,
        });
        spentNs += elapsedNs;
        // A pass through nothing is far shorter than the burn-in.
        if (elapsedNs < neededNs / 8) passes *= 2;
        if (birth === 0) restNs.set(contender, nsPerIo);
      }
    });
  };
  /** Cuts the window, so that a part of it takes one measurement. */
  const cutWindow = async () => {
    const [first] = options.contenders;
    if (first === undefined || signal?.aborted) return;
    // Its caches were another isolate's until now.
    await measure(first, 0, { passes: 1 });
    const { nsPerIo, elapsedNs } = await measure(first, 0, { passes: 1 });
    restNs.set(first, nsPerIo);
    slices = Math.max(1, Math.floor(elapsedNs / (2 * BATCH_NS)));
  };
  const leastNs = options.timer ? shortestBatchNs(options.timer) : 0;
  /** One number for all that are compared; each of the others its own. */
  const passesFor = (contender: string, wantedNs: number) => {
    const isApart = apart.includes(contender);
    const name = isApart ? contender : options.contenders[0] ?? contender;
    const batchNs = Math.max(
      isApart ? Math.min(wantedNs, APART_BATCH_NS) : wantedNs,
      leastNs,
    );
    const nsPerPass = (restNs.get(name) ?? Infinity) * windowIos / slices;
    return Math.max(1, Math.round(batchNs / nsPerPass));
  };
  const isCompared = ({ contender }: Sample) => !apart.includes(contender);
  const { births, rounds, seed, budgetNs } = options;
  const { enough, endBirth, onProgress } = options;
  const start = clock();
  const result = await runRounds({
    births,
    rounds,
    seed,
    budgetNs,
    ...(signal ? { signal } : {}),
    ...(endBirth ? { endBirth } : {}),
    ...(onProgress ? { onProgress } : {}),
    contenders: all,
    clock,
    ...(enough ? { enough: (found) => enough(found.filter(isCompared)) } : {}),
    measure: async (contender, birth, round) => {
      const passes = passesFor(contender, BATCH_NS);
      // One round has one part, so that its ratios are of the same I/Os.
      const part = birth * options.rounds + round;
      const found = await measure(contender, birth, { passes, part });
      if (!apart.includes(contender)) {
        shortestNs = Math.min(shortestNs ?? Infinity, found.elapsedNs);
      }
      return found.nsPerIo;
    },
    beginBirth: async (birth) => {
      const start = options.clock();
      await burnIn(birth);
      if (birth === 0) await cutWindow();
      burnInNs += options.clock() - start;
      for (const contender of all) {
        if (signal?.aborted) return;
        const passes = passesFor(contender, WARM_UP_NS);
        let part = 0;
        const found = await warmUp({
          measure: async () => {
            const what = { passes, part: part++ };
            return (await measure(contender, birth, what)).nsPerIo;
          },
          cap: 8,
          window: 6,
          tolerance: 0.1,
          ...(signal ? { signal } : {}),
        });
        warmUps.push({ contender, birth, ...found });
      }
    },
  });
  return {
    ended: result.ended,
    samples: result.samples.filter(isCompared),
    apart: result.samples.filter((sample) => !isCompared(sample)),
    warmUps,
    shortestNs,
    takenNs: clock() - start,
  };
}
