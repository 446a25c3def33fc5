/**
 * What the harness costs by itself, in rows apart from the layouts: no ratio
 * refers to it and nothing is subtracted.
 */
import type { ResultCell } from "../result/result.ts";
import type { ResultHarness } from "../result/timing_types.ts";
import { type FigureColumn, prose, type Section, table } from "./blocks.ts";
import { endsColumn, figureColumn, wordColumn } from "./columns.ts";

/** What the rows are, for those who do not know the words. */
const HARNESS_NOTE =
  "the harness alone, in JavaScript, nothing subtracted: noop touches each " +
  "I/O; null_path also reads each segment and queues, but builds no structure";

/** The same of the engine in C, which has one row alone. */
const NATIVE_NOTE =
  "the harness alone, nothing subtracted: noop is the call into C and the " +
  "clock around it, without an I/O, shared by those of a slice";

const COLUMNS: readonly FigureColumn<ResultHarness>[] = [
  wordColumn("harness", ({ name }) => name),
  figureColumn("ns/IO", ({ nsPerIo }) => nsPerIo?.median, {
    key: ({ name }) => `harness.${name}.nsPerIo.median`,
  }),
  endsColumn("95% CI", ({ nsPerIo }) => nsPerIo, {
    key: ({ name }) => `harness.${name}.nsPerIo`,
  }),
];

/**
 * Returns the table of the harness.
 *
 * @returns What it is, and the table; nothing if the harness was not timed.
 */
export function harnessSection(cell: ResultCell): Section {
  const rows = table(COLUMNS, cell.harness ?? []);
  const note = cell.engine === "native" ? NATIVE_NOTE : HARNESS_NOTE;
  return rows.length === 0 ? [] : [...prose("harness", note), ...rows];
}
