/** The ratios of two engines side by side: whether they tell one story. */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS } from "../draw/palette.ts";
import type { ResultAgreement } from "../result/result.ts";
import { CHART_PX, chartLabels } from "./chart_labels.ts";

const SHAPES = ["circle", "square"];

/**
 * Describes the chart.
 *
 * @param agreement What was computed of the engines.
 * @param baseline What 1.0 is.
 * @returns It; nothing where no layout has a ratio.
 */
export function agreementChart(
  { engines, layouts }: ResultAgreement,
  baseline: string,
): ChartSpec | undefined {
  const labels = chartLabels(layouts.map(({ name }) => name));
  const engineLabels = chartLabels(engines);
  const values = layouts.flatMap(({ name, ratios }, i) =>
    name === baseline
      ? []
      : ratios.flatMap((ratio, engine) =>
        ratio === null || !Number.isFinite(ratio.median) ? [] : [{
          layout: labels[i],
          engine: engineLabels[engine],
          median: ratio.median,
          low: ratio.low ?? ratio.median,
          high: ratio.high ?? ratio.median,
        }]
      )
  );
  if (values.length === 0) return undefined;
  const ends = values.flatMap(({ low, high }) => [low, high]);
  const [least, most] = [Math.min(0.96, ...ends), Math.max(1.04, ...ends)];
  const isWide = most / least > 4;
  const x = {
    type: "quantitative",
    title: `time relative to ${chartLabels([baseline])[0]}` +
      (isWide ? ", logarithmic" : ""),
    scale: isWide
      ? { type: "log", domain: [least, most], nice: false }
      : { zero: false, domain: [least, most], nice: true },
    axis: { format: isWide ? "~g" : ".2f", tickCount: 6 },
  };
  const engine = { field: "engine", type: "nominal", title: null };
  const scale = (range: readonly unknown[]) => ({
    domain: engineLabels,
    range: range.slice(0, engineLabels.length),
  });
  const color = { ...engine, scale: scale(CATEGORY_COLORS) };
  const yOffset = { field: "engine", type: "nominal", sort: null };
  return {
    width: CHART_PX,
    height: { step: 17 },
    encoding: {
      y: { field: "layout", type: "nominal", sort: null, title: null },
    },
    layer: [
      {
        data: { values: [{ one: 1 }] },
        mark: { type: "rule", strokeDash: [4, 3] },
        encoding: { y: null, x: { ...x, field: "one" } },
      },
      {
        data: { values },
        mark: { type: "rule", strokeWidth: 2.5 },
        encoding: {
          x: { ...x, field: "low" },
          x2: { field: "high" },
          color,
          yOffset,
        },
      },
      {
        data: { values },
        mark: { type: "point", filled: true, size: 70, opacity: 1 },
        encoding: {
          x: { ...x, field: "median" },
          color,
          yOffset,
          shape: { ...engine, scale: scale(SHAPES) },
        },
      },
    ],
  };
}
