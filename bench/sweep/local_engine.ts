/**
 * Jobs on this machine: exact figures first, times one after the other. What is
 * finished is in its file; a cell that fails is named, and the others go on.
 */
import { runLab } from "../run/run_lab.ts";
import { cellFile, writeCellFile } from "./cell_file.ts";
import type { SweepJob } from "./jobs.ts";

/** What jobs are done with. */
export interface LocalEngineOptions {
  /** The folder of the sweep. */
  readonly folder: string;
  /** Digest of the plan. */
  readonly plan: string;
  /** Ends the work; what is finished is kept. */
  readonly signal: AbortSignal;
  /** Told before each job, and how far it is. */
  readonly onProgress?: (job: SweepJob, done: number) => void;
}

/** A job that failed. */
export interface FailedJob {
  /** The job. */
  readonly job: SweepJob;
  /** Why. */
  readonly reason: string;
}

/** What became of jobs. */
export interface EngineOutcome {
  /** How many are in their files. */
  readonly done: number;
  /** Those that are not, but for those that an interrupt has left. */
  readonly failed: readonly FailedJob[];
}

/**
 * Does jobs.
 *
 * @param jobs The jobs.
 * @param options Where their files go.
 * @returns What became of them.
 */
export async function runJobs(
  jobs: readonly SweepJob[],
  options: LocalEngineOptions,
): Promise<EngineOutcome> {
  const { folder, plan, signal, onProgress } = options;
  const failed: FailedJob[] = [];
  let done = 0;
  for (const job of jobs) {
    if (signal.aborted) break;
    onProgress?.(job, done);
    try {
      const { result, failure } = await runLab(
        job.kind === "exact"
          ? { ...job.cell.setup, rounds: 0 }
          : job.cell.setup,
        { signal },
      );
      if (signal.aborted) break;
      if (failure !== undefined) throw failure;
      await writeCellFile(
        folder,
        cellFile(job.cell, { plan, job: job.kind, result }),
      );
      done++;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failed.push({ job, reason });
    }
  }
  return { done, failed };
}
