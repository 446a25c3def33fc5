/**
 * Burning in the isolates of a cell, build by build, side by side: nothing is
 * measured yet. A CPU that has no more to do of one build begins with the next.
 */
import type { Contender } from "../contender/contender.ts";
import type { WindowSlice } from "../contender/contender_protocol.ts";
import type { CpuClockName } from "../machine/cpu_clock.ts";
import { inParallel } from "../machine/in_parallel.ts";
import { type BurnIn, burnIn, type BurnIns } from "./burn_in.ts";

const burntIn = new WeakSet<Contender>();

export interface CellIsolates {
  /** Names of the contenders, baseline and control among them. */
  readonly contenders: readonly string[];
  /**
   * Contenders that are timed in the rounds of the first build, and compared
   * with none: what they show is large, and an isolate of each build dear.
   */
  readonly apart?: readonly string[];
  /** The isolate of a contender's build; the same for the same arguments. */
  readonly isolate: (contender: string, build: number) => Promise<Contender>;
  /**
   * Whether isolates of the next build may be there, too: a CPU that has no more
   * to burn in of one build begins with the next; default: no.
   */
  readonly goesAhead?: boolean;
  readonly builds: number;
  /** I/Os of the window that move data. */
  readonly windowIos: number;
  /** Time for the builds' warm-ups and rounds; burning in is beside it. */
  readonly budgetNs: number;
  /** Longest CPU time that an isolate works before anything is measured. */
  readonly burnInNs?: number | undefined;
  /** Ends the timing early. */
  readonly signal?: AbortSignal | undefined;
}

export interface BurnWork {
  readonly burnIns: BurnIns;
  readonly open: (isolate: Contender) => Promise<unknown>;
  readonly measure: (
    contender: string,
    build: number,
    slice: WindowSlice,
  ) => Promise<{
    readonly cpuNs: number;
    readonly nsPerIo: number;
    readonly clock: CpuClockName;
  }>;
}

/** The isolates of a cell while they are burnt in. */
export class IsolateBurner {
  readonly #cell: CellIsolates;
  readonly #work: BurnWork;
  /** Isolates that are being made or burnt in right now. */
  #burning = 0;
  /** Contenders of builds to come that are burnt in, by build. */
  readonly #ahead = new Map<number, readonly string[]>();
  /** Time per I/O of each contender of the first build at its end. */
  readonly #restNs = new Map<string, number>();

  constructor(cell: CellIsolates, work: BurnWork) {
    this.#cell = cell;
    this.#work = work;
  }

  get buildsAhead(): Iterable<number> {
    return this.#ahead.keys();
  }

  /**
   * Returns the time per I/O of a contender when it was burnt in.
   *
   * @returns Of its first build, in ns; nothing before that.
   */
  restNs(contender: string): number | undefined {
    return this.#restNs.get(contender);
  }

  async burnBuild(build: number): Promise<void> {
    const { contenders, apart = [] } = this.#cell;
    const done = this.#ahead.get(build) ?? [];
    this.#ahead.delete(build);
    const left = contenders.filter((name) => !done.includes(name));
    const ahead = this.#nextAhead(build, left.length);
    if (ahead.length > 0) this.#ahead.set(build + 1, ahead);
    const isolates = [
      ...left.map((contender) => ({ contender, build })),
      ...ahead.map((contender) => ({ contender, build: build + 1 })),
      ...(build === 0 ? apart : []).map((contender) => ({ contender, build })),
    ];
    await inParallel(isolates, async ({ contender, build }) => {
      this.#burning++;
      try {
        await this.#makeIsolate(contender, build);
      } finally {
        this.#burning--;
      }
    });
  }

  /** Burns in an isolate again that is late (late_isolates.ts). */
  async burnLate(contender: string, build: number): Promise<void> {
    await this.#burn(contender, build, this.#work.burnIns.late);
  }

  /** Who of the next build is burnt in beside the last of this one. */
  #nextAhead(build: number, left: number): readonly string[] {
    const { contenders, builds, goesAhead } = this.#cell;
    const cpus = navigator.hardwareConcurrency;
    const last = left % cpus;
    return goesAhead && build + 1 < builds && last > 0
      ? contenders.slice(0, cpus - last)
      : [];
  }

  async #makeIsolate(contender: string, build: number): Promise<void> {
    const worker = await this.#cell.isolate(contender, build);
    await this.#work.open(worker);
    const { apart, first, second } = this.#work.burnIns;
    const until = this.#cell.apart?.includes(contender)
      ? apart
      : burntIn.has(worker)
      ? second
      : first;
    burntIn.add(worker);
    const nsPerIo = await this.#burn(contender, build, until);
    if (build === 0) this.#restNs.set(contender, nsPerIo);
  }

  /** Has an isolate work; its time per I/O at the end. */
  async #burn(
    contender: string,
    build: number,
    { ios, leastNs, ns }: BurnIn,
  ): Promise<number> {
    const { windowIos, signal, budgetNs, burnInNs = ns } = this.#cell;
    return await burnIn({
      ...{ windowIos, signal },
      // Whoever gives a whole cell less time than that does not want fine
      // figures.
      until: { ios, leastNs, ns: Math.min(burnInNs, budgetNs) },
      pass: async (passes) => {
        const slice = { first: 0, ios: passes * windowIos };
        const { cpuNs, nsPerIo, clock } = await this.#work.measure(
          ...[contender, build, slice] as const,
        );
        // A clock of the process has counted what others did meanwhile, too; the
        // last one of a build has none beside it.
        const sharers = clock === "process CPU"
          ? Math.max(1, this.#burning)
          : 1;
        return { ownNs: cpuNs / sharers, nsPerIo };
      },
    });
  }
}
