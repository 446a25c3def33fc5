/** Squares in rows and columns, the hotter the fuller: where accesses go. */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS } from "../draw/palette.ts";
import { CHART_PX, chartLabels, ROW_PX } from "./chart_labels.ts";
import { formatFigure } from "../text/figure.ts";

export interface HeatSquare {
  readonly row: string;
  readonly column: string;
  /** How hot it is; squares without are cold. */
  readonly heat: number;
}

export interface HeatChartOptions {
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

/**
 * Describes a chart of squares, each with its figure: the hotter the fuller.
 *
 * @returns It; nothing where all is cold.
 */
export function heatChart(
  squares: readonly HeatSquare[],
  { rows, columns, rowTitle, columnTitle }: HeatChartOptions,
): ChartSpec | undefined {
  const hot = squares.filter(({ heat }) => Number.isFinite(heat) && heat > 0);
  if (hot.length === 0) return undefined;
  const rowLabels = chartLabels(rows);
  const columnLabels = chartLabels(columns);
  return {
    width: CHART_PX,
    height: { step: ROW_PX },
    data: {
      values: hot.map(({ row, column, heat }) => ({
        row: rowLabels[rows.indexOf(row)],
        column: columnLabels[columns.indexOf(column)],
        heat,
        figure: formatFigure(heat, 5),
      })),
    },
    encoding: {
      y: {
        field: "row",
        type: "nominal",
        title: rowTitle,
        scale: { domain: rowLabels },
      },
      x: {
        field: "column",
        type: "nominal",
        title: columnTitle,
        scale: { domain: columnLabels },
        axis: { labelAngle: 0, orient: "top" },
      },
    },
    layer: [
      {
        mark: { type: "rect", color: CATEGORY_COLORS[0], stroke: null },
        encoding: {
          opacity: {
            field: "heat",
            type: "quantitative",
            legend: null,
            // No more: the figure on it has the colour of the text.
            scale: { type: "sqrt", range: [0.06, 0.5], zero: true },
          },
        },
      },
      {
        mark: { type: "text", fontSize: 11 },
        encoding: { text: { field: "figure", type: "nominal" } },
      },
    ],
  };
}
