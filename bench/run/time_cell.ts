/**
 * The measured half of a cell in JavaScript: births of fresh isolates, each
 * warmed up until steady, then rounds that visit all of them in random order;
 * all others are idle meanwhile.
 */
import {
  groupIosOf,
  type SliceIos,
  sliceIosOf,
  sliceOf,
  TURN,
} from "../contender/cache_state.ts";
import type { Contender } from "../contender/contender.ts";
import type {
  OpenedWindow,
  WindowHandle,
  WindowSlice,
} from "../contender/contender_protocol.ts";
import type { CpuClockName } from "../machine/cpu_clock.ts";
import { type Progress, runRounds } from "../statistics/run_rounds.ts";
import type { Sample } from "../statistics/sample.ts";
import { warmUp } from "../statistics/warmup.ts";
import { inParallel } from "../machine/in_parallel.ts";
import {
  type BirthTurns,
  samplesOf,
  type TimedCell,
  type TimedWarmUp,
  type TurnSamples,
} from "./timed_cell.ts";

/** CPU time of a batch of what stands apart, which needs no fine interval. */
const APART_BATCH_NS = 1e6;
/** Length of a batch of the warm-up, as a share of a warm slice. */
const WARM_UP_SHARE = 0.5;
/**
 * CPU time that an isolate works before anything is asked of it. V8 compiles
 * the path's stages within 0.25 s; the first pass alone may take half of that.
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
  /**
   * Contenders that are timed in the rounds of the first birth, and compared
   * with none: what they show is large, and an isolate of each birth dear.
   */
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
  /** I/Os of a slice; found by the baseline's speed unless told. */
  readonly sliceIos?: SliceIos;
  /** CPU time that an isolate works before anything is measured of it. */
  readonly burnInNs?: number;
  /** Whether the samples so far are good enough; asked after each birth. */
  readonly enough?: (samples: readonly Sample[]) => boolean;
  /** Ends the timing early. */
  readonly signal?: AbortSignal;
  /** Told after every measurement. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * I/Os more that a contender carries out than are counted, as a share:
   * a difference that is planted, to see whether it is found.
   */
  readonly planted?: ReadonlyMap<string, number>;
}

/**
 * Times a cell.
 *
 * @param options How.
 * @returns The samples and how the warm-ups went.
 */
