/**
 * Jobs of a sweep in Slurm: submitted as arrays, followed, and submitted again
 * where a task has ended without its cells. What is done is decided by the
 * files of the cells alone; Slurm says only what still runs, and no clock is
 * asked. Slurm decides where and when a task runs.
 */
import { join } from "@std/path";
import { plural } from "../../sim/text/plural.ts";
import { toJson, writeWhole } from "../shell/output.ts";
import { findJobs } from "./jobs.ts";
import {
  holdFolder,
  readSubmissions,
  type Submission,
  writeSubmissions,
} from "./slurm_jobs.ts";
import { lastWords } from "./slurm_log.ts";
import { logPattern, SLURM_FOLDER, SLURM_PLAN } from "./slurm_script.ts";
import type { SlurmOutcome, SlurmSweep } from "./slurm_sweep.ts";
import { scriptOf, type SlurmTask, taskCount, tasksOf } from "./slurm_tasks.ts";
import { SlurmTeller } from "./slurm_teller.ts";
import {
  accountedState,
  hasEnded,
  SlurmAwayError,
  submit,
  type TaskState,
  taskStates,
} from "./slurm_tools.ts";
import { JOB_KINDS } from "./sweep_cell.ts";

/**
 * Submits the jobs of a sweep and follows them to their end.
 *
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
  readonly #tasks: SlurmTask[] = [];
  #submissions: Submission[] = [];
  /** Jobs whose tasks have all ended. */
  readonly #over = new Set<string>();
  readonly #teller: SlurmTeller;

  constructor(sweep: SlurmSweep) {
    this.#sweep = sweep;
    this.#teller = new SlurmTeller(sweep);
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
        await this.#teller.progress(this.#open());
        await pause(options.poll * 1000, signal);
        if (signal.aborted) break;
        await this.#look();
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#teller.left(this.#left());
        throw error;
      }
    }
    if (signal.aborted) this.#teller.left(this.#left());
    return await this.#outcome();
  }

  #open(): SlurmTask[] {
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
        this.#teller.back();
      } catch (error) {
        if (!(error instanceof SlurmAwayError)) throw error;
        if (this.#submissions.length === 0) {
          throw new RangeError(
            `Cannot submit to Slurm: ${error.message}, expected a controller ` +
              "that answers",
          );
        }
        this.#teller.away(error);
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
      this.#teller.back();
    } catch (error) {
      if (!(error instanceof SlurmAwayError)) throw error;
      this.#teller.away(error);
      return;
    }
    const found = new Map(
      states.map((state) => [`${state.jobId}_${state.task}`, state]),
    );
    const ended: SlurmTask[] = [];
    for (const task of this.#open()) {
      if (task.jobId === undefined) continue;
      const state = found.get(`${task.jobId}_${task.index}`);
      task.state = state?.state ?? "";
      if (state === undefined || hasEnded(state)) ended.push(task);
      else {
        task.looks = 0;
        this.#teller.held(state);
      }
    }
    await this.#settle(ended);
  }

  /**
   * Decides by their files what has become of tasks that do not run. A file
   * may be seen later on this machine than it was written on another, so a
   * task is not given up at the first look.
   */
  async #settle(tasks: readonly SlurmTask[]): Promise<void> {
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
