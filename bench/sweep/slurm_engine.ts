/**
 * Jobs of a sweep in Slurm: submitted as arrays, followed, and submitted again
 * where a task has ended without its cells. What is done is decided by the
 * files of the cells alone; Slurm says only what still runs, and no clock is
 * asked. Slurm decides where and when a task runs.
 */
import { join } from "@std/path";
import { plural } from "../../sim/text/plural.ts";
import { toJson, writeWhole } from "../shell/output.ts";
import type { ExpandedPlan } from "./expand.ts";
import { allShards, findJobs, type SweepJob } from "./jobs.ts";
import {
  holdFolder,
  readSubmissions,
  type Submission,
  writeSubmissions,
} from "./slurm_jobs.ts";
import type { SlurmOptions } from "./slurm_options.ts";
import { lastWords } from "./slurm_log.ts";
import {
  logPattern,
  SLURM_FOLDER,
  SLURM_PLAN,
  slurmScript,
} from "./slurm_script.ts";
import {
  accountedState,
  hasEnded,
  type RunProgram,
  SlurmAwayError,
  submit,
  type TaskState,
  taskStates,
} from "./slurm_tools.ts";
import { JOB_KINDS, type JobKind, type SweepCell } from "./sweep_cell.ts";

/** What jobs are done with. */
export interface SlurmSweep {
  /** The plan. */
  readonly plan: ExpandedPlan;
  /** All jobs that are wanted, done or not. */
  readonly jobs: readonly SweepJob[];
  /** The folder of the sweep, absolute. */
  readonly folder: string;
  /** The seed that was given in the place of the plan's. */
  readonly seed: number | undefined;
  /** What made files have to be alike in. */
  readonly environment: Readonly<Record<string, unknown>>;
  /** What the user says of Slurm. */
  readonly options: SlurmOptions;
  /** What runs Slurm's commands. */
  readonly run: RunProgram;
  /** Ends the work; jobs in Slurm go on. */
  readonly signal: AbortSignal;
  /** Told now and then how far it is. */
  readonly onProgress: (text: string) => void;
  /** Told what a user has to know. */
  readonly onNote: (text: string) => void;
}

/** What became of the jobs. */
export interface SlurmOutcome {
  /** How many are in their files. */
  readonly done: number;
  /** Tasks that have left cells undone for good, and why. */
  readonly failed: readonly string[];
  /** Jobs that still are in Slurm. */
  readonly left: readonly string[];
}

/** One task of one kind of jobs, over all times that it is submitted. */
interface Task {
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
  /** What has become of it. */
  end: "done" | "failed" | undefined;
  state: string;
}

/** Most tasks of an array, unless told: Slurm takes 1000 as it comes. */
const MOST_TASKS = 1000;
/** Exact cells of a task, unless told: a minute, to some of starting. */
const CELLS_OF_TASK = 20;

/**
 * Gives how many shards the jobs of a kind are taken apart into.
 *
 * @param kind The kind.
 * @param jobs The jobs.
 * @param options What the user says.
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

/**
 * Gives the scripts as they are submitted first.
 *
 * @param sweep What is wanted.
 * @returns The text of each kind's script.
 */
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

