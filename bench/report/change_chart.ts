/** Changes in percent, each with what repeats of the same thing differ by. */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS, REST_COLOR } from "../draw/palette.ts";
import { CHART_PX, chartLabels, ROW_PX } from "./chart_labels.ts";
import { byKind, lineAt, ROWS } from "./chart_parts.ts";
import { mostOf } from "../text/extremes.ts";
import { formatChange } from "../text/figure.ts";

export interface Change {
  readonly name: string;
  /** By how much, in percent. */
  readonly percent: number;
  /** What repeats differ by, in percent. */
  readonly noisePercent: number;
  readonly isSure: boolean;
}

/** A chart of less than this would make much of nothing, in percent. */
const LEAST_PERCENT = 1;

const MARKS: Readonly<Record<string, { color: string; shape: string }>> = {
  "beyond the noise": {
    color: CATEGORY_COLORS[0] ?? REST_COLOR,
    shape: "diamond",
  },
  "within the noise": { color: REST_COLOR, shape: "circle" },
  "no change": { color: REST_COLOR, shape: "cross" },
};

function kindOf({ percent, isSure }: Change): string {
  return percent === 0
    ? "no change"
    : isSure
    ? "beyond the noise"
    : "within the noise";
}

/**
 * Describes the chart.
 *
 * @returns It; nothing without a change.
 */
export function changeChart(
  changes: readonly Change[],
  title: string,
): ChartSpec | undefined {
  const drawn = changes.filter(({ percent, noisePercent }) =>
    Number.isFinite(percent) && Number.isFinite(noisePercent)
  );
  if (drawn.length === 0) return undefined;
  const labels = chartLabels(drawn.map(({ name }) => name));
  const most = mostOf([
    LEAST_PERCENT,
    ...drawn.flatMap((one) => [Math.abs(one.percent), one.noisePercent]),
  ]);
  const x = {
    type: "quantitative",
    title,
    axis: { tickCount: 6 },
    scale: { domain: [-most, most], nice: true },
  };
  const kinds = Object.keys(MARKS).filter((kind) =>
    drawn.some((one) => kindOf(one) === kind)
  );
  return {
    width: CHART_PX,
    height: { step: ROW_PX },
    data: {
      values: drawn.map((one, i) => ({
        name: labels[i],
        percent: one.percent,
        least: -one.noisePercent,
        most: one.noisePercent,
        kind: kindOf(one),
        said: one.percent === 0 ? "same" : formatChange(1 + one.percent / 100),
      })),
    },
    encoding: { y: ROWS },
    layer: [
      {
        mark: { type: "bar", color: "currentColor", opacity: 0.16 },
        encoding: { x: { ...x, field: "least" }, x2: { field: "most" } },
      },
      lineAt(0, x),
      {
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: {
          x: { ...x, field: "percent" },
          color: byKind(kinds, kinds.map((one) => MARKS[one]?.color)),
          shape: byKind(kinds, kinds.map((one) => MARKS[one]?.shape)),
        },
      },
      {
        mark: { type: "text", align: "left", dx: 8 },
        encoding: {
          x: { value: CHART_PX },
          text: { field: "said", type: "nominal" },
        },
      },
    ],
  };
}
