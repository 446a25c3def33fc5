/**
 * The measured half of a cell in C: builds, each of which holds all contenders
 * side by side in one worker, in memory and at places of code that are drawn
 * anew for each of them; then rounds, in which every contender has one turn.
 */
import { randomStream } from "../../sim/random/random_stream.ts";
import {
  groupIosOf,
  type SliceIos,
  sliceIosOf,
  sliceOf,
  TURN,
} from "../contender/cache_state.ts";
import type { Contender } from "../contender/contender.ts";
import type {
  BuildMemory,
  BuildSlice,
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import type { CpuClockName } from "../machine/cpu_clock.ts";
import type { Progress } from "../statistics/run_rounds.ts";
import { schedule } from "../statistics/schedule.ts";
import type { Sample } from "../statistics/sample.ts";
import { TEXT_PLACES } from "../native/link_at.ts";
import type { TimedCompiler } from "./timed_compilers.ts";
import {
  type BirthTurns,
  samplesOf,
  type TimedCell,
  type TurnSamples,
} from "./timed_cell.ts";

/** Time that is enough to tell it. */
const TELLING_NS = 1e6;
/** Slices of which the fastest tells it: others were disturbed. */
const TELLING_SLICES = 3;
/** Rounds of each build that the call into C alone is measured in. */
const EMPTY_ROUNDS = 3;
/** Name of a call into C that carries out no I/O. */
export const EMPTY_CALL = "noop";

/** How builds are timed. */
export interface BuildTimingOptions {
  /** The window that is replayed. */
  readonly window: WindowHandle;
  /** Contenders by name, in C; baseline and control among them. */
  readonly contenders: ReadonlyMap<string, ContenderSetup>;
  /** What builds them, in turn; default: as each contender says. */
  readonly compilers?: readonly TimedCompiler[];
  /** The contender whose speed decides how long a slice is. */
  readonly baseline: string;
  /** I/Os of a slice, where another engine's are to be repeated. */
  readonly sliceIos?: SliceIos;
  /** The workers, of which each makes one build after the other. */
  readonly workers: readonly Contender[];
  /** Builds. */
  readonly births: number;
  /** Rounds of each. */
  readonly rounds: number;
  /** Time for all of it. */
  readonly budgetNs: number;
  /** Seed of order and placement. */
  readonly seed: number;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** Whether the samples so far are good enough; asked after each build. */
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
 * Times a cell in C.
 *
 * @param options How.
 * @returns The samples of both cache states.
 * @throws {Error} If a worker failed or a path gave a wrong answer.
 */
export async function timeBuilds(
  options: BuildTimingOptions,
): Promise<TimedCell> {
  const { window, births, rounds, seed, signal, planted, compilers } = options;
  const names = [...options.contenders.keys()];
  const samples: TurnSamples = { cold: [], warm: [] };
  const apart: Sample[] = [];
  let { sliceIos } = options;
  let foundIos: Promise<SliceIos> | undefined = sliceIos &&
    Promise.resolve(sliceIos);
  let clock: CpuClockName | null = null;
  let memory: BuildMemory | undefined;
  let shortestNs: number | null = null;

  const measure = async (worker: Contender, slices: readonly BuildSlice[]) => {
    const answer = await worker.ask({ kind: "slices", slices });
    clock = answer.clock;
    return answer.times;
  };
  const group = groupIosOf(window);
  /** Of the baseline on warm caches, as slices have them. */
  const nsPerIo = async (worker: Contender, path: number) => {
    for (let ios = group;; ios *= 4) {
      const slice = {
        ...{ path, first: 0, ios, leadIn: group / ios },
        group: { first: 0, ios: group },
      };
      const times = await measure(worker, Array(TELLING_SLICES).fill(slice));
      const cpuNs = Math.min(...times.flat().map((time) => time.cpuNs));
      if (cpuNs >= TELLING_NS) return cpuNs / ios;
    }
  };
  const begin = async (worker: Contender, birth: number) => {
    const places = randomStream(seed + birth, "code");
    const { cc } = compilers?.[birth % compilers.length] ?? {};
    for (const [index, name] of names.entries()) {
      if (signal?.aborted) return;
      const setup = options.contenders.get(name) as ContenderSetup;
      const answer = await worker.ask({
        kind: "join",
        setup: {
          ...setup,
          engine: {
            ...setup.engine,
            ...(cc === undefined ? {} : { cc }),
            name: "native",
            birth: places.below(TEXT_PLACES),
          },
        },
        window,
        // Each contender has luck of its own.
        scatterSeed: (seed * births + birth) * names.length + index,
        restart: index === 0,
      });
      memory = answer.memory;
    }
    if (signal?.aborted) return;
    // The lane that is first asks; both wait.
    foundIos ??= nsPerIo(worker, names.indexOf(options.baseline))
      .then((ns) => sliceIosOf("native", ns, group));
    const lengths = sliceIos ??= await foundIos;
    const { warm } = lengths;
    // What a path has never run yet is in no cache, and its pages in no TLB.
    await measure(
      worker,
      names.map((_, path) => ({ path, first: 0, ios: group, leadIn: 0 })),
    );
    const empty = await measure(
      worker,
      Array.from({ length: EMPTY_ROUNDS }, () => ({
        path: 0,
        first: 0,
        ios: 0,
      })),
    );
    apart.push(...samplesOf(
      birth,
      empty.map(([time], round) => ({
        contender: EMPTY_CALL,
        round,
        parts: time === undefined ? [] : [{ ...time, ios: warm }],
      })),
    ));
  };
  const round = async (
    worker: Contender,
    order: readonly string[],
    at: { readonly birth: number; readonly index: number },
    turnsOf: BirthTurns,
  ) => {
    if (sliceIos === undefined) return;
    const lengths = sliceIos;
    const turns = order.flatMap((contender) =>
      TURN.map((state) => {
        const slice = sliceOf(state, lengths, at.birth);
        const more = planted?.get(contender) ?? 0;
        const ios = Math.round(slice.ios * (1 + more));
        return { contender, state, more, slice: { ...slice, ios } };
      })
    );
    const times = await measure(
      worker,
      turns.map(({ contender, slice }) => ({
        ...slice,
        path: names.indexOf(contender),
      })),
    );
    for (const [turn, { contender, state, more }] of turns.entries()) {
      const parts = times[turn] ?? [];
      turnsOf[state].push({ contender, round: at.index, parts, more });
      if (state === "warm") {
        const takenNs = parts.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
        shortestNs = Math.min(shortestNs ?? Infinity, takenNs);
      }
    }
  };
  const start = options.clock();
  const plan = { births, rounds, contenders: names, seed };
  const steps = [...schedule(plan)].map(({ contender }) => contender);
  const budget = new BuildBudget(options, start);
  let isEnough = false;
  let next = 0;
  const finished: number[] = [];
  const lane = async (worker: Contender) => {
    while (next < births && !isEnough && !signal?.aborted) {
      const birth = next++;
      const turns: BirthTurns = { cold: [], warm: [] };
      try {
        const deadline = budget.deadline(births - birth);
        await begin(worker, birth);
        for (let index = 0; index < rounds; index++) {
          if (signal?.aborted) return;
          if (index >= LEAST_ROUNDS && options.clock() >= deadline) {
            budget.cut((rounds - index) * names.length);
            break;
          }
          const at = (birth * rounds + index) * names.length;
          const order = steps.slice(at, at + names.length);
          await round(worker, order, { birth, index }, turns);
          budget.step(names.length);
        }
      } catch (error) {
        next = births; // nobody waits for what the other lanes would find
        throw error;
      } finally {
        for (const state of TURN) {
          samples[state].push(...samplesOf(birth, turns[state]));
        }
      }
      finished.push(birth);
      isEnough ||= finished.length > 1 && next < births &&
        (options.enough?.(samples.warm) ?? false);
    }
  };
  // All of them end before an error is passed on: their workers are released.
  const lanes = await Promise.allSettled(options.workers.map(lane));
  for (const one of lanes) if (one.status === "rejected") throw one.reason;
  return {
    ended: signal?.aborted
      ? "interrupted"
      : isEnough
      ? "enough"
      : budget.isCut
      ? "budget"
      : "complete",
    samples: samples.warm,
    cold: samples.cold,
    apart,
    warmUps: [],
    shortestNs,
    takenNs: options.clock() - start,
    sliceIos: sliceIos ?? null,
    clock,
    ...(memory === undefined ? {} : { memory }),
    ...(compilers === undefined ? {} : { compilers }),
  };
}

/** Rounds of a build that are run whatever they take. */
const LEAST_ROUNDS = 3;
/** What is left of the time, and of the measurements, for whoever waits. */
class BuildBudget {
  readonly #options: BuildTimingOptions;
  readonly #start: number;
  #done = 0;
  #total: number;
  /** Whether any build had to do with fewer rounds. */
  isCut = false;

  constructor(options: BuildTimingOptions, start: number) {
    this.#options = options;
    this.#start = start;
    this.#total = options.births * options.rounds * options.contenders.size;
  }

  /** Until when a build may take rounds: an equal share of what is left. */
  deadline(buildsLeft: number): number {
    const { budgetNs, clock, workers } = this.#options;
    const leftNs = Math.max(0, budgetNs - (clock() - this.#start));
    const atOnce = Math.min(buildsLeft, workers.length);
    return clock() + leftNs * atOnce / buildsLeft;
  }

  /** Some measurements were made. */
  step(count: number): void {
    const { budgetNs, clock, onProgress } = this.#options;
    this.#done += count;
    const elapsedNs = clock() - this.#start;
    const byWork = (elapsedNs / this.#done) * (this.#total - this.#done);
    const remainingNs = Math.min(byWork, Math.max(0, budgetNs - elapsedNs));
    const { done, total } = { done: this.#done, total: this.#total };
    onProgress?.({ done, total, elapsedNs, remainingNs });
  }

  /** Some measurements were given up for time. */
  cut(count: number): void {
    this.isCut = true;
    this.#total -= count;
  }
}
