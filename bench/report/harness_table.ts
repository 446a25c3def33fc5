/**
 * What the harness costs by itself, in rows apart from the layouts: no ratio
 * refers to it and nothing is subtracted.
 */
import type { ResultCell, ResultHarness } from "../result.ts";
import { formatEnds, formatFigure } from "./figure.ts";
import type { Column } from "./plain_table.ts";

/** What the rows are, for those who do not know the words. */
export const HARNESS_NOTE =
  "the harness alone, in JavaScript, nothing subtracted: noop touches each I/O; null_path " +
  "reads each segment, too, and queues, but builds no structure";

/** The table of the harness. */
export interface HarnessTable {
  /** The columns. */
  readonly columns: readonly Column<ResultHarness>[];
  /** The rows. */
  readonly rows: readonly ResultHarness[];
}

/**
 * Gives the table of the harness.
 *
 * @param cell The cell.
 * @returns The table; nothing if the harness was not timed.
 */
export function harnessTable(cell: ResultCell): HarnessTable | undefined {
  const { harness = [] } = cell;
  if (harness.length === 0) return undefined;
  return {
    columns: [
      { header: "harness", left: true, cell: ({ name }) => name },
      {
        header: "ns/IO",
        cell: ({ nsPerIo }, width) => formatFigure(nsPerIo?.median, width),
      },
      { header: "95% CI", cell: ({ nsPerIo }) => formatEnds(nsPerIo, 5) },
    ],
    rows: harness,
  };
}
