/**
 * The columns of what special memory costs in branches: exact, by the question
 * that the recognition was asked.
 */
import type { ResultCell, ResultLayout } from "../result/result.ts";
import type { FigureColumn } from "./blocks.ts";
import { countColumn } from "./cell_columns.ts";
import { nameColumn, wordColumn } from "./columns.ts";
import { formatFigure } from "../text/figure.ts";
import { differenceColumn } from "./footprint_columns.ts";

/** What the columns mean, in one sentence. */
export const BRANCH_NOTE =
  "branches per I/O that ask whether memory is special, by P2P detection: when " +
  "it is submitted, whether it may follow in a bio or extend a segment, and " +
  "when it is mapped";

/** The questions, by their header and the count that answers. */
const QUESTIONS = [
  ["submit", "submitBranchesPerIo"],
  ["bio", "sameBioBranchesPerIo"],
  ["segment", "sameSegmentBranchesPerIo"],
  ["map", "mapBranchesPerIo"],
  ["all", "branchesPerIo"],
] as const;

/**
 * Says the branches of a cell in a sentence, where all layouts have the same:
 * a table would be one row many times.
 *
 * @returns The sentence; none where they differ or are not known.
 */
export function branchNote(cell: ResultCell): string[] {
  const [first] = cell.layouts;
  if (first === undefined || !areKnown(cell) || !areAlike(cell)) return [];
  const [submit, bio, segment, map, all] = QUESTIONS.map(([, key]) =>
    formatFigure(first.counts[key], 8)
  );
  return [
    `every layout, P2P detection ${first.recognition ?? cell.recognition}: ` +
    `${all} ${all === "1" ? "branch per I/O asks" : "branches per I/O ask"} ` +
    `whether memory is special (${submit} when it ` +
    `is submitted, ${bio} whether it may follow in a bio, ${segment} whether ` +
    `it may extend a segment, ${map} when it is mapped)`,
  ];
}

function areKnown({ layouts }: ResultCell): boolean {
  return layouts.some(({ counts }) => counts.mapBranchesPerIo !== undefined);
}

function areAlike({ layouts }: ResultCell): boolean {
  const [first] = layouts;
  return layouts.every(({ recognition, counts }) =>
    recognition === first?.recognition &&
    QUESTIONS.every(([, key]) => counts[key] === first?.counts[key])
  );
}

/**
 * Returns the columns of branches of a cell.
 *
 * @returns The recognition, branches by question, in all, and the difference
 *   to the baseline; none where all layouts have the same, or for a file of an
 *   older lab.
 */
export function branchColumns(
  cell: ResultCell,
): FigureColumn<ResultLayout>[] {
  if (!areKnown(cell) || areAlike(cell)) return [];
  const own = (layout: ResultLayout) => layout.recognition ?? cell.recognition;
  return [
    nameColumn("exact, branches"),
    wordColumn("by", own, { key: "recognisedBy" }),
    ...QUESTIONS.map(([header, key]) => countColumn(header, key)),
    differenceColumn(cell, {
      key: "branchesPerIo.difference",
      of: ({ counts }) => counts["branchesPerIo"],
    }),
  ];
}
