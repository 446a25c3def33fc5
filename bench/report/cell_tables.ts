/**
 * The tables of a cell, in the order in which every report has them: what is
 * exact, what is modelled, what was measured, each apart.
 */
import type { ResultCell, ResultLayout } from "../result.ts";
import { BRANCH_NOTE, branchColumns, branchNote } from "./branch_columns.ts";
import { exactColumns, measuredColumns } from "./cell_columns.ts";
import { exactSample } from "./cell_facts.ts";
import { cellNotes } from "./cell_notes.ts";
import {
  footprintColumns,
  footprintNote,
  hasFootprint,
} from "./footprint_columns.ts";
import { modelledColumns, modelledHeading } from "./modelled_columns.ts";
import type { Column } from "./plain_table.ts";

/** One table, with a line of prose before it. */
export interface CellTable {
  /** What the columns mean; empty where they say it themselves. */
  readonly heading: string;
  /** The columns; the rows are the layouts of the cell. */
  readonly columns: readonly Column<ResultLayout>[];
  /** What stands below it, each a paragraph; mostly none. */
  readonly notes: readonly string[];
}

/**
 * Gives the tables of a cell; those that would be empty are left out.
 *
 * @param cell The cell.
 * @returns The tables.
 */
export function cellTables(cell: ResultCell): readonly CellTable[] {
  const tables: CellTable[] = [{
    heading: "",
    columns: exactColumns(),
    notes: [...exactSample(cell), ...branchNote(cell), ...cellNotes(cell)],
  }];
  if (hasFootprint(cell)) {
    tables.push({
      heading: footprintNote(cell),
      columns: footprintColumns(cell),
      notes: [],
    });
  }
  const branches = branchColumns(cell);
  if (branches.length > 0) {
    tables.push({ heading: BRANCH_NOTE, columns: branches, notes: [] });
  }
  const modelled = modelledColumns(cell);
  if (modelled.length > 0) {
    tables.push({
      heading: modelledHeading(cell),
      columns: modelled,
      notes: [],
    });
  }
  if (cell.layouts.some((layout) => layout.nsPerIo !== null)) {
    tables.push({ heading: "", columns: measuredColumns(cell), notes: [] });
  }
  return tables;
}
