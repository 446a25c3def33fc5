/**
 * A comparison of two results as blocks, and as `lab compare` prints it.
 */
import type {
  CellComparison,
  LayoutComparison,
  ResultComparison,
} from "../result/compare_results.ts";
import { type FigureColumn, prose, type Section, table } from "./blocks.ts";
import { endFields } from "./cell_columns.ts";
import { formatCount, formatEnds, formatFigure } from "../text/figure.ts";
import { plainSections } from "./plain_blocks.ts";

const WIDTH = 80;

/** Exact figures that are listed; JSON has all of them. */
const MOST_CHANGES = 40;

/** The verdict in a word or two. */
export function comparisonWord({ verdict, only }: LayoutComparison): string {
  return only !== undefined
    ? `only ${only}`
    : verdict === "no difference shown"
    ? "not shown"
    : verdict ?? "-";
}

/** What stands of a layout in two results, whatever shows it. */
export const comparisonColumns: readonly FigureColumn<LayoutComparison>[] = [
  {
    header: "measured",
    left: true,
    cell: ({ name }) => name,
    fields: ({ name }) => [["name", name]],
  },
  {
    header: "ns before",
    cell: ({ beforeNs }, width) => formatFigure(beforeNs, width),
    fields: ({ beforeNs }) => [["beforeNs", beforeNs]],
  },
  {
    header: "ns after",
    cell: ({ afterNs }, width) => formatFigure(afterNs, width),
    fields: ({ afterNs }) => [["afterNs", afterNs]],
  },
  {
    header: "ratio",
    cell: ({ ratio }, width) => formatFigure(ratio?.median, width),
    fields: ({ ratio }) => [["ratio.median", ratio?.median]],
  },
  {
    header: "95% CI",
    cell: ({ ratio }) => formatEnds(ratio, 5),
    fields: ({ ratio }) => endFields("ratio", ratio),
  },
  {
    header: "difference",
    left: true,
    cell: comparisonWord,
    fields: (layout) => [["difference", comparisonWord(layout)]],
  },
];

/**
 * Gives a comparison as blocks.
 *
 * @param title What was compared.
 * @param comparison The comparison.
 * @returns A section for each cell, and the sums.
 */
export function comparisonDocument(
  title: string,
  comparison: ResultComparison,
): readonly Section[] {
  return [
    [{ kind: "heading", text: title }],
    ...comparison.cells.map(cellSection),
    prose("sum", comparisonSummary(comparison)),
  ];
}

/**
 * Renders a comparison, at most 80 columns.
 *
 * @param title What was compared.
 * @param comparison The comparison.
 * @returns The text; ends in a line feed.
 */
export function renderComparison(
  title: string,
  comparison: ResultComparison,
): string {
  return plainSections(comparisonDocument(title, comparison), {
    width: WIDTH,
  }).join("\n") + "\n";
}

/**
 * Says what a comparison found, in a few words.
 *
 * @param comparison The comparison.
 * @returns Counts of what is worse, of what changed and of what has no
 *   counterpart.
 */
export function comparisonSummary(
  { regressions, exactChanges, oneSided }: ResultComparison,
): string {
  return `${regressions} slower with confidence, ` +
    `${formatCount(exactChanges, "exact figure")} changed` +
    (oneSided === 0
      ? ""
      : `, ${formatCount(oneSided, "layout")} in one result alone`);
}

function cellSection(cell: CellComparison): Section {
  const own = (row: LayoutComparison) => row.name;
  if (cell.only !== undefined) {
    return [
      ...prose("cell", `${cell.cell}: only ${cell.only}`),
      ...table(comparisonColumns, cell.layouts, own),
    ];
  }
  const changes = cell.exactChanges.slice(0, MOST_CHANGES).map((
    { key, before, after },
  ) =>
    `changed: ${key}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`
  );
  const more = cell.exactChanges.length - changes.length;
  return [
    ...prose("cell", cell.cell),
    ...table(comparisonColumns, cell.layouts, own),
    ...(changes.length > 0
      ? [...changes, ...(more > 0 ? [`and ${more} more; --json has all`] : [])]
      : [`exact: no figure of ${cell.cell} changed`])
      .flatMap((text) => prose("exact", text)),
  ];
}
