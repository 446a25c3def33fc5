/**
 * A cell that is timed in C, between its builds: what has been found so far,
 * and which build is next. A build holds all contenders side by side in one
 * worker, in memory and at places of code that are drawn for each; then
 * come rounds, in which every contender has one turn.
 */
import {
  type CacheState,
  groupIosOf,
  type SliceIos,
  sliceIosOf,
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
import { NativeEngineError } from "../native/error.ts";
import type { Progress } from "../statistics/run_rounds.ts";
import type { Sample } from "../statistics/sample.ts";
import { schedule } from "../statistics/schedule.ts";
import { type SlicesOfTurns, takeSlices } from "./build_slices.ts";
import { joinBuild, warmNsPerIo } from "./make_build.ts";
import type { TimedCompiler } from "./timed_compilers.ts";
import {
  samplesOf,
  type TimedCell,
  type TurnSamples,
  type TurnsByState,
} from "./timed_cell.ts";
import { TurnsAgain } from "./turns_again.ts";

/** Rounds of each build that the call into C alone is measured in. */
const EMPTY_ROUNDS = 3;
/** Rounds of a build that are run whatever they take. */
const LEAST_ROUNDS = 3;
/** Name of a call into C that runs no I/O. */
const EMPTY_CALL = "noop";
/** The part of a turn that is repeated. */
const WARM: readonly CacheState[] = ["warm"];

export interface BuildCellOptions {
  readonly window: WindowHandle;
  /** Contenders by name, in C; baseline and control among them. */
  readonly contenders: ReadonlyMap<string, ContenderSetup>;
  /** What builds them, in turn; default: as each contender says. */
  readonly compilers?: readonly TimedCompiler[] | undefined;
  /** The contender whose speed decides how long a slice is. */
  readonly baseline: string;
  /** I/Os of a slice, where another engine's are to be repeated. */
  readonly sliceIos?: SliceIos | undefined;
  readonly builds: number;
  readonly rounds: number;
  /** Seed of order and placement. */
  readonly seed: number;
  /** Whether the samples so far are good enough; asked after each build. */
  readonly enough?: ((samples: readonly Sample[]) => boolean) | undefined;
  /** Called after every round with how far all cells are. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * How many more I/Os a contender runs than are counted, as a share: a planted
   * difference, to see whether it is found.
   */
  readonly planted?: ReadonlyMap<string, number> | undefined;
}

export interface BuildTime {
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** Until when it may take rounds, by that clock. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
  /** How far all cells are together. */
  readonly progress: () => Progress;
}

export class BuildCell {
  readonly #options: BuildCellOptions;
  readonly #names: readonly string[];
  readonly #steps: readonly string[];
  #compilers: readonly TimedCompiler[] | undefined;
  #complaint: string | undefined;
  #again: TurnsAgain;
  #samples: TurnSamples = { cold: [], warm: [] };
  #apart: Sample[] = [];
  #sliceIos: SliceIos | undefined;
  #foundIos: Promise<SliceIos> | undefined;
  #clock: CpuClockName | null = null;
  #memory: BuildMemory | undefined;
  #shortestNs: number | null = null;
  #next = 0;
  #running = 0;
  #finished = 0;
  #isEnough = false;
  #isCut = false;
  #takenNs = 0;
  #done = 0;
  #total: number;
  /** Raised when all builds so far are given up. */
  #epoch = 0;

  /** Prepares a cell; nothing is built yet. */
  constructor(options: BuildCellOptions) {
    const { builds, rounds, seed } = options;
    this.#options = options;
    this.#names = [...options.contenders.keys()];
    this.#compilers = options.compilers;
    this.#sliceIos = options.sliceIos;
    this.#foundIos = options.sliceIos && Promise.resolve(options.sliceIos);
    this.#total = builds * rounds * this.#names.length;
    this.#again = this.#newAgain();
    const plan = { builds, rounds, contenders: this.#names, seed };
    this.#steps = [...schedule(plan)].map(({ contender }) => contender);
  }

  /** Builds that have not begun; none if its figures are good enough. */
  get left(): number {
    return this.#isEnough ? 0 : this.#options.builds - this.#next;
  }

  get done(): number {
    return this.#done;
  }

  /** Measurements planned, less those given up for time. */
  get total(): number {
    return this.#total;
  }

  /** Whether nothing is left to be done, and nothing is being done. */
  get isDone(): boolean {
    return this.left === 0 && this.#running === 0;
  }

  /**
   * Makes the next build and takes its rounds.
   *
   * @throws {Error} If the worker failed or a path gave a wrong answer. A
   *   compiler that builds nothing is left out where there is another one: all
   *   builds are then made again.
   */
  async build(worker: Contender, time: BuildTime): Promise<void> {
    const build = this.#next++;
    const epoch = this.#epoch;
    // That of another epoch knows nothing of a build that is given up.
    const again = this.#again;
    const turns: TurnsByState = { cold: [], warm: [] };
    const start = time.clock();
    this.#running++;
    let isWhole = false;
    try {
      await this.#begin(worker, { build, epoch, signal: time.signal });
      isWhole = await this.#takeRounds(worker, { build, turns, again, time });
    } catch (error) {
      if (epoch !== this.#epoch || this.#leavesOutCompiler(build, error)) {
        return;
      }
      throw error;
    } finally {
      this.#running--;
      this.#takenNs += time.clock() - start;
      if (epoch === this.#epoch) this.#keep(build, turns, isWhole);
    }
  }

  /**
   * Returns what was found.
   *
   * @param lanes Builds that were made at once.
   * @returns The samples of both cache states.
   */
  timed(lanes: number): TimedCell {
    const isWhole = this.#isEnough || this.#finished === this.#options.builds;
    const compilers = this.#compilers;
    return {
      ended: !isWhole
        ? "interrupted"
        : this.#isEnough
        ? "enough"
        : this.#isCut
        ? "budget"
        : "complete",
      samples: this.#samples.warm,
      cold: this.#samples.cold,
      apart: this.#apart,
      warmUps: [],
      slowTurns: this.#again.counts,
      shortestNs: this.#shortestNs,
      takenNs: this.#takenNs / lanes,
      sliceIos: this.#sliceIos ?? null,
      clock: this.#clock,
      memory: this.#memory,
      compilers,
      complaint: this.#complaint,
    };
  }

  #newAgain(): TurnsAgain {
    return new TurnsAgain(this.#options.rounds * this.#names.length);
  }

  /** Goes on without the compiler of a build, if there is another one. */
  #leavesOutCompiler(build: number, error: unknown): boolean {
    const all = this.#compilers ?? [];
    if (!(error instanceof NativeEngineError) || all.length < 2) return false;
    this.#complaint = error.message.split("\n")[0] ?? "";
    this.#compilers = all.filter((_, index) => index !== build % all.length);
    this.#samples = { cold: [], warm: [] };
    this.#apart = [];
    this.#again = this.#newAgain();
    this.#next = this.#finished = this.#done = 0;
    this.#total = this.#steps.length;
    this.#epoch++;
    return true;
  }

  #keep(build: number, turns: TurnsByState, isWhole: boolean): void {
    for (const state of TURN) {
      this.#samples[state].push(...samplesOf(build, turns[state]));
    }
    if (!isWhole) return;
    this.#finished++;
    const { enough } = this.#options;
    this.#isEnough ||= this.#finished > 1 && this.left > 0 &&
      (enough?.(this.#samples.warm) ?? false);
  }

  async #measure(worker: Contender, slices: readonly BuildSlice[]) {
    const answer = await worker.ask({ kind: "slices", slices });
    this.#clock = answer.clock;
    return answer.times;
  }

  /** Builds all contenders, and finds out how long slices are. */
  async #begin(
    worker: Contender,
    { build, epoch, signal }: {
      readonly build: number;
      readonly epoch: number;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<void> {
    const { window } = this.#options;
    const isGivenUp = () => signal?.aborted || epoch !== this.#epoch;
    const memory = await joinBuild(worker, {
      ...this.#options,
      ...{ build, isGivenUp, compilers: this.#compilers ?? [] },
    });
    this.#memory = memory ?? this.#memory;
    if (isGivenUp()) return;
    const group = groupIosOf(window);
    // The lane that is first asks; both wait.
    this.#foundIos ??= warmNsPerIo(
      (slices) => this.#measure(worker, slices),
      { path: this.#names.indexOf(this.#options.baseline), group },
    ).then((ns) => sliceIosOf("native", ns, group));
    const { warm } = this.#sliceIos ??= await this.#foundIos;
    // What a path has never run yet is in no cache, and its pages in no TLB.
    await this.#measure(
      worker,
      this.#names.map((_, path) => ({ path, first: 0, ios: group, leadIn: 0 })),
    );
    const empty = await this.#measure(
      worker,
      Array.from({ length: EMPTY_ROUNDS }, () => ({
        path: 0,
        first: 0,
        ios: 0,
      })),
    );
    if (epoch !== this.#epoch) return;
    this.#apart.push(...samplesOf(
      build,
      empty.map(({ parts }, round) => ({
        contender: EMPTY_CALL,
        round,
        parts: parts.map((time) => ({ ...time, ios: warm })),
      })),
    ));
  }

  /** Takes rounds until the deadline; whether that was not cut short. */
  async #takeRounds(
    worker: Contender,
    { build, turns, again, time }: {
      readonly build: number;
      readonly turns: TurnsByState;
      readonly again: TurnsAgain;
      readonly time: BuildTime;
    },
  ): Promise<boolean> {
    const { rounds, onProgress } = this.#options;
    const size = this.#names.length;
    for (let index = 0; index < rounds; index++) {
      if (time.signal?.aborted) return false;
      if (index >= LEAST_ROUNDS && time.clock() >= time.deadline) {
        this.#isCut = true;
        this.#total -= (rounds - index) * size;
        break;
      }
      const at = { build, round: index };
      const first = (build * rounds + index) * size;
      const contenders = this.#steps.slice(first, first + size);
      const turn = { contenders, states: TURN };
      const taken = await this.#takeTurns(worker, turn, at);
      for (const state of TURN) turns[state].push(...taken[state]);
      await again.endRound(turns.warm, {
        ...{ ...at, signal: time.signal },
        take: async (contenders) => {
          const turn = { contenders, states: WARM };
          return (await this.#takeTurns(worker, turn, at)).warm;
        },
      });
      this.#done += size;
      onProgress?.(time.progress());
    }
    return true;
  }

  async #takeTurns(
    worker: Contender,
    turn: Pick<SlicesOfTurns, "contenders" | "states">,
    at: Pick<SlicesOfTurns, "build" | "round">,
  ): Promise<TurnsByState> {
    const sliceIos = this.#sliceIos;
    if (sliceIos === undefined) return { cold: [], warm: [] };
    const taken = await takeSlices(
      (slices) => this.#measure(worker, slices),
      {
        ...{ ...turn, ...at, names: this.#names, sliceIos },
        planted: this.#options.planted,
      },
    );
    for (const { parts } of taken.warm) {
      const takenNs = parts.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
      this.#shortestNs = Math.min(this.#shortestNs ?? Infinity, takenNs);
    }
    return taken;
  }
}
