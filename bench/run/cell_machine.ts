/**
 * The machine of a cell: its memory, and whether it can be had at all.
 */
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { Placement } from "../../sim/workload/placement.ts";
import { DEFAULT_PLACEMENT } from "../../sim/workload/placement_options.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import { type Cell, openCell } from "../../sim/setup/open_cell.ts";
import { checkReach } from "../setup/machine_check.ts";
import { type LabRunOptions, workloadPath } from "./options.ts";
import type { CellPlan } from "./cell_plan.ts";

/** The machine of a planned cell, as far as its isolates depend on it. */
export interface CellMachine {
  readonly map: MemoryMap;
  readonly poolBytes: number;
}

/**
 * Refuses a cell that its machine cannot have, before any cell is run.
 *
 * @throws {RangeError} Naming the cell and what does not fit.
 */
export function cellMachine(plan: CellPlan, run: LabRunOptions): CellMachine {
  const path = workloadPath(plan.workload);
  try {
    const { map, placement } = openRunCell(plan, run);
    checkReach(run.machine, { map, abi: plan.abi, limits: run.limits });
    const own = WORKLOAD_PRESETS.get(path)?.placement;
    new Placement(run.placement ?? own ?? DEFAULT_PLACEMENT, {
      seed: run.seed,
      memoryMap: map,
    });
    return { map, poolBytes: placement.poolBytes };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(
      `${error.message} (workload "${plan.workload}", ABI ${plan.abi.name})`,
      { cause: error },
    );
  }
}

/**
 * Opens a planned cell.
 *
 * @param inputs Workloads that are streams and no files.
 * @throws {RangeError} If the placement is outside its limits.
 */
export function openRunCell(
  plan: CellPlan,
  run: LabRunOptions,
  inputs?: WorkloadInputs,
): Cell {
  const streams = inputs === undefined ? {} : { inputs };
  return openCell(
    { ...run, abi: plan.abi, ...streams },
    workloadPath(plan.workload),
  );
}
