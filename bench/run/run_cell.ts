/**
 * One cell, whole: audited, timed, summed up. What times it, and groups of
 * workers, are loaded by a run that asks for them.
 */
import type { ResultCell } from "../result/result.ts";
import { isGroup } from "../setup/check_group.ts";
import { BASELINE } from "../setup/baseline.ts";
import { cellResult } from "./cell_result.ts";
import type { CellPlan } from "./cell_plan.ts";
import type { RunCellOptions } from "./cell_options.ts";
import { isolateBytes, isolatesIn } from "./isolate_room.ts";
import { buildsOf, isTimed } from "./options.ts";
import { prepareCell, type PreparedCell } from "./prepare_cell.ts";

/**
 * Runs a cell.
 *
 * @throws {Error} If a layout gave a wrong answer, a worker failed, or the
 *   input cannot be read.
 */
export async function runCell(
  plan: CellPlan,
  options: RunCellOptions,
): Promise<ResultCell> {
  return await finishCell(await prepareCell(plan, options), options);
}

/**
 * Runs the rest of a cell.
 *
 * @param prepared The cell, with all its exact figures.
 * @returns The cell for the result file.
 * @throws {Error} As {@linkcode runCell}.
 */
export async function finishCell(
  prepared: PreparedCell,
  options: RunCellOptions,
): Promise<ResultCell> {
  const { plan } = prepared;
  const { run, signal, onProgress } = options;
  // Groups of workers get half of the time.
  const hasGroups = isGroup(run) && plan.engine === "js";
  const share = hasGroups ? 0.5 : 1;
  const budgetNs = options.budgetNs * share;
  const isMeasured = isTimed(run, plan.workload);
  if (isMeasured) onProgress?.("warming up");
  const timed = isMeasured
    ? await (await import("./time_contenders.ts")).timeContenders({
      ...prepared,
      options: { ...options, budgetNs },
    })
    : undefined;
  // Groups have workers of their own.
  if (hasGroups) await options.isolates.endUnused();
  const groupsStart = options.clock();
  const workers = !hasGroups || signal?.aborted
    ? undefined
    : await (await import("../workers/group_figures.ts")).groupFigures({
      ...run,
      builds: buildsOf(run, "js"),
      setups: prepared.setups,
      baseline: BASELINE,
      window: prepared.audited.window,
      budgetNs: options.budgetNs - budgetNs,
      mostIsolates: isolatesIn(
        options.room,
        isolateBytes("member", {
          poolBytes: options.cell.poolBytes,
          depth: run.depth,
          isNative: false,
        }),
      ),
      clock: options.clock,
      timeoutMs: options.timeoutMs,
      signal,
      onStage: (stage) => onProgress?.(stage),
      onProgress: (progress) => onProgress?.("timing groups", progress),
    }).catch((error) => {
      // What was timed before the interrupt is kept.
      if (signal?.aborted) return undefined;
      throw error;
    });
  options.onMeasured?.(
    (timed?.takenNs ?? 0) + (options.clock() - groupsStart),
  );
  const isWhole = timed?.ended !== "interrupted" &&
    !(hasGroups && signal?.aborted);
  return cellResult(prepared, { timed, workers, budgetNs, isWhole });
}
