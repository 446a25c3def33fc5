/**
 * The columns of what special memory costs in branches: exact, by the question
 * that the recognition was asked.
 */
import type { ResultCell, ResultLayout } from "../result.ts";
import { formatFigure } from "./figure.ts";
import { formatDifference } from "./footprint_columns.ts";
import type { Column } from "./plain_table.ts";

/** What the columns mean, in one sentence. */
export const BRANCH_NOTE =
  "branches per I/O that ask whether memory is special, by recognition: when " +
  "it is submitted, whether it may follow in a bio or extend a segment, and " +
  "when it is mapped";

/**
 * Gives the columns of branches of a cell.
 *
 * @param cell The cell, for its baseline.
 * @returns The recognition, branches by question, in all, and the difference
 *   to the baseline; none for a file of an older lab.
 */
export function branchColumns(cell: ResultCell): Column<ResultLayout>[] {
  const isKnown = cell.layouts.some(({ counts }) =>
    counts.mapBranchesPerIo !== undefined
  );
  if (!isKnown) return [];
  const count = (header: string, key: string): Column<ResultLayout> => ({
    header,
    cell: (layout, width) => formatFigure(layout.counts[key], width),
  });
  const base = cell.layouts.find(({ name }) => name === cell.baseline);
  return [
    { header: "exact, branches", left: true, cell: (layout) => layout.name },
    {
      header: "by",
      left: true,
      cell: (layout) => layout.recognition ?? cell.recognition,
    },
    count("submit", "submitBranchesPerIo"),
    count("bio", "sameBioBranchesPerIo"),
    count("segment", "sameSegmentBranchesPerIo"),
    count("map", "mapBranchesPerIo"),
    count("all", "branchesPerIo"),
    {
      header: "diff",
      cell: (layout, width) =>
        formatDifference(
          layout.counts.branchesPerIo,
          base?.counts.branchesPerIo,
          width,
        ),
    },
  ];
}
