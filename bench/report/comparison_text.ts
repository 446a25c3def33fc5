/**
 * The text that `lab compare` prints.
 */
import type {
  CellComparison,
  LayoutComparison,
  ResultComparison,
} from "../experiment/compare_results.ts";
import { formatCount, formatEnds, formatFigure } from "./figure.ts";
import { type Column, plainTable } from "./plain_table.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 80;

const COLUMNS: readonly Column<LayoutComparison>[] = [
  { header: "measured", left: true, cell: (layout) => layout.name },
  {
    header: "ns before",
    cell: (layout, width) => formatFigure(layout.beforeNs, width),
  },
  {
    header: "ns after",
    cell: (layout, width) => formatFigure(layout.afterNs, width),
  },
  {
    header: "ratio",
    cell: (layout, width) => formatFigure(layout.ratio?.median, width),
  },
  { header: "95% CI", cell: (layout) => formatEnds(layout.ratio, 5) },
  {
    header: "difference",
    left: true,
    cell: ({ verdict, only }) =>
      only !== undefined
        ? `only ${only}`
        : verdict === "no difference shown"
        ? "not shown"
        : verdict ?? "-",
  },
];

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
  const { regressions, exactChanges, oneSided } = comparison;
  const lines = [
    ...wrap(title, { width: WIDTH }),
    "",
    ...comparison.cells.flatMap(renderCell),
    ...wrap(
      `${regressions} slower with confidence, ` +
        `${formatCount(exactChanges, "exact figure")} changed` +
        (oneSided === 0
          ? ""
          : `, ${formatCount(oneSided, "layout")} in one result alone`),
      { width: WIDTH },
    ),
  ];
  return lines.join("\n") + "\n";
}

function renderCell(cell: CellComparison): string[] {
  if (cell.only !== undefined) {
    return [
      ...wrap(`${cell.cell}: only ${cell.only}`, { width: WIDTH }),
      ...plainTable(COLUMNS, cell.layouts, { maxWidth: WIDTH }),
      "",
    ];
  }
  const changes = cell.exactChanges.flatMap(({ key, before, after }) =>
    wrap(
      `changed: ${key}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
      { width: WIDTH, indent: "  " },
    )
  );
  return [
    ...wrap(cell.cell, { width: WIDTH }),
    ...plainTable(COLUMNS, cell.layouts, { maxWidth: WIDTH }),
    ...(changes.length > 0
      ? changes
      : wrap(`exact: no figure of ${cell.cell} changed`, {
        width: WIDTH,
        indent: "  ",
      })),
    "",
  ];
}
