/** What a sweep in Slurm is asked, and what it answers. */
import type { ExpandedPlan } from "./expand.ts";
import type { SweepJob } from "./jobs.ts";
import type { SlurmOptions } from "./slurm_options.ts";
import type { RunProgram } from "./slurm_tools.ts";

export interface SlurmSweep {
  readonly plan: ExpandedPlan;
  /** All jobs that are wanted, done or not. */
  readonly jobs: readonly SweepJob[];
  /** The folder of the sweep, absolute. */
  readonly folder: string;
  /** The seed that was given in the place of the plan's. */
  readonly seed: number | undefined;
  /** What made files have to be alike in. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly options: SlurmOptions;
  readonly run: RunProgram;
  /** Ends the work; jobs in Slurm go on. */
  readonly signal: AbortSignal;
  /** Called now and then with the progress. */
  readonly onProgress: (text: string) => void;
  /** Called with what a user has to know. */
  readonly onNote: (text: string) => void;
}

export interface SlurmOutcome {
  /** How many are in their files. */
  readonly done: number;
  /** Tasks that have left cells undone for good, and why. */
  readonly failed: readonly string[];
  /** Jobs that still are in Slurm. */
  readonly left: readonly string[];
}
