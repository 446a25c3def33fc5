/**
 * Times as intervals around 1.0, the baseline, with the margin that a difference
 * has to leave before anybody should care.
 */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { VERDICT_MARKS } from "../draw/palette.ts";
import { MARGIN } from "../result/verdict.ts";
import type { Interval } from "../result/timing_types.ts";
import { CHART_PX, chartLabels, ROW_PX } from "./chart_labels.ts";
import {
  byKind,
  drawnInterval,
  lineAt,
  ratioAxis,
  ROWS,
} from "./chart_parts.ts";
import { formatChange } from "../text/figure.ts";

export interface TimedRow {
  readonly name: string;
  /** Time relative to what it is compared with. */
  readonly ratio: Interval;
  /** `faster`, `slower`, `not shown` or `baseline`. */
  readonly verdict: string;
}

export interface TimeChartOptions {
  /** What 1.0 is. */
  readonly baseline: string;
  /** The margin, as a share; default: {@linkcode MARGIN}. */
  readonly margin?: number;
}

/**
 * Describes the chart.
 *
 * @returns It; nothing without a row beside the baseline.
 */
export function timeChart(
  rows: readonly TimedRow[],
  { baseline, margin = MARGIN }: TimeChartOptions,
): ChartSpec | undefined {
  const drawn = rows.filter(({ ratio, verdict }) =>
    verdict !== "baseline" && Number.isFinite(ratio.median)
  );
  if (drawn.length === 0) return undefined;
  const labels = chartLabels(drawn.map(({ name }) => name));
  const values = drawn.map(({ ratio, verdict }, i) => ({
    name: labels[i],
    ...drawnInterval(ratio),
    kind: verdict,
    said: `${formatChange(ratio.median)} ${verdict}`,
  }));
  const verdicts = Object.keys(VERDICT_MARKS).filter((one) =>
    drawn.some(({ verdict }) => verdict === one)
  );
  const marks = verdicts.map((one) => VERDICT_MARKS[one]);
  const x = ratioAxis(
    values,
    (added) =>
      `time relative to ${chartLabels([baseline])[0]}${added}; grey: within ` +
      `${100 * margin}%`,
    2 * margin,
  );
  const color = byKind(verdicts, marks.map((mark) => mark?.color));
  const shape = byKind(verdicts, marks.map((mark) => mark?.shape));
  return {
    width: CHART_PX,
    height: { step: ROW_PX },
    data: { values },
    encoding: { y: ROWS },
    layer: [
      {
        data: { values: [{ from: 1 - margin, to: 1 + margin }] },
        mark: { type: "rect", color: "currentColor", opacity: 0.1 },
        encoding: {
          y: null,
          x: { ...x, field: "from" },
          x2: { field: "to" },
        },
      },
      lineAt(1, x),
      {
        mark: { type: "rule", strokeWidth: 2.5 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, color },
      },
      {
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: { x: { ...x, field: "median" }, color, shape },
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
