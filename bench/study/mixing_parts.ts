/**
 * What a study's ratios owe to a layout and what to a rule: a bio does not mix
 * kinds of memory that only pages distinguish, so a baseline that recognises by
 * page takes more bios than layouts that do not.
 */
import { BASELINE } from "../setup/baseline.ts";
import { findFigure, timedCells } from "./figures.ts";
import type { Study, StudyTimedCell } from "./study_file.ts";
import { isWithdrawn } from "./withdrawn.ts";

/** The layout that shows what a recognition does, where it can take part. */
const SHOWN = "phys_flags";

/** Bios of a timed cell by two rules. */
export interface MixedCell {
  readonly layout: string;
  /** Bios per I/O of the baseline. */
  readonly baselineBios: number;
  /** Bios per I/O of the layout. */
  readonly bios: number;
  /** Its time relative to the baseline where both have the baseline's rule. */
  readonly byLayout: number | null;
  /** What the rule makes of that; the product is the cell's own ratio. */
  readonly byRule: number | null;
}

/**
 * Splits the ratio of a timed cell.
 *
 * @returns Both parts; nothing where the rule makes no difference. The parts
 *   are `null` where the layout was not timed under the baseline's rule.
 */
export function mixedCell(
  study: Study,
  cell: StudyTimedCell,
  layout: string = shownLayout(cell),
): MixedCell | undefined {
  const { workload, recognition, engine } = cell;
  const bios = findFigure(study, {
    ...{ workload, recognition, layout, column: "biosPerIo" },
  });
  const baselineBios = findFigure(study, { workload, column: "biosPerIo" });
  if (bios === null || baselineBios === null) return undefined;
  if (Math.abs(bios - baselineBios) < 1e-9) return undefined;
  const [alike] = timedCells(study, { recognition: "page", engine })
    .filter((other) => other.workload === workload);
  const own = cell.layouts[layout]?.ratio.median;
  const byLayout = alike === undefined || isWithdrawn(study, alike) ||
      isWithdrawn(study, cell)
    ? null
    : alike.layouts[layout]?.ratio.median ?? null;
  return {
    layout,
    baselineBios,
    bios,
    byLayout,
    byRule: own === undefined || byLayout === null ? null : own / byLayout,
  };
}

function shownLayout({ layouts }: StudyTimedCell): string {
  const names = Object.keys(layouts).filter((name) => name !== BASELINE);
  return names.includes(SHOWN) ? SHOWN : names[0] ?? BASELINE;
}
