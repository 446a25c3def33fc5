/**
 * Figures of layouts against the baseline's, one mark for each kind of figure,
 * such as each build of the path in C: what all agree on, and what one of them
 * says alone.
 */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS } from "../draw/palette.ts";
import { leastOf, mostOf } from "../text/extremes.ts";
import { CHART_PX, chartLabels, ROW_PX } from "./chart_labels.ts";
import { byKind, lineAt, ROWS } from "./chart_parts.ts";

export interface LayoutPoint {
  readonly name: string;
  readonly kind: string;
  readonly value: number;
}

export interface PointsChartOptions {
  readonly title: string;
  /**
   * Whether they are ratios, around 1, or begin at 0; default: ratios.
   */
  readonly areRatios?: boolean;
}

const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross"];

/**
 * Describes the chart.
 *
 * @param points The points; layouts and kinds in order.
 * @returns It; nothing if there is nothing to show.
 */
export function pointsChart(
  points: readonly LayoutPoint[],
  { title, areRatios = true }: PointsChartOptions,
): ChartSpec | undefined {
  const drawn = points.filter(({ value }) => Number.isFinite(value));
  if (drawn.length === 0) return undefined;
  const names = [...new Set(drawn.map(({ name }) => name))];
  const kinds = [...new Set(drawn.map(({ kind }) => kind))];
  const nameLabels = chartLabels(names);
  const kindLabels = chartLabels(kinds);
  const values = drawn.map(({ value }) => value);
  const x = {
    type: "quantitative",
    title,
    scale: areRatios
      ? {
        zero: false,
        domain: [leastOf([0.98, ...values]), mostOf([1.02, ...values])],
        nice: true,
        // A mark at the end is whole.
        padding: 6,
      }
      : { zero: true },
    axis: { tickCount: 6, ...(areRatios ? { format: ".2f" } : {}) },
  };
  const around = (range: readonly string[]) =>
    byKind(kindLabels, kinds.map((_, i) => range[i % range.length]));
  return {
    width: CHART_PX,
    height: { step: ROW_PX },
    layer: [
      ...(areRatios ? [lineAt(1, x)] : []),
      {
        data: {
          values: drawn.map(({ name, kind, value }) => ({
            name: nameLabels[names.indexOf(name)],
            kind: kindLabels[kinds.indexOf(kind)],
            value,
          })),
        },
        mark: { type: "point", filled: true, size: 80, opacity: 0.9 },
        encoding: {
          y: ROWS,
          x: { ...x, field: "value" },
          color: { ...around(CATEGORY_COLORS), legend: { columns: 4 } },
          shape: around(SHAPES),
        },
      },
    ],
  };
}
