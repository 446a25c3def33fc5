/** Tasks of Slurm: shards of a plan, which may be submitted several times. */
import { allShards, type SweepJob } from "./jobs.ts";
import type { SlurmOptions } from "./slurm_options.ts";
import { slurmScript } from "./slurm_script.ts";
import type { SlurmSweep } from "./slurm_sweep.ts";
import { JOB_KINDS, type JobKind, type SweepCell } from "./sweep_cell.ts";

/** One task of one kind of jobs, over all times that it is submitted. */
export interface SlurmTask {
  readonly kind: JobKind;
  readonly index: number;
  readonly count: number;
  readonly jobs: readonly SweepJob[];
  /** The job that it is in; none before the first. */
  jobId: string | undefined;
  /** How often this process has submitted it. */
  tries: number;
  /** How often in a row it was found to have ended without its cells. */
  looks: number;
  end: "done" | "failed" | undefined;
  /** Slurm's last word of it; empty where it has none. */
  state: string;
}

/** Most tasks of an array by default: Slurm takes 1000 unconfigured. */
const MOST_TASKS = 1000;
/**
 * Exact cells of a task by default: a minute of work for a few seconds of
 * starting.
 */
const CELLS_OF_TASK = 20;

/**
 * Returns how many shards the jobs of a kind are taken apart into.
 *
 * @returns One at least, and no more than there are jobs.
 */
export function taskCount(
  kind: JobKind,
  jobs: readonly SweepJob[],
  { tasks }: SlurmOptions,
): number {
  const count = jobs.filter((job) => job.kind === kind).length;
  const usual = kind === "exact" ? Math.ceil(count / CELLS_OF_TASK) : count;
  return Math.max(1, Math.min(count, tasks ?? Math.min(usual, MOST_TASKS)));
}

export function slurmScripts(
  sweep: Pick<SlurmSweep, "plan" | "jobs" | "folder" | "seed" | "options">,
): ReadonlyMap<JobKind, string> {
  const kinds = JOB_KINDS.filter((kind) =>
    sweep.jobs.some((job) => job.kind === kind)
  );
  return new Map(kinds.map((kind) => {
    const tasks = tasksOf(kind, taskCount(kind, sweep.jobs, sweep.options), {
      ...sweep,
    });
    return [kind, scriptOf(tasks, sweep)];
  }));
}

export function tasksOf(
  kind: JobKind,
  count: number,
  { plan, jobs }: Pick<SlurmSweep, "plan" | "jobs">,
): SlurmTask[] {
  const wanted = new Map(
    jobs.filter((job) => job.kind === kind).map((job) => [job.cell.id, job]),
  );
  return allShards(plan.cells, count).flatMap((cells, at) => {
    const own = cells.flatMap(({ id }: SweepCell) => wanted.get(id) ?? []);
    return own.length === 0 ? [] : [{
      ...{ kind, index: at + 1, count, jobs: own, jobId: undefined },
      ...{ tries: 0, looks: 0, end: undefined, state: "" },
    }];
  });
}

export function scriptOf(
  tasks: readonly SlurmTask[],
  { plan, folder, seed, options }: Pick<
    SlurmSweep,
    "plan" | "folder" | "seed" | "options"
  >,
): string {
  const [first] = tasks;
  if (first === undefined) {
    throw new RangeError("Cannot submit: found no task, expected at least one");
  }
  return slurmScript({
    ...{ plan, folder, seed, kind: first.kind, count: first.count },
    tasks: tasks.map(({ index }) => index),
  }, options);
}
