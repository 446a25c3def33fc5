/**
 * Which cells can continue with the isolates of a cell before them: those that
 * differ in the workload alone. Everything else would only wait in memory.
 */
import type { CellMachine } from "./cell_machine.ts";
import { sortedJson } from "../text/sorted_json.ts";
import type { CellPlan } from "./cell_plan.ts";

/** A cell, as far as its isolates depend on it. */
export interface SeriesCell {
  readonly plan: CellPlan;
  readonly machine: CellMachine;
  readonly isDone: boolean;
}

/** What becomes of isolates when a cell is done. */
export interface CellEnd {
  /** Whether the next cell of its engine needs the same ones. */
  readonly isKept: boolean;
  /** Whether no cell that follows needs any that lives. */
  readonly endsAll: boolean;
}

export function cellEnds(cells: readonly SeriesCell[]): CellEnd[] {
  const series = cells.map(({ plan, machine }) =>
    sortedJson([plan.abi.name, plan.recognition, machine.map])
  );
  return cells.map(({ plan }, index) => {
    const rest: CellPlan[] = [];
    for (let next = index + 1; series[next] === series[index]; next++) {
      const cell = cells[next];
      if (cell !== undefined && !cell.isDone) rest.push(cell.plan);
    }
    return {
      isKept: rest.some(({ engine }) => engine === plan.engine),
      endsAll: rest.length === 0,
    };
  });
}
