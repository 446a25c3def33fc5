/**
 * The tables of a cell's layouts, in the order in which every report has them:
 * what is exact, what is modelled, what was measured, each apart.
 */
import type { ResultCell } from "../result.ts";
import { type Block, prose, type Section, table } from "./blocks.ts";
import { BRANCH_NOTE, branchColumns, branchNote } from "./branch_columns.ts";
import { exactColumns, measuredColumns } from "./cell_columns.ts";
import { exactSample } from "./cell_facts.ts";
import { cellNotes } from "./cell_notes.ts";
import type { FigureColumn } from "./blocks.ts";
import {
  footprintColumns,
  footprintNote,
  hasFootprint,
  recordedNote,
} from "./footprint_columns.ts";
import { machineCodeSections } from "./machine_code_tables.ts";
import { mixingNote, mixingReminder } from "./mixing.ts";
import { modelledColumns, modelledHeading } from "./modelled_columns.ts";
import type { ResultLayout } from "../result.ts";

/**
 * Gives the tables of a cell; those that would be empty are left out.
 *
 * @param cell The cell.
 * @returns The tables, each with what stands above and below it.
 */
export function cellTables(cell: ResultCell): readonly Section[] {
  const rows = (columns: readonly FigureColumn<ResultLayout>[]) =>
    table(columns, cell.layouts, ({ name }) => name);
  const notes = (key: string, texts: readonly string[]): Block[] =>
    texts.flatMap((text) => prose(key, text));
  const reminder = prose("rule", mixingReminder(cell));
  const modelled = rows(modelledColumns(cell));
  return [
    [
      ...rows(exactColumns()),
      ...notes("sample", exactSample(cell)),
      ...notes("branches", branchNote(cell)),
      ...prose("rule", mixingNote(cell)),
      ...notes("notes", cellNotes(cell)),
    ],
    hasFootprint(cell)
      ? [
        ...prose("footprint", footprintNote(cell)),
        ...rows(footprintColumns(cell)),
        ...reminder,
        ...prose("recorded", recordedNote()),
      ]
      : [],
    headed("branches", BRANCH_NOTE, rows(branchColumns(cell))),
    ...machineCodeSections(cell),
    modelled.length === 0 ? [] : [
      ...headed("modelled", modelledHeading(cell), modelled),
      ...reminder,
    ],
    cell.layouts.some(({ nsPerIo }) => nsPerIo !== null)
      ? [...rows(measuredColumns(cell)), ...reminder]
      : [],
  ];
}

function headed(key: string, text: string, rows: readonly Block[]): Section {
  return rows.length === 0 ? [] : [...prose(key, text), ...rows];
}
