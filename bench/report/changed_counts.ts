/**
 * Exact figures that changed between two results, as a reader wants them first:
 * a row for each layout, lines before bios. Two kernels differ in a thousand
 * figures of footprints, which nobody reads in a list.
 */
import type { CellComparison } from "../result/compare_results.ts";
import type { DifferingKey } from "../result/likeness.ts";
import { formatFigure } from "../text/figure.ts";
import { prose, type Section, table } from "./blocks.ts";
import { nameColumn } from "./columns.ts";
import type { Column } from "../text/plain_table.ts";

/** Exact figures that are listed one by one; JSON has all of them. */
const MOST_LISTED = 40;
/** Columns that fit into 80 characters beside the name. */
const MOST_COLUMNS = 4;

/** Counts in the order in which they matter, and what they are called. */
const COUNTS: readonly (readonly [string, string])[] = [
  ["linesPerIo", "lines"],
  ["bvecLinesPerIo", "bvec lines"],
  ["biosPerIo", "bios"],
  ["requestsPerIo", "requests"],
  ["segmentsPerIo", "segments"],
  ["prpEntriesPerIo", "PRPs"],
  ["pageLinesPerIo", "page lines"],
  ["bvecBytesPerIo", "bvec bytes"],
  ["branchesPerIo", "branches"],
];

interface Row {
  readonly name: string;
  readonly changes: ReadonlyMap<string, DifferingKey>;
}

/**
 * Returns the exact figures of a cell that changed.
 *
 * @returns Each of them where they are few; else a table of counts, and how
 *   many there are.
 */
export function changedFigures(
  { layouts, exactChanges }: CellComparison,
): Section {
  if (exactChanges.length === 0) {
    return prose("exact", "exact: no figure changed");
  }
  const listed = exactChanges.slice(0, MOST_LISTED).map((
    { key, before, after },
  ) => `changed: ${key}: ${shown(before)} -> ${shown(after)}`);
  if (exactChanges.length <= MOST_LISTED) {
    return listed.flatMap((text) => prose("exact", text));
  }
  const rows = layouts.map(({ name }): Row => ({
    name,
    changes: new Map(
      exactChanges.flatMap((change) =>
        change.key.startsWith(`${name}.counts.`)
          ? [[change.key.slice(`${name}.counts.`.length), change]]
          : []
      ),
    ),
  })).filter(({ changes }) => changes.size > 0);
  const counts = COUNTS.filter(([key]) =>
    rows.some(({ changes }) => changes.has(key))
  ).slice(0, MOST_COLUMNS);
  if (counts.length === 0) {
    return [
      ...listed.flatMap((text) => prose("exact", text)),
      ...prose(
        "exact",
        `and ${exactChanges.length - MOST_LISTED} more; --json has all`,
      ),
    ];
  }
  return [
    ...table<Row>(
      [nameColumn("exact, per I/O"), ...counts.map(countColumn)],
      rows,
    ),
    ...prose(
      "exact",
      `${exactChanges.length} exact figures changed, most of them of ` +
        "footprints and of the cache model; --json has all",
    ),
  ];
}

function countColumn([key, header]: readonly [string, string]): Column<Row> {
  return {
    header,
    cell: ({ changes }) => {
      const change = changes.get(key);
      return change === undefined
        ? "same"
        : `${figure(change.before)} -> ${figure(change.after)}`;
    },
  };
}

function figure(value: unknown): string {
  return formatFigure(typeof value === "number" ? value : null, 6);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