export async function timeCell(options: TimingOptions): Promise<TimedCell> {
  const { window, windowIos, isolate, signal, apart = [] } = options;
  const allOf = (birth: number) =>
    birth === 0 ? [...options.contenders, ...apart] : options.contenders;
  const warmUps: TimedWarmUp[] = [];
  const samples: TurnSamples = { cold: [], warm: [] };
  /** Turns of the birth that runs. */
  const turns: BirthTurns = { cold: [], warm: [] };
  const endTurns = (birth: number) => {
    for (const state of TURN) {
      samples[state].push(...samplesOf(birth, turns[state].splice(0)));
    }
  };
  const apartSamples: Sample[] = [];
  let shortestNs: number | null = null;
  let clockName: CpuClockName | null = null;
  let { sliceIos } = options;
  const group = groupIosOf(window);
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
    slice: WindowSlice,
  ) => {
    const worker = await isolate(contender, birth);
    const { cpuNs, ios, parts, clock } = await worker.ask({
      kind: "time",
      window: opened.get(worker) ?? await open(worker),
      ...slice,
    });
    clockName = clock;
    return { cpuNs, parts, nsPerIo: Math.max(1, cpuNs) / ios };
  };
  const restNs = new Map<string, number>();
  /** Time of burning in, which is not the experiment's. */
  let burnInNs = 0;
  const clock = () => options.clock() - burnInNs;
  /** Makes a birth's isolates, side by side: nothing is measured yet. */
  const burnIn = async (birth: number) => {
    const all = allOf(birth);
    const lanes = Math.min(all.length, navigator.hardwareConcurrency);
    await inParallel(all, async (contender) => {
      const worker = await isolate(contender, birth);
      await open(worker);
      const neededNs = options.burnInNs ??
        (burntIn.has(worker) ? SECOND_BURN_IN_NS : BURN_IN_NS);
      burntIn.add(worker);
      let spentNs = 0;
      for (let passes = 1; spentNs < neededNs && !signal?.aborted;) {
        const { cpuNs, nsPerIo } = await measure(contender, birth, {
          first: 0,
          ios: passes * windowIos,
        });
        // A clock of the process has counted the other lane's work, too.
        const ownNs = clockName === "process CPU" ? cpuNs / lanes : cpuNs;
        spentNs += Math.max(1, ownNs);
        // A pass through nothing is far shorter than the burn-in.
        if (ownNs < neededNs / 8) passes *= 2;
        if (birth === 0) restNs.set(contender, nsPerIo);
      }
    });
  };
  /** Decides on slices, with all other isolates idle. */
  const cutWindow = async () => {
    const [first] = options.contenders;
    if (first === undefined || signal?.aborted) return;
    const pass = {
      ...{ first: 0, ios: windowIos, leadIn: group / windowIos },
      group: { first: 0, ios: group },
    };
    // Its caches were another isolate's until now.
    await measure(first, 0, pass);
    const { nsPerIo } = await measure(first, 0, pass);
    sliceIos ??= sliceIosOf("js", nsPerIo, group);
  };
  /** I/Os of a batch of a contender that stands apart: whole passes. */
  const apartIos = (contender: string) => {
    const nsPerPass = (restNs.get(contender) ?? Infinity) * windowIos;
    const passes = Math.max(1, Math.round(APART_BATCH_NS / nsPerPass));
    return passes * windowIos;
  };
  const takeTurn = async (
    of: Pick<Sample, "contender" | "birth" | "round">,
  ) => {
    const { contender, birth, round } = of;
    if (apart.includes(contender)) {
      const ios = apartIos(contender);
      const time = await measure(contender, birth, { first: 0, ios });
      apartSamples.push(
        ...samplesOf(birth, [{ contender, round, parts: time.parts }]),
      );
      return time.nsPerIo;
    }
    let nsPerIo = Infinity;
    for (const state of TURN) {
      const lengths = sliceIos ??
        sliceIosOf("js", restNs.get(contender) ?? 1, group);
      const slice = sliceOf(state, lengths, birth);
      const more = options.planted?.get(contender) ?? 0;
      const time = await measure(contender, birth, {
        ...slice,
        ios: Math.round(slice.ios * (1 + more)),
      });
      turns[state].push({ contender, round, parts: time.parts, more });
      nsPerIo = time.nsPerIo * (1 + more);
      if (state === "warm") {
        shortestNs = Math.min(shortestNs ?? Infinity, time.cpuNs);
      }
    }
    return nsPerIo;
  };
  const { births, rounds, seed, budgetNs } = options;
  const { enough, endBirth, onProgress } = options;
  const start = clock();
  const result = await runRounds({
    births,
    rounds,
    seed,
    budgetNs,
    ...(signal ? { signal } : {}),
    endBirth: async (birth) => {
      endTurns(birth);
      await endBirth?.(birth);
    },
    ...(onProgress ? { onProgress } : {}),
    contenders: options.contenders,
    apart,
    clock,
    ...(enough ? { enough: () => enough(samples.warm) } : {}),
    measure: (contender, birth, round) => takeTurn({ contender, birth, round }),
    beginBirth: async (birth) => {
      const start = options.clock();
      await burnIn(birth);
      if (birth === 0) await cutWindow();
      burnInNs += options.clock() - start;
      for (const contender of allOf(birth)) {
        if (signal?.aborted) return;
        const ios = apart.includes(contender)
          ? apartIos(contender)
          : Math.ceil((sliceIos?.warm ?? windowIos) * WARM_UP_SHARE);
        let part = 0;
        const found = await warmUp({
          measure: async () => {
            const slice = { first: ios * part++, ios };
            return (await measure(contender, birth, slice)).nsPerIo;
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
    samples: samples.warm,
    cold: samples.cold,
    apart: apartSamples,
    warmUps,
    shortestNs,
    takenNs: clock() - start,
    sliceIos: sliceIos ?? null,
    clock: clockName,
  };
}
