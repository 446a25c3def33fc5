/**
 * Measured figures of a result file, and how they were measured. Times are in
 * ns, and what is missing is `null`.
 */

/** The verdict of one comparison with the baseline. */
export type Verdict = "faster" | "slower" | "no difference shown";

/**
 * A median with the ends of its 95 % interval; both are `null` for a single
 * measurement, which does not say how others would scatter.
 */
export interface Interval {
  /** The median. */
  readonly median: number;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
}

/** One timed batch. */
export interface ResultSample {
  /** Which build of the layout ran it, from 0. */
  readonly build: number;
  /** The round inside that build, from 0. */
  readonly round: number;
  /** Time per I/O of the batch. */
  readonly nsPerIo: number;
}

/** The samples after a median, at most as many as the cap. */
export interface ResultSamples {
  /** How many were measured. */
  readonly total: number;
  /** Whether `values` holds fewer than that. */
  readonly capped: boolean;
  /** Those kept, in the order of measuring. */
  readonly values: readonly ResultSample[];
}

/** The warm-up of one build of a layout. */
export interface ResultWarmUp {
  /** Which build, from 0. */
  readonly build: number;
  /** Whether the last batches showed no trend. */
  readonly steady: boolean;
  /** Times per I/O of all its batches, in order. */
  readonly nsPerIo: readonly number[];
}

/** A contender without a path: what the harness costs by itself. */
export interface ResultHarness {
  /** `noop` or `null_path`, see `empty_path.ts`. */
  readonly name: string;
  /** Time per I/O. */
  readonly nsPerIo: Interval | null;
}

/** Times of the first I/Os of a turn, on what others left in the caches. */
export interface ResultColdTime {
  /** Time per I/O. */
  readonly nsPerIo: Interval;
  /** Time relative to the baseline in the same state. */
  readonly ratio: Interval;
  /** What the run can say about that ratio. */
  readonly verdict: Verdict;
}

/** Turns during which the CPU was slow, and what came of them. */
export interface ResultSlowTurns {
  /** Turns of all builds, each counted once. */
  readonly turns: number;
  /** Those of them during which fixed work took too long. */
  readonly slow: number;
  /** Turns that were taken in their place. */
  readonly again: number;
  /** Turns that were slow again and again: they are counted as they are. */
  readonly kept: number;
  /**
   * How many times as long fixed work took where the CPU was slow, in the
   * slowest turn; 1 without any.
   */
  readonly slowdown: number;
}

/** How a cell was timed. */
export interface ResultTiming {
  /** Whose CPU time its times are. */
  readonly clock: "thread CPU" | "process CPU";
  /** The cache state of all times that say none. */
  readonly cacheState: "warm";
  /** I/Os of a slice in each cache state. */
  readonly sliceIos: {
    readonly warm: number;
    readonly cold: number;
    /** Different I/Os of a turn, which its slices cycle through. */
    readonly group?: number | undefined;
  };
  /** Turns during which the CPU was slow; of this run's builds. */
  readonly slowTurns?: ResultSlowTurns | undefined;
  /** Builds that an earlier run timed, the first of all; none if absent. */
  readonly earlierBuilds?: number | undefined;
  /** What built the paths, in turn: build b is by the b-th of them, modulo. */
  readonly compilers?: readonly string[] | undefined;
  /** Bytes of all arenas of a build, in C. */
  readonly arenaBytes?: number | null | undefined;
  /** Bytes of the process in huge pages; `null` if unknown. */
  readonly hugePageBytes?: number | null | undefined;
}

/** Turns of a contender. */
export interface ResultTurns {
  /** Name of the layout, or of the control. */
  readonly name: string;
  /** Times per I/O in ns on warm caches, `[build][round]`. */
  readonly warm: readonly (readonly number[])[];
  /** The same on what others left in the caches. */
  readonly cold: readonly (readonly number[])[];
}

/** The baseline compared with a second copy of itself. */
export interface ResultNoiseFloor {
  /** The ratio that identical code showed. */
  readonly ratio: Interval;
  /** Distance of that ratio from 1; 0.01 is 1 %. */
  readonly difference: number;
}
