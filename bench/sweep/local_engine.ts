/**
 * Jobs on this machine: exact figures first, in several isolates, then times,
 * one after the other and beside nothing else of the lab. What is finished is in
 * its file; a cell that fails is named, and the others go on.
 */
import { isolateBytes } from "../run/isolate_room.ts";
import { runLab } from "../run/run_lab.ts";
import { workloadPoolBytes } from "../../sim/workload/workload_facts.ts";
import { cellFile, type FoundFigures, writeCellFile } from "./cell_file.ts";
import type { Reuse } from "./exact_group.ts";
import { addReuse, inLanes, lanesFor } from "./exact_lanes.ts";
import { withHostLock } from "./host_lock.ts";
import { groupCells, type SweepJob } from "./jobs.ts";
import type { SweepCell } from "./sweep_cell.ts";

export interface LocalEngineOptions {
  readonly folder: string;
  /** Digest of the plan. */
  readonly plan: string;
  readonly environment: Readonly<Record<string, unknown>>;
  /** Isolates at once; as many as there are CPUs if absent. */
  readonly lanes?: number | undefined;
  /** Ends the work; what is finished is kept. */
  readonly signal: AbortSignal;
  /** Called before each job with how many are done. */
  readonly onProgress?: ((job: SweepJob, done: number) => void) | undefined;
  /** Called with what has to wait, and what cannot be sure. */
  readonly onNote?: ((text: string) => void) | undefined;
}

export interface FailedJob {
  readonly job: SweepJob;
  readonly reason: string;
}

export interface EngineOutcome {
  /** How many are in their files. */
  readonly done: number;
  /** Those that are not, except for those that an interrupt has left. */
  readonly failed: readonly FailedJob[];
  /** What was saved by doing things once. */
  readonly reuse: Reuse;
}

const NO_REUSE: Reuse = { read: 0, reread: 0, traced: 0, retraced: 0 };

export async function runSweepJobs(
  jobs: readonly SweepJob[],
  options: LocalEngineOptions,
): Promise<EngineOutcome> {
  const { folder, plan, signal, environment, onProgress } = options;
  const failed: FailedJob[] = [];
  let done = 0;
  let reuse = NO_REUSE;
  const keep = async (job: SweepJob, found: FoundFigures) => {
    const { cell, kind } = job;
    try {
      await writeCellFile(folder, cellFile(cell, { plan, job: kind, found }));
      done++;
    } catch (error) {
      fail(job, error);
    }
  };
  const fail = (job: SweepJob, error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    failed.push({ job, reason });
  };
  const alone = async (job: SweepJob) => {
    onProgress?.(job, done);
    try {
      const found = await aloneFigures(job, signal);
      if (found !== undefined) await keep(job, found);
    } catch (error) {
      if (!signal.aborted) fail(job, error);
    }
  };
  const exact = jobs.filter(({ kind }) => kind === "exact");
  const timed = jobs.filter(({ kind }) => kind === "timed");
  if (exact.length > 0) {
    await withHostLock("shared", options, async () => {
      const plain = exact.map(({ cell }) => cell).filter(isPlain);
      await inLanes(groupCells(plain), {
        lanes: lanesFor(options.lanes, mostCellBytes(plain)),
        signal,
        onStart: ([cell]) => {
          if (cell) onProgress?.({ cell, kind: "exact" }, done);
        },
        onGroup: async (group, found) => {
          if (!("error" in found)) reuse = addReuse(reuse, found);
          for (const [index, cell] of group.entries()) {
            const job = { cell, kind: "exact" } as const;
            const own = "error" in found ? found : found.cells[index];
            if (own === undefined) continue;
            if ("error" in own) fail(job, own.error);
            else if (!("error" in found)) {
              const { inputs, warnings } = found;
              await keep(job, { environment, inputs, warnings, cell: own });
            }
          }
        },
      });
      for (const job of exact) {
        if (!isPlain(job.cell) && !signal.aborted) await alone(job);
      }
    });
  }
  if (timed.length > 0 && !signal.aborted) {
    await withHostLock("alone", options, async () => {
      for (const job of timed) {
        if (!signal.aborted) await alone(job);
      }
    });
  }
  return { done, failed, reuse };
}

/** Whether a cell's exact figures can be made in an isolate of others. */
export function isPlain({ setup }: SweepCell): boolean {
  const { engine, workers, devices, placement } = setup;
  // A recorded placement is more than plain data.
  return (engine ?? "js") === "js" && workers === 1 && devices === 0 &&
    typeof placement !== "object";
}

/** Memory that the largest of some cells takes, one layout at a time. */
export function mostCellBytes(cells: readonly SweepCell[]): number {
  return Math.max(
    0,
    ...cells.map(({ setup }) =>
      isolateBytes("audit", {
        poolBytes: Math.max(
          ...setup.workloads.map((name) =>
            workloadPoolBytes(name, setup.placement)
          ),
        ),
        depth: setup.depth,
        isNative: false,
      })
    ),
  );
}

/** A run of the lab with one cell; nothing if it was interrupted. */
async function aloneFigures(
  { cell: { setup }, kind }: SweepJob,
  signal: AbortSignal,
): Promise<FoundFigures | undefined> {
  const { result, failure } = await runLab(
    kind === "exact" ? { ...setup, rounds: 0 } : setup,
    { signal },
  );
  const { environment, inputs = [], warnings, cells: [cell] } = result;
  if (signal.aborted) return undefined;
  // The cell reports if a workload leaves nobody to compare with.
  if (cell === undefined || failure && !(failure instanceof RangeError)) {
    throw failure ?? new Error("Cannot run it: found no cell");
  }
  return { environment, inputs, warnings, cell };
}
