/**
 * Slurm's own commands: submit, look at the queue, and what became of a task.
 * All that is known of Slurm's output is here.
 */
import {
  type BoundedResult,
  LateProgramError,
  MissingProgramError,
  runBounded,
} from "../native/run_bounded.ts";

/** A command of Slurm that does not answer by then has no controller, in ms. */
const LONGEST_ANSWER_MS = 60_000;

/** The task of deno.json that may run Slurm's commands. */
const TASK = "deno task lab:slurm";

/** Runs a program; a test may put another thing in its place. */
export type RunProgram = (
  program: string,
  args: readonly string[],
) => Promise<BoundedResult>;

/** Slurm does not answer now; it may later. */
export class SlurmAwayError extends Error {
  override readonly name = "SlurmAwayError";
}

export interface ArrayTask {
  readonly jobId: string;
  /** Its number in the array. */
  readonly task: number;
}

export interface TaskState extends ArrayTask {
  /** Slurm's word, such as `RUNNING`. */
  readonly state: string;
  /** Why it waits, or why it has ended. */
  readonly reason: string;
}

/** States that a task does not leave; it may be in Slurm's memory for long. */
const ENDED = [
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "REVOKED",
  "TIMEOUT",
];

export function hasEnded({ state }: TaskState): boolean {
  return ENDED.includes(state);
}

export function slurmPrograms(signal?: AbortSignal): RunProgram {
  return async (program, args) =>
    await runBounded({
      program,
      args,
      timeoutMs: LONGEST_ANSWER_MS,
      signal,
    });
}

/**
 * Submits a script.
 *
 * @param args More words for sbatch; they go before what the script says.
 * @throws {SlurmAwayError} If there is no controller now.
 * @throws {RangeError} If Slurm is not there, or does not take it.
 */
export async function submit(
  script: string,
  args: readonly string[],
  run: RunProgram,
): Promise<string> {
  const { status, stdout, stderr } = await asked("sbatch", [
    "--parsable",
    ...args,
    script,
  ], run);
  // Behind a semicolon comes the cluster, where there are several.
  const [, id] = /^(\d+)(;\S*)?\s*$/.exec(stdout) ?? [];
  if (status === 0 && id !== undefined) return id;
  const reason = complaint(stderr) ?? `sbatch printed "${stdout.trim()}"`;
  if (isAway(stderr)) throw new SlurmAwayError(reason);
  throw new RangeError(
    `Cannot submit to Slurm: ${reason}, expected sbatch to accept ${script}`,
  );
}

/**
 * Asks what became of the tasks of jobs.
 *
 * @returns What Slurm knows of them; it forgets those that ended long ago.
 * @throws {SlurmAwayError} If there is no controller now.
 */
export async function taskStates(
  jobIds: readonly string[],
  run: RunProgram,
): Promise<TaskState[]> {
  const states: TaskState[] = [];
  for (const jobId of jobIds) {
    const { status, stdout, stderr } = await asked("squeue", [
      "--noheader",
      "--array",
      "--states=all",
      `--jobs=${jobId}`,
      "--format=%F|%K|%T|%r",
    ], run);
    if (status !== 0) {
      // What it has forgotten it takes for a wrong number.
      if (/invalid job id/i.test(stderr)) continue;
      throw new SlurmAwayError(complaint(stderr) ?? `squeue ended ${status}`);
    }
    states.push(...queueLines(stdout));
  }
  return states;
}

/**
 * Reads what squeue prints of arrays: `JOB|TASK|STATE|REASON`.
 *
 * @returns A task a line; other lines are left out.
 */
export function queueLines(text: string): TaskState[] {
  return text.split("\n").flatMap((line) => {
    const [jobId = "", task = "", state = "", ...reason] = line.trim()
      .split("|");
    return /^\d+$/.test(jobId) && /^\d+$/.test(task)
      ? [{ jobId, task: Number(task), state, reason: reason.join("|") }]
      : [];
  });
}

/**
 * Asks the accounting how a task ended that the controller has forgotten.
 *
 * @returns Such as `TIMEOUT`; nothing if there is no accounting.
 */
export async function accountedState(
  { jobId, task }: ArrayTask,
  run: RunProgram,
): Promise<string | undefined> {
  try {
    const { status, stdout } = await run("sacct", [
      "--noheader",
      "--parsable2",
      "--allocations",
      `--jobs=${jobId}_${task}`,
      "--format=State",
    ]);
    if (status !== 0) return undefined;
    // "CANCELLED by 1000"
    return /^[A-Z_]+/.exec(stdout.trim())?.[0];
  } catch (error) {
    if (error instanceof MissingProgramError) return undefined;
    if (error instanceof LateProgramError) return undefined;
    throw error;
  }
}

/** Runs a command that has to be there. */
async function asked(
  program: string,
  args: readonly string[],
  run: RunProgram,
): Promise<BoundedResult> {
  try {
    return await run(program, args);
  } catch (error) {
    if (error instanceof LateProgramError) {
      throw new SlurmAwayError(`${program} has given no answer`);
    }
    if (!(error instanceof MissingProgramError)) throw error;
    const [found, expected] = {
      absent: [
        "it is not installed",
        "Slurm on this machine, or --shard I/N " +
        "with another scheduler",
      ],
      permission: ["Deno has no permission for it", `"${TASK}"`],
      unexecutable: ["it cannot be executed", "Slurm on this machine"],
    }[error.why];
    throw new RangeError(
      `Cannot run ${program}: ${found}, expected ${expected}`,
    );
  }
}

/** What a command of Slurm complains of, without its own name. */
function complaint(stderr: string): string | undefined {
  const lines = stderr.split("\n").map((line) =>
    line.replace(/^(sbatch|squeue|scancel): (error|fatal): /, "")
      .replace(/^slurm_\w+ error: /, "")
      .replace(/^Batch job submission failed: /, "").trim()
  ).filter((line) => line !== "");
  // sbatch gives hints first, and the reason last.
  const line = lines.at(-1);
  return line === undefined
    ? undefined
    : line.charAt(0).toLowerCase() + line.slice(1);
}

/** Whether a controller that is started again may answer. */
function isAway(stderr: string): boolean {
  return /unable to contact slurm controller|connection refused|timed out|zero bytes were transmitted|communication connection failure|in standby|is read-only/i
    .test(stderr);
}
