/**
 * The exact half of a cell: audited, simulated, its machine code counted. No
 * clock is looked at.
 */
import { type AuditedParts, auditInParts } from "./audit_parts.ts";
import { openRunCell } from "./cell_machine.ts";
import type { RunCellOptions } from "./cell_options.ts";
import type { CellPlan } from "./cell_plan.ts";
import { cellResult } from "./cell_result.ts";
import { cellSetups } from "./cell_setups.ts";
import type { RunCounter } from "./run_counter.ts";
import type { ContendersToTime } from "./timing_options.ts";

/** A cell whose exact figures are all known, with nothing timed yet. */
export interface PreparedCell extends ContendersToTime, AuditedParts {
  readonly plan: CellPlan;
  readonly machineCode: Awaited<ReturnType<RunCounter["count"]>>;
}

/**
 * Finds out everything exact of a cell.
 *
 * @returns What there is to be timed, and what is known already.
 * @throws {Error} If a layout gave a wrong answer, a worker failed, or the
 *   input cannot be read.
 */
export async function prepareCell(
  plan: CellPlan,
  options: RunCellOptions,
): Promise<PreparedCell> {
  const { run, onProgress } = options;
  const { map } = options.cell;
  const setups = cellSetups(plan, { run, map });
  onProgress?.("checking");
  const parts = await auditInParts({
    setups,
    abi: plan.abi,
    open: options.open ?? openRunCell(plan, run, options.inputs).open,
    options,
  });
  const { audited } = parts;
  const fit = new Map(
    [...setups].filter(([name]) => audited.contenders.has(name)),
  );
  const machineCode = await options.counter.count(plan.abi.name, {
    setups: fit,
    window: audited.window,
    twin: options.twin?.layouts,
    onStage: (stage) => onProgress?.(stage),
  });
  const prepared = { plan, ...parts, setups: fit, options, machineCode };
  options.onCounted?.(
    cellResult(prepared, { timed: undefined, budgetNs: 0, isWhole: true }),
  );
  return prepared;
}
