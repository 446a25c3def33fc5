/**
 * The measured half of a cell in JavaScript: builds of fresh isolates, each
 * warmed up until steady, then rounds that visit all of them in random order;
 * all others are idle meanwhile.
 */
import {
  type CacheState,
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
import { type WarmUp, warmUp } from "../statistics/warmup.ts";
import { v8Flags } from "../machine/v8_flags.ts";
import { type BurnIns, burnInsFor } from "./burn_in.ts";
import { type CellIsolates, IsolateBurner } from "./burn_isolates.ts";
import { waitForLate } from "./late_isolates.ts";
import {
  samplesOf,
  type TimedCell,
  type TimedTurn,
  type TimedWarmUp,
  type TurnSamples,
  type TurnsByState,
} from "./timed_cell.ts";
import { TurnsAgain } from "./turns_again.ts";

/** CPU time of a batch of what is apart, which needs no fine interval. */
const APART_BATCH_NS = 1e6;
/** Length of a batch of the warm-up, as a share of a warm slice. */
const WARM_UP_SHARE = 0.5;

export interface TimingOptions extends CellIsolates {
  readonly window: WindowHandle;
  /** Called when nothing more is asked of the isolates of a build. */
  readonly endBuild?: (build: number) => Promise<void>;
  readonly rounds: number;
  readonly seed: number;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** I/Os of a slice; default: found by the baseline's speed. */
  readonly sliceIos?: SliceIos | undefined;
  /** How long isolates are burnt in; default: as V8 compiles here. */
  readonly burnIns?: BurnIns;
  /** Whether the samples so far are good enough; asked after each build. */
  readonly enough?: ((samples: readonly Sample[]) => boolean) | undefined;
  /** Called after every measurement. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * How many more I/Os a contender runs than are counted, as a share: a planted
   * difference, to see whether it is found.
   */
  readonly planted?: ReadonlyMap<string, number> | undefined;
}

/**
 * Times a cell.
 *
 * @returns The samples and how the warm-ups went.
 */
export function timeCell(options: TimingOptions): Promise<TimedCell> {
  return new CellTiming(options).run();
}

/** A contender's turn: what a sample says of itself. */
type Turn = Pick<Sample, "contender" | "build" | "round">;

class CellTiming {
  readonly #options: TimingOptions;
  /** Different I/Os of a turn. */
  readonly #group: number;
  readonly #samples: TurnSamples = { cold: [], warm: [] };
  readonly #turns: TurnsByState = { cold: [], warm: [] };
  readonly #again: TurnsAgain;
  readonly #apart: Sample[] = [];
  readonly #warmUps: TimedWarmUp[] = [];
  /** The window as opened in each worker. */
  readonly #opened = new Map<Contender, OpenedWindow>();
  readonly #burner: IsolateBurner;
  #sliceIos: SliceIos | undefined;
  #shortestNs: number | null = null;
  #clockName: CpuClockName | null = null;
  /** Time of burning in, which is not the experiment's. */
  #burnInNs = 0;

  constructor(options: TimingOptions) {
    this.#options = options;
    this.#group = groupIosOf(options.window);
    this.#sliceIos = options.sliceIos;
    this.#again = new TurnsAgain(options.rounds * options.contenders.length);
    this.#burner = new IsolateBurner(options, {
      burnIns: options.burnIns ?? burnInsFor(v8Flags()),
      open: (worker) => this.#open(worker),
      measure: (contender, build, slice) =>
        this.#measure(contender, build, slice),
    });
  }

  async run(): Promise<TimedCell> {
    const { builds, rounds, seed, budgetNs, contenders } = this.#options;
    const { apart, signal, enough, onProgress } = this.#options;
    const clock = () => this.#options.clock() - this.#burnInNs;
    const start = clock();
    const { ended } = await runRounds({
      ...{ builds, rounds, seed, budgetNs, contenders, clock },
      ...{ signal, onProgress },
      apart,
      enough: enough && (() => enough(this.#samples.warm)),
      measure: (contender, build, round) =>
        this.#takeTurn({ contender, build, round }),
      beginBuild: (build) => this.#beginBuild(build),
      endRound: (build, round) => this.#endRound(build, round),
      endBuild: (build) => this.#endBuild(build),
    });
    // Those of a build that was not to begin any more.
    for (const build of this.#burner.buildsAhead) {
      await this.#options.endBuild?.(build);
    }
    return {
      ended,
      samples: this.#samples.warm,
      cold: this.#samples.cold,
      apart: this.#apart,
      warmUps: this.#warmUps,
      slowTurns: this.#again.counts,
      shortestNs: this.#shortestNs,
      takenNs: clock() - start,
      sliceIos: this.#sliceIos ?? null,
      clock: this.#clockName,
    };
  }

  #contendersOf(build: number): readonly string[] {
    const { contenders, apart = [] } = this.#options;
    return build === 0 ? [...contenders, ...apart] : contenders;
  }

  #isApart(contender: string): boolean {
    return this.#options.apart?.includes(contender) ?? false;
  }

  async #beginBuild(build: number): Promise<void> {
    const { clock, signal } = this.#options;
    const start = clock();
    await this.#burner.burnBuild(build);
    if (build === 0) await this.#cutWindow();
    this.#burnInNs += clock() - start;
    const warmUps = new Map<string, WarmUp>();
    for (const contender of this.#contendersOf(build)) {
      if (signal?.aborted) return;
      warmUps.set(contender, await this.#warmUp(contender, build));
    }
    await this.#waitForLate(warmUps, build);
    for (const [contender, found] of warmUps) {
      this.#warmUps.push({ contender, build, ...found });
    }
  }

  /** Burns in isolates that V8 had not finished compiling. */
  async #waitForLate(
    warmUps: Map<string, WarmUp>,
    build: number,
  ): Promise<void> {
    const { clock, signal } = this.#options;
    const start = clock();
    const compared = new Map(
      [...warmUps].filter(([contender]) => !this.#isApart(contender)),
    );
    const found = await waitForLate(compared, {
      again: async (contender) => {
        await this.#burner.burnLate(contender, build);
        return await this.#warmUp(contender, build);
      },
      signal,
    });
    for (const [contender, last] of found) warmUps.set(contender, last);
    this.#burnInNs += clock() - start;
  }

  async #endBuild(build: number): Promise<void> {
    for (const state of TURN) {
      const turns = this.#turns[state].splice(0);
      this.#samples[state].push(...samplesOf(build, turns));
    }
    await this.#options.endBuild?.(build);
  }

  /** Decides on slices, with all other isolates idle. */
  async #cutWindow(): Promise<void> {
    const { contenders, signal, windowIos } = this.#options;
    const [first] = contenders;
    if (first === undefined || signal?.aborted) return;
    const pass = {
      ...{ first: 0, ios: windowIos, leadIn: this.#group / windowIos },
      group: { first: 0, ios: this.#group },
    };
    // Its caches were another isolate's until now.
    await this.#measure(first, 0, pass);
    const { nsPerIo } = await this.#measure(first, 0, pass);
    this.#sliceIos ??= sliceIosOf("js", nsPerIo, this.#group);
  }

  async #warmUp(contender: string, build: number): Promise<WarmUp> {
    const { signal, windowIos } = this.#options;
    const ios = this.#isApart(contender)
      ? this.#apartIos(contender)
      : Math.ceil((this.#sliceIos?.warm ?? windowIos) * WARM_UP_SHARE);
    let part = 0;
    return await warmUp({
      measure: async () => {
        const slice = { first: ios * part++, ios };
        return (await this.#measure(contender, build, slice)).nsPerIo;
      },
      ...{ cap: 8, window: 6, tolerance: 0.1, signal },
    });
  }

  /** I/Os of a batch of a contender that is apart: whole passes. */
  #apartIos(contender: string): number {
    const { windowIos } = this.#options;
    const nsPerPass = (this.#burner.restNs(contender) ?? Infinity) * windowIos;
    const passes = Math.max(1, Math.round(APART_BATCH_NS / nsPerPass));
    return passes * windowIos;
  }

  /** A turn of a contender in each cache state; its warm time per I/O. */
  async #takeTurn({ contender, build, round }: Turn): Promise<number> {
    if (this.#isApart(contender)) {
      return await this.#takeApart({ contender, build, round });
    }
    let nsPerIo = Infinity;
    for (const state of TURN) {
      const turn = await this.#takeSlice({ contender, build, round }, state);
      this.#turns[state].push(turn);
      nsPerIo = turn.nsPerIo;
    }
    return nsPerIo;
  }

  async #takeSlice(
    { contender, build, round }: Turn,
    state: CacheState,
  ): Promise<TimedTurn & { readonly nsPerIo: number }> {
    const more = this.#options.planted?.get(contender) ?? 0;
    const lengths = this.#sliceIos ??
      sliceIosOf("js", this.#burner.restNs(contender) ?? 1, this.#group);
    const slice = sliceOf(state, lengths, build);
    const time = await this.#measure(contender, build, {
      ...slice,
      ios: Math.round(slice.ios * (1 + more)),
    });
    if (state === "warm") {
      this.#shortestNs = Math.min(this.#shortestNs ?? Infinity, time.cpuNs);
    }
    const { parts, probesNs } = time;
    const nsPerIo = time.nsPerIo * (1 + more);
    return { contender, round, parts, probesNs, more, nsPerIo };
  }

  async #endRound(build: number, round: number): Promise<void> {
    const { signal } = this.#options;
    await this.#again.endRound(this.#turns.warm, {
      ...{ build, round, signal },
      take: async (contenders) => {
        const taken: TimedTurn[] = [];
        for (const contender of contenders) {
          taken.push(
            await this.#takeSlice({ contender, build, round }, "warm"),
          );
        }
        return taken;
      },
    });
  }

  async #takeApart({ contender, build, round }: Turn): Promise<number> {
    const slice = { first: 0, ios: this.#apartIos(contender) };
    const { parts, nsPerIo } = await this.#measure(contender, build, slice);
    this.#apart.push(...samplesOf(build, [{ contender, round, parts }]));
    return nsPerIo;
  }

  async #open(worker: Contender): Promise<OpenedWindow> {
    const { window } = this.#options;
    const answer = await worker.ask({ kind: "open", window });
    this.#opened.set(worker, answer.window);
    return answer.window;
  }

  async #measure(contender: string, build: number, slice: WindowSlice) {
    const worker = await this.#options.isolate(contender, build);
    const { cpuNs, ios, parts, probesNs, clock } = await worker.ask({
      kind: "time",
      window: this.#opened.get(worker) ?? await this.#open(worker),
      ...slice,
    });
    this.#clockName = clock;
    return { cpuNs, parts, probesNs, clock, nsPerIo: Math.max(1, cpuNs) / ios };
  }
}
