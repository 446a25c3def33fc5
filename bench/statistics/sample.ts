/** Samples of an experiment, and how they are asked to be summed up. */

/** One timed batch of one contender. */
export interface Sample {
  readonly contender: string;
  /** Which build of it ran, from 0. */
  readonly build: number;
  /** The round inside that build, from 0. */
  readonly round: number;
  /** Time per I/O, above 0: of the CPU, where it was measured. */
  readonly nsPerIo: number;
  /** Wall time per I/O of the same, where it was measured. */
  readonly wallNsPerIo?: number;
}

/** How samples are summed up. */
export interface SummaryOptions {
  /** Name of the contender that ratios refer to. */
  readonly baseline: string;
  readonly seed: number;
  /** Name of the contender that is the baseline once more. */
  readonly control?: string | undefined;
  /** Bootstrap resamples; default: 2000. */
  readonly resamples?: number | undefined;
  /** Deals of the permutation test; default: 1000. */
  readonly permutations?: number | undefined;
  /** What built the builds, in turn: build b is by the b-th, modulo. */
  readonly compilers?: readonly string[] | undefined;
  /** What was asked for; default: what was measured. */
  readonly planned?: PlannedRounds | undefined;
}

/** What an experiment was to have, and the time that it would have taken. */
export interface PlannedRounds {
  readonly rounds: number;
  /** Budget of the whole run that is enough for them, in whole seconds. */
  readonly budgetSeconds: number;
}
