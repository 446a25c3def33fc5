/**
 * The part of an answer that is left out where there is no room for all of it:
 * rows that differ least from the baseline, and workloads that have no room
 * beside others.
 */
import type { Answer } from "./found_answer.ts";
import type { AnswerGroup } from "./answer_figures.ts";
import type { AnswerRow } from "./answer_rows.ts";
import { prose, type Section } from "./blocks.ts";
import { plural } from "../../sim/text/plural.ts";
import { listing } from "./answer_sentence.ts";
import { printableCell } from "../text/plain_table.ts";

/** Columns of the table that are not a workload's, and of each that is. */
const NAME_COLUMNS = 18;
const FIGURE_COLUMNS = 8;
const GAP_COLUMNS = 2;

/** Layouts that are named where their rows are left out. */
const MOST_LEFT_OUT = 3;

/**
 * Returns the groups whose columns have room beside each other.
 *
 * @param width Characters of a line.
 * @returns The first of them, at least one.
 */
export function fittingGroups(
  groups: readonly AnswerGroup[],
  width: number,
): readonly AnswerGroup[] {
  let columns = NAME_COLUMNS;
  return groups.filter(({ instructionsFrom, layouts, title }, index) => {
    const figures = 1 + Number(instructionsFrom !== undefined) +
      Number(layouts.some(({ nsPerIo }) => nsPerIo !== null));
    columns += Math.max(
      figures * FIGURE_COLUMNS,
      printableCell(title).length + GAP_COLUMNS,
    );
    return index === 0 || columns <= width;
  });
}

/**
 * Returns the rows that differ most from the baseline.
 *
 * @returns Those, in their order.
 */
export function largestRows(
  rows: readonly AnswerRow[],
  count: number,
): readonly AnswerRow[] {
  const kept = new Set(
    [...rows].sort((a, b) => weight(b) - weight(a)).slice(0, count),
  );
  return rows.filter((row) => kept.has(row));
}

function weight({ isBaseline, figures }: AnswerRow): number {
  if (isBaseline) return Infinity;
  return figures.reduce((sum, own) => {
    if (own === undefined) return sum;
    const { lines, moreLines, instructionRatio, time } = own;
    const shown = time.kind === "faster" || time.kind === "slower"
      ? 1 + Math.abs(time.ratio.median - 1)
      : 0;
    return sum + shown + Math.abs((instructionRatio ?? 1) - 1) +
      Math.abs(moreLines ?? 0) / Math.max(1, lines ?? 1);
  }, 0);
}

/**
 * Says what of an answer is left out: a reader may look for just that layout.
 *
 * @returns A sentence; nothing where all of it is.
 */
export function omittedBlocks(
  { groups, rows }: Answer,
  shown: {
    readonly groups: readonly AnswerGroup[];
    readonly rows: readonly AnswerRow[];
  },
): Section {
  const shownRows = new Set(shown.rows.map(({ name }) => name));
  const leftOut = rows.filter(({ name }) => !shownRows.has(name))
    .flatMap(({ name, equals }) => [name, ...equals]);
  const workloads = groups.length - shown.groups.length;
  const parts = [
    ...(leftOut.length > 0 ? [listing(MOST_LEFT_OUT)(leftOut)] : []),
    ...(workloads > 0 ? [plural(workloads, "workload")] : []),
  ];
  return parts.length === 0
    ? []
    : prose("omitted", `Not shown: ${parts.join("; ")}.`);
}
