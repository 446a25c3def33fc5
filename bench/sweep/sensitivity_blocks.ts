/** Which axis of a sweep matters, as a chart with its table. */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS, REST_COLOR } from "../draw/palette.ts";
import {
  type Block,
  charted,
  type FigureColumn,
  table,
} from "../report/blocks.ts";
import { figureColumn, wordColumn } from "../report/columns.ts";
import { CHART_PX, chartLabels, ROW_PX } from "../report/chart_labels.ts";
import { printableCell } from "../text/plain_table.ts";
import type { SweepChanges } from "./changes.ts";
import type { AxisEffect, Sensitivity } from "./sensitivity.ts";

/** What no axis explains alone. */
const TOGETHER = "combinations";

/**
 * Draws the effects.
 *
 * @returns The chart with its table; nothing for a sweep without axes.
 */
export function sensitivityBlocks(
  { metric, layouts, baseline }: SweepChanges,
  { axes, together }: Sensitivity,
): Block[] {
  const others = layouts.filter((name) => name !== baseline).length;
  return charted(table(COLUMNS, axes), {
    name: `sweep-${metric.key}-sensitivity`,
    title: `Which axis matters: ${metric.title}`,
    description: "Share of the variance of the changes between cells that " +
      "goes with an axis: between the means of its values, within each of " +
      `${others} layouts, summed over them. "${TOGETHER}" is what no axis ` +
      "explains alone. An axis with a small share may be left out of the " +
      "next sweep. The table also says how far apart the medians of one " +
      "layout are along the axis, and in how many sets of cells that differ " +
      "in this axis only, no layout is best in all.",
    spec: specOf(axes, together),
  });
}

const COLUMNS: readonly FigureColumn<AxisEffect>[] = [
  wordColumn("axis", ({ name }) => name, { text: printableCell }),
  figureColumn("values", ({ values }) => values, { text: String }),
  figureColumn("share %", ({ share }) => 100 * share, { text: toTenth }),
  figureColumn("medians apart by", ({ spread }) => spread, { text: toTenth }),
  wordColumn("of layout", ({ layout }) => layout, { text: printableCell }),
  figureColumn("sets", ({ sets }) => sets, { text: String }),
  figureColumn("best changes in", ({ turned }) => turned, { text: String }),
];

function toTenth(value: number): string {
  return value.toFixed(1);
}

function specOf(
  axes: readonly AxisEffect[],
  together: number,
): ChartSpec {
  const bars = [
    ...axes.map(({ name, share }) => ({ name, share, kind: "axis" })),
    { name: TOGETHER, share: together, kind: TOGETHER },
  ];
  const labels = chartLabels(bars.map(({ name }) => name));
  const encoding = {
    y: { field: "axis", type: "nominal", sort: null, title: null },
    x: {
      field: "percent",
      type: "quantitative",
      title: "share of the variance in percent",
      scale: { domain: [0, 100], clamp: true },
      axis: { tickCount: 5 },
    },
  };
  return {
    width: CHART_PX,
    height: { step: ROW_PX },
    data: {
      values: bars.map(({ share, kind }, at) => ({
        axis: labels[at],
        percent: 100 * share,
        text: (100 * share).toFixed(1),
        kind,
      })),
    },
    encoding,
    layer: [
      {
        mark: { type: "bar" },
        encoding: {
          color: {
            field: "kind",
            type: "nominal",
            legend: null,
            scale: {
              domain: ["axis", TOGETHER],
              range: [CATEGORY_COLORS[0], REST_COLOR],
            },
          },
        },
      },
      {
        mark: { type: "text", align: "left", dx: 5 },
        encoding: { text: { field: "text", type: "nominal" } },
      },
    ],
  };
}