/** Shards that have jobs. */
function tasksOf(
  kind: JobKind,
  count: number,
  { plan, jobs }: Pick<SlurmSweep, "plan" | "jobs">,
): Task[] {
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

function scriptOf(
  tasks: readonly Task[],
  { plan, folder, seed, options }: Pick<
    SlurmSweep,
    "plan" | "folder" | "seed" | "options"
  >,
): string {
  const [first] = tasks;
  if (first === undefined) throw new RangeError("Cannot submit: no task");
  return slurmScript({
    ...{ plan, folder, seed, kind: first.kind, count: first.count },
    tasks: tasks.map(({ index }) => index),
  }, options);
}

/**
 * Submits the jobs of a sweep and follows them to their end.
 *
 * @param sweep What is wanted.
 * @returns What became of them.
 * @throws {RangeError} If Slurm is not there, or refuses the jobs.
 */
export async function runSlurm(sweep: SlurmSweep): Promise<SlurmOutcome> {
  const folder = join(sweep.folder, SLURM_FOLDER);
  await Deno.mkdir(folder, { recursive: true });
  using _held = await holdFolder(sweep.folder);
  await writeWhole(join(folder, SLURM_PLAN), toJson(sweep.plan.source), {
    force: true,
  });
  return await new SlurmFollower(sweep).run();
}

/** One sweep, from its first submission to the end of its last task. */
class SlurmFollower {
  readonly #sweep: SlurmSweep;
  readonly #tasks: Task[] = [];
  #submissions: Submission[] = [];
  /** Jobs of which all tasks have ended. */
  readonly #over = new Set<string>();
  #isAway = false;
  readonly #held = new Set<string>();

  constructor(sweep: SlurmSweep) {
    this.#sweep = sweep;
  }

  async run(): Promise<SlurmOutcome> {
    const { signal, options } = this.#sweep;
    try {
      await this.#takeUp();
      await this.#settle(this.#tasks.filter(({ jobId }) => !jobId));
      for (;;) {
        if (signal.aborted) break;
        await this.#submitWaiting();
        if (this.#open().length === 0) break;
        await this.#tellProgress();
        await pause(options.poll * 1000, signal);
        if (signal.aborted) break;
        await this.#look();
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#tellLeft();
        throw error;
      }
    }
    if (signal.aborted) this.#tellLeft();
    return await this.#outcome();
  }

  #open(): Task[] {
    return this.#tasks.filter(({ end }) => end === undefined);
  }

  /** Finds the jobs again that an earlier process has submitted. */
  async #takeUp(): Promise<void> {
    const { folder, plan, jobs, options, run, onNote } = this.#sweep;
    this.#submissions = await readSubmissions(folder);
    const states = await taskStates(
      this.#submissions.map(({ jobId }) => jobId),
      run,
    );
    const alive = states.filter((state) => !hasEnded(state));
    for (const kind of JOB_KINDS) {
      if (!jobs.some((job) => job.kind === kind)) continue;
      const found = this.#submissions.filter(({ job, jobId }) =>
        job === kind && alive.some((state) => state.jobId === jobId)
      );
      const [first] = found;
      const count = first?.count ?? taskCount(kind, jobs, options);
      if (options.tasks !== undefined && first && options.tasks !== count) {
        throw new RangeError(
          `Cannot sweep with --tasks ${options.tasks}: found job ` +
            `${first.jobId} of ${count} tasks that has not ended, expected ` +
            `--tasks ${count}, or scancel ${first.jobId}`,
        );
      }
      const tasks = tasksOf(kind, count, { plan, jobs });
      for (const { jobId } of found) {
        onNote(`Slurm job ${jobId} is there already and followed`);
        for (const task of tasks) {
          const own = alive.find((state) =>
            state.jobId === jobId && state.task === task.index
          );
          if (own === undefined) continue;
          task.jobId = jobId;
          task.tries = 1;
        }
      }
      this.#tasks.push(...tasks);
    }
    this.#submissions = this.#submissions.filter(({ jobId }) =>
      alive.some((state) => state.jobId === jobId)
    );
  }

  /** Submits what is in no job, each kind as an array of its own. */
  async #submitWaiting(): Promise<void> {
    const { folder, plan, run, onNote, options } = this.#sweep;
    for (const kind of JOB_KINDS) {
      const tasks = this.#open().filter((task) =>
        task.kind === kind && task.jobId === undefined
      );
      const [first] = tasks;
      if (first === undefined) continue;
      const path = join(folder, SLURM_FOLDER, `${kind}.sh`);
      await writeWhole(path, scriptOf(tasks, this.#sweep), { force: true });
      let jobId: string;
      try {
        jobId = await submit(path, [
          `--output=${logPattern(folder, kind)}`,
          "--open-mode=append",
        ], run);
        this.#tellBack();
      } catch (error) {
        if (!(error instanceof SlurmAwayError)) throw error;
        if (this.#submissions.length === 0) {
          throw new RangeError(
            `Cannot submit to Slurm: ${error.message}, expected a controller ` +
              "that answers",
          );
        }
        this.#tellAway(error);
        continue;
      }
      const again = first.tries > 0
        ? `, try ${first.tries + 1} of ` +
          `${options.retries + 1}`
        : "";
      onNote(
        `Slurm job ${jobId}: ${plural(tasks.length, `${kind} task`)}${again}`,
      );
      for (const task of tasks) {
        task.jobId = jobId;
        task.tries++;
        task.looks = 0;
      }
      this.#submissions.push({
        ...{ job: kind, jobId, count: first.count },
        tasks: tasks.map(({ index }) => index),
      });
      await writeSubmissions(folder, plan.digest, this.#submissions);
    }
  }

  /** Asks Slurm what runs, and looks at the files of what does no more. */
  async #look(): Promise<void> {
    const { run } = this.#sweep;
    const jobIds = new Set(this.#open().flatMap(({ jobId }) => jobId ?? []));
    let states: TaskState[];
    try {
      states = await taskStates([...jobIds], run);
      this.#tellBack();
    } catch (error) {
      if (!(error instanceof SlurmAwayError)) throw error;
      this.#tellAway(error);
      return;
    }
    const found = new Map(
      states.map((state) => [`${state.jobId}_${state.task}`, state]),
    );
    const ended: Task[] = [];
    for (const task of this.#open()) {
      if (task.jobId === undefined) continue;
      const state = found.get(`${task.jobId}_${task.index}`);
      task.state = state?.state ?? "";
      if (state === undefined || hasEnded(state)) ended.push(task);
      else {
        task.looks = 0;
        this.#tellHeld(state);
      }
    }
    await this.#settle(ended);
  }

  /**
   * Decides by their files what has become of tasks that do not run. A file
   * may be seen later on this machine than it was written on another, so a
   * task is not given up at the first look.
   */
  async #settle(tasks: readonly Task[]): Promise<void> {
    const { folder, plan, environment, options, run } = this.#sweep;
    for (const task of tasks) {
      const { open, stale } = await findJobs(folder, task.jobs, {
        plan: plan.digest,
        environment,
      });
      if (open.length === 0) {
        task.end = "done";
        continue;
      }
      // A checkout that was changed meanwhile makes no other files next time.
      if (task.state === "COMPLETED" && stale.length > 0) {
        task.end = "failed";
        continue;
      }
      if (task.jobId === undefined || ++task.looks < 2) continue;
      if (task.state === "") {
        task.state = await accountedState(
          { jobId: task.jobId, task: task.index },
          run,
        ) ?? "no longer known to Slurm";
      }
      if (task.tries > options.retries) task.end = "failed";
      else task.jobId = undefined;
    }
    for (const { jobId } of this.#submissions) {
      if (!this.#open().some((task) => task.jobId === jobId)) {
        this.#over.add(jobId);
      }
    }
  }

  async #outcome(): Promise<SlurmOutcome> {
    const { folder, jobs, plan, environment } = this.#sweep;
    const now = { plan: plan.digest, environment };
    const failed: string[] = [];
    for (const task of this.#tasks) {
      if (task.end !== "failed" || task.jobId === undefined) continue;
      const { open, stale } = await findJobs(folder, task.jobs, now);
      const { kind, index, jobId, state, tries } = task;
      const said = stale[0] ??
        await lastWords(folder, kind, { jobId, task: index });
      failed.push(
        `${kind} task ${index} of ${task.count} (job ${jobId}_${index}: ` +
          `${state}, ${plural(tries, "try")}): ${
            plural(open.length, "cell")
          } ` +
          `undone, ${open[0]?.cell.id}${open.length > 1 ? " and others" : ""}` +
          (said === undefined ? "" : `: ${said}`),
      );
    }
    const { done } = await findJobs(folder, jobs, now);
    return { done: done.length, failed, left: this.#left() };
  }

  #left(): string[] {
    return this.#submissions.map(({ jobId }) => jobId)
      .filter((jobId) => !this.#over.has(jobId));
  }

  async #tellProgress(): Promise<void> {
    const { folder, jobs, onProgress } = this.#sweep;
    const states = new Map<string, number>();
    for (const { state } of this.#open()) {
      const name = (state || "submitted").toLowerCase();
      states.set(name, (states.get(name) ?? 0) + 1);
    }
    let files = 0;
    for (const kind of new Set(jobs.map((job) => job.kind))) {
      for await (const { name } of Deno.readDir(join(folder, kind))) {
        if (name.endsWith(".json") && !name.startsWith(".")) files++;
      }
    }
    onProgress(
      `${files}/${jobs.length} cells; tasks: ` +
        [...states].map(([name, n]) => `${n} ${name}`).join(", "),
    );
  }

  #tellAway(error: SlurmAwayError): void {
    if (!this.#isAway) {
      this.#sweep.onNote(
        `Slurm does not answer (${error.message}); it is asked again`,
      );
    }
    this.#isAway = true;
  }

  #tellBack(): void {
    if (this.#isAway) this.#sweep.onNote("Slurm answers again");
    this.#isAway = false;
  }

  /** What waits for a person would wait for ever without one. */
  #tellHeld({ jobId, task, state, reason }: TaskState): void {
    if (state !== "PENDING" || !/held|invalid|never/i.test(reason)) return;
    const name = `${jobId}_${task}`;
    if (this.#held.has(jobId)) return;
    this.#held.add(jobId);
    this.#sweep.onNote(
      `Slurm holds task ${name} (${reason}); scontrol release ${jobId} or ` +
        `scancel ${jobId} goes on`,
    );
  }

  #tellLeft(): void {
    const left = this.#left();
    if (left.length === 0) return;
    this.#sweep.onNote(
      `Slurm ${left.length === 1 ? "job" : "jobs"} ${left.join(", ")} ` +
        `${left.length === 1 ? "goes" : "go"} on; scancel ${left.join(" ")} ` +
        "ends, and the same command with --resume follows again",
    );
  }
}

/** Waits, or until the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = () => resolve();
  signal.addEventListener("abort", stop);
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
}
