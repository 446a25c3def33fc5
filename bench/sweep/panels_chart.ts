/**
 * Small multiples: panels of squares in a row, all of one scale, each with its
 * figure in it; less than nothing is blue, more is orange, and shares are blue.
 */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS } from "../draw/palette.ts";
import { chartLabels, ROW_PX } from "../report/chart_labels.ts";

export interface PanelSquare {
  readonly row: string;
  readonly column: string;
  /** Its value; the farther from 0, the fuller. */
  readonly value: number;
}

export interface Panel {
  /** What is above it: a name of the lab's or a label. */
  readonly title: string;
  readonly columns: readonly string[];
  readonly squares: readonly PanelSquare[];
}

export interface PanelsOptions {
  readonly rows: readonly string[];
  /** Writes a value in about five characters. */
  readonly text: (value: number) => string;
  /** Panels beside each other; all if absent. */
  readonly across?: number;
  /** Whether values are shares, where more is not worse. */
  readonly areShares?: boolean;
}

/** Width of a square: of five characters. */
const SQUARE_PX = 40;
/** Room of a name beside a panel: of the longest layout's, as vega guesses. */
const LABEL_LIMIT_PX = 250;

/**
 * Describes the chart.
 *
 * @param panels The panels, those without squares left out.
 * @returns It; nothing if there is nothing to show.
 */
export function panelsChart(
  panels: readonly Panel[],
  { rows, text, across, areShares = false }: PanelsOptions,
): ChartSpec | undefined {
  const drawn = panels.filter(({ squares }) => squares.length > 0);
  if (drawn.length === 0) return undefined;
  const most = Math.max(
    ...drawn.flatMap(({ squares }) =>
      squares.map(({ value }) => Math.abs(value))
    ),
  ) || 1;
  const rowLabels = chartLabels(rows);
  return {
    columns: across,
    concat: drawn.map(({ title, columns, squares }, at) => {
      const labels = chartLabels(columns);
      const isFirst = at % (across ?? drawn.length) === 0;
      return {
        ...(drawn.length === 1 ? {} : {
          title: {
            text: title,
            anchor: "start",
            color: "currentColor",
            fontSize: 12,
          },
        }),
        width: { step: SQUARE_PX },
        height: { step: ROW_PX },
        data: {
          values: squares.map(({ row, column, value }) => ({
            row: rowLabels[rows.indexOf(row)],
            column: labels[columns.indexOf(column)],
            sign: value < 0 || areShares ? "less" : "more",
            size: Math.abs(value),
            figure: text(value),
          })),
        },
        encoding: {
          y: {
            field: "row",
            type: "nominal",
            title: null,
            scale: { domain: rowLabels },
            axis: isFirst
              ? { labelLimit: LABEL_LIMIT_PX, domain: false, ticks: false }
              : null,
          },
          x: {
            field: "column",
            type: "nominal",
            title: null,
            scale: { domain: labels },
            axis: {
              orient: "top",
              labelAngle: -60,
              labelLimit: LABEL_LIMIT_PX,
              labelFontSize: 11,
              domain: false,
              ticks: false,
            },
          },
        },
        layer: [
          {
            mark: { type: "rect", stroke: null },
            encoding: {
              color: {
                field: "sign",
                type: "nominal",
                legend: null,
                scale: {
                  domain: ["less", "more"],
                  range: [CATEGORY_COLORS[0], CATEGORY_COLORS[1]],
                },
              },
              opacity: {
                field: "size",
                type: "quantitative",
                legend: null,
                // No more: the figure on it has the colour of the text.
                scale: { type: "sqrt", domain: [0, most], range: [0, 0.5] },
              },
            },
          },
          {
            mark: { type: "text", fontSize: 11 },
            encoding: { text: { field: "figure", type: "nominal" } },
          },
        ],
      };
    }),
    spacing: { column: 14, row: 22 },
    resolve: { scale: { color: "shared", opacity: "shared" } },
  };
}
