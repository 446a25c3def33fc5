/**
 * What has been found of the cells of a run: as it was measured, and as it is
 * shown, beside the baseline that was asked for and beside the cell of the other
 * engine.
 */
import { rebaseIfThere } from "../result/rebase_result.ts";
import type { ResultCell } from "../result/result.ts";
import { BASELINE } from "../setup/baseline.ts";
import type { CellPlan } from "./cell_plan.ts";
import { cellResult } from "./cell_result.ts";
import type { LabRunOptions } from "./options.ts";
import { type Attendance, attendance } from "./plan.ts";
import type { PreparedCell } from "./prepare_cell.ts";
import type { TimedCell } from "./timed_cell.ts";
import { isTwin, withAgreement } from "./twin_cell.ts";

/** A cell of a run, from its plan on. */
export interface OpenCell {
  readonly plan: CellPlan;
  /** As it was found. */
  cell?: ResultCell;
  /** As it is shown: beside the baseline that was asked for. */
  shown?: ResultCell;
  /** What is there to be timed, until it is. */
  waiting?: PreparedCell;
}

/** Returns which layouts take part in a cell, as far as known. */
export function present({ plan, cell, waiting }: OpenCell): Attendance {
  if (cell !== undefined) {
    const { layouts, leftOut = [] } = cell;
    return { present: layouts.length, leftOut };
  }
  if (waiting === undefined) return attendance(plan);
  const { setups, audited } = waiting;
  return { present: setups.size, leftOut: [...plan.leftOut, ...audited.unfit] };
}

export class FoundCells {
  /** All cells, in the order of the run. */
  readonly all: readonly OpenCell[];
  readonly #options: Pick<LabRunOptions, "baseline" | "seed">;

  constructor(
    plan: readonly CellPlan[],
    options: Pick<LabRunOptions, "baseline" | "seed">,
  ) {
    this.all = plan.map((plan) => ({ plan }));
    this.#options = options;
  }

  /** Those that are found, as they were. */
  get found(): ResultCell[] {
    return this.all.flatMap(({ cell }) => cell ?? []);
  }

  get areAllFound(): boolean {
    return this.all.every(({ cell }) => cell !== undefined);
  }

  /**
   * Returns those that are found, and those that wait without times or with the
   * ones that are there, each as it is shown.
   */
  shown(
    timesOf?: (cell: PreparedCell) => TimedCell | undefined,
  ): ResultCell[] {
    return this.all.flatMap(({ shown, waiting }) =>
      shown ??
        (waiting === undefined
          ? []
          : this.#beside(this.summedUp(waiting, timesOf?.(waiting))))
    );
  }

  /**
   * Keeps what was found of a cell.
   *
   * @returns The cell as it is shown.
   */
  keep(open: OpenCell, cell: ResultCell): ResultCell {
    open.cell = cell;
    return open.shown = this.#beside(cell);
  }

  summedUp(prepared: PreparedCell, timed?: TimedCell): ResultCell {
    const { budgetNs } = prepared.options;
    const isWhole = timed !== undefined && timed.ended !== "interrupted";
    return this.besideTwin(cellResult(prepared, { timed, budgetNs, isWhole }));
  }

  /** Returns the cell of the other engine, if it is found. */
  twinOf(of: CellPlan | ResultCell): ResultCell | undefined {
    return this.found.find((other) => isTwin(other, of));
  }

  /** Returns a cell in C with how far it agrees with the one in JavaScript. */
  besideTwin(cell: ResultCell): ResultCell {
    const twin = cell.engine === "native" ? this.twinOf(cell) : undefined;
    return twin === undefined
      ? cell
      // A resumed one may be beside another layout.
      : withAgreement(rebaseIfThere(twin, BASELINE, this.#options.seed), cell);
  }

  #beside(cell: ResultCell): ResultCell {
    const { baseline, seed } = this.#options;
    // No warning about what nobody asked for.
    return baseline === undefined &&
        cell.layouts.every(({ name }) => name !== BASELINE)
      ? cell
      : rebaseIfThere(cell, baseline ?? BASELINE, seed);
  }
}
