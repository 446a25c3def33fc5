/** What a user is told about a sweep in Slurm, each thing once. */
import { join } from "@std/path";
import type { SlurmSweep } from "./slurm_sweep.ts";
import type { SlurmTask } from "./slurm_tasks.ts";
import type { SlurmAwayError, TaskState } from "./slurm_tools.ts";

export class SlurmTeller {
  readonly #sweep: SlurmSweep;
  #isAway = false;
  readonly #held = new Set<string>();

  /** Has reported nothing yet. */
  constructor(sweep: SlurmSweep) {
    this.#sweep = sweep;
  }

  async progress(open: readonly SlurmTask[]): Promise<void> {
    const { folder, jobs, onProgress } = this.#sweep;
    const states = new Map<string, number>();
    for (const { state } of open) {
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

  away(error: SlurmAwayError): void {
    if (!this.#isAway) {
      this.#sweep.onNote(
        `Slurm does not answer (${error.message}); it is asked again`,
      );
    }
    this.#isAway = true;
  }

  /** Tells that it answers again, if it did not. */
  back(): void {
    if (this.#isAway) this.#sweep.onNote("Slurm answers again");
    this.#isAway = false;
  }

  /**
   * Tells of a task that waits for a person, and would wait for ever without.
   */
  held({ jobId, task, state, reason }: TaskState): void {
    if (state !== "PENDING" || !/held|invalid|never/i.test(reason)) return;
    if (this.#held.has(jobId)) return;
    this.#held.add(jobId);
    this.#sweep.onNote(
      `Slurm holds task ${jobId}_${task} (${reason}); scontrol release ` +
        `${jobId} or scancel ${jobId} goes on`,
    );
  }

  /** Returns which jobs go on without it. */
  left(left: readonly string[]): void {
    if (left.length === 0) return;
    this.#sweep.onNote(
      `Slurm ${left.length === 1 ? "job" : "jobs"} ${left.join(", ")} ` +
        `${left.length === 1 ? "goes" : "go"} on; scancel ${left.join(" ")} ` +
        "ends, and the same command with --resume follows again",
    );
  }
}
