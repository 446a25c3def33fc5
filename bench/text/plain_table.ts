/**
 * Tables of plain text that fit a width, so that they survive a terminal and a
 * mail alike.
 */

import { mostOf } from "./extremes.ts";

export interface Column<Row> {
  readonly header: string;
  /** The text of one cell in about `width` characters. */
  readonly cell: (row: Row, width: number) => string;
  /** Text columns are left, numbers right. */
  readonly left?: boolean | undefined;
  /**
   * Columns with a rank are in a table of their own below, lowest first, when
   * the table is too wide.
   */
  readonly splitRank?: number | undefined;
  /** Whether it is in both tables then, as the first column does. */
  readonly repeats?: boolean | undefined;
  /** What it and its neighbours of the same name are of, above all of them. */
  readonly group?: string | undefined;
}

export interface TableLimits {
  /** Characters per line at most. */
  readonly maxWidth: number;
}

/** Widths of a number that are tried, widest first. */
const FIGURE_WIDTHS = [7, 6, 5];

/** Longest name shown whole. */
const MAX_NAME = 24;

/**
 * Lays out a table within a width: first with narrower gaps, then with fewer
 * digits, then in two parts with the first column in both. No column is left
 * out.
 *
 * @returns The lines, heading first, without trailing spaces.
 */
export function plainTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  limits: TableLimits,
): string[] {
  const ranks = columns.flatMap(({ splitRank }) => splitRank ?? [])
    .sort((a, b) => a - b);
  let lines: string[] = [];
  for (const rank of [-1, ...ranks]) {
    const isBelow = ({ splitRank = Infinity }: Column<Row>) =>
      splitRank <= rank;
    const kept = columns.filter((column) => !isBelow(column));
    for (const width of FIGURE_WIDTHS) {
      for (const gap of ["  ", " "]) {
        lines = layOut(kept, rows, { width, gap });
        if (mostOf(lines.map((line) => line.length)) > limits.maxWidth) {
          continue;
        }
        if (kept.length === columns.length) return lines;
        const rest = columns.filter((column, i) =>
          i === 0 || column.repeats === true || isBelow(column)
        );
        return rest.length === columns.length
          ? lines
          : [...lines, "", ...plainTable(rest, rows, limits)];
      }
    }
  }
  return lines;
}

function layOut<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { width: number; gap: string },
): string[] {
  const cells = [
    columns.map((column) => printableCell(column.header)),
    ...rows.map((row) =>
      columns.map((column) => printableCell(column.cell(row, options.width)))
    ),
  ];
  const widths = columns.map((_, i) =>
    mostOf(cells.map((line) => line[i]?.length ?? 0))
  );
  for (const { first, last, name } of groupsOf(columns)) {
    const own = widths.slice(first, last + 1);
    // A name that is cut may be that of two groups.
    const missing = name.length - widthOf(own, options.gap);
    widths[first] = (widths[first] ?? 0) + Math.max(0, missing);
  }
  const lines = cells.map((line) =>
    line.map((text, i) => {
      const width = widths[i] ?? 0;
      return columns[i]?.left ? text.padEnd(width) : text.padStart(width);
    }).join(options.gap).trimEnd()
  );
  return columns.some(({ group }) => group !== undefined)
    ? [groupLine(columns, widths, options.gap), ...lines]
    : lines;
}

/** Columns beside each other that are of the same, each of none alone. */
function groupsOf<Row>(
  columns: readonly Column<Row>[],
): { first: number; last: number; name: string }[] {
  const groups: { first: number; last: number; name: string }[] = [];
  for (let first = 0; first < columns.length;) {
    const { group } = columns[first] as Column<Row>;
    let last = first;
    while (group !== undefined && columns[last + 1]?.group === group) last++;
    groups.push({ first, last, name: printableCell(group ?? "") });
    first = last + 1;
  }
  return groups;
}

function widthOf(widths: readonly number[], gap: string): number {
  return widths.reduce((sum, one) => sum + one, 0) +
    gap.length * (widths.length - 1);
}

/** What columns are of, over the last of each group, as numbers are right. */
function groupLine<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  gap: string,
): string {
  return groupsOf(columns).map(({ first, last, name }) =>
    name.padStart(widthOf(widths.slice(first, last + 1), gap))
  ).join(gap).trimEnd();
}

/**
 * Makes text safe and short enough for a cell.
 *
 * @param text Any text, also from a file edited by hand.
 * @returns It without control characters, at most 24 characters long.
 */
export function printableCell(text: string): string {
  const clean = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return clean.length <= MAX_NAME ? clean : `${clean.slice(0, MAX_NAME - 1)}~`;
}
