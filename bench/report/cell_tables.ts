/**
 * The tables of a cell's layouts, in the order in which every report has them:
 * what is exact, what is modelled, what was measured, each apart.
 */
import type { ResultCell } from "../result/result.ts";
import { type Block, charted, prose, type Section, table } from "./blocks.ts";
import { BRANCH_NOTE, branchColumns, branchNote } from "./branch_columns.ts";
import { exactColumns, measuredColumns, verdictWord } from "./cell_columns.ts";
import { exactSample } from "./cell_facts.ts";
import { cellNotes } from "./cell_notes.ts";
import { pictureName } from "./chart_labels.ts";
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
import { printableCell } from "../text/plain_table.ts";
import type { ResultLayout } from "../result/result.ts";
import { timeChart } from "./time_chart.ts";
import { turnSection } from "./turn_columns.ts";

/**
 * Returns the tables of a cell; those that would be empty are left out.
 *
 * @returns The tables, each with what is above and below it.
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
        ...prose("recorded", recordedNote(cell)),
      ]
      : [],
    headed("branches", BRANCH_NOTE, rows(branchColumns(cell))),
    ...machineCodeSections(cell),
    modelled.length === 0 ? [] : [
      ...headed("modelled", modelledHeading(cell), modelled),
      ...reminder,
    ],
    cell.layouts.some(({ nsPerIo }) => nsPerIo !== null)
      ? [...charted(rows(measuredColumns(cell)), timesOf(cell)), ...reminder]
      : [],
    turnSection(cell),
  ];
}

function headed(key: string, text: string, rows: readonly Block[]): Section {
  return rows.length === 0 ? [] : [...prose(key, text), ...rows];
}

/** Their times, drawn where they are compared. */
function timesOf(cell: ResultCell): Parameters<typeof charted>[1] {
  const baseline = cell.baseline ?? "the baseline";
  const spec = timeChart(
    cell.layouts.flatMap((layout) =>
      layout.ratio === null ? [] : [{
        name: layout.name,
        ratio: layout.ratio,
        verdict: verdictWord(layout, cell),
      }]
    ),
    { baseline },
  );
  return {
    name: pictureName(cell, "time"),
    title: `Time of one I/O: ${printableCell(cell.workload)}, engine ` +
      printableCell(cell.engine),
    description:
      `Median of the ratios to ${printableCell(baseline)} with the 95% ` +
      "interval; left of 1 is faster. A difference inside of the grey band " +
      "would not matter if it were real.",
    spec,
  };
}
