/** The ratios of two engines side by side: whether they agree. */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS } from "../draw/palette.ts";
import type { ResultAgreement } from "../result/result.ts";
import { CHART_PX, chartLabels } from "./chart_labels.ts";
import {
  byKind,
  drawnInterval,
  lineAt,
  ratioAxis,
  ROWS,
} from "./chart_parts.ts";

const SHAPES = ["circle", "square"];

/**
 * Describes the chart.
 *
 * @param baseline What 1.0 is.
 * @returns It; nothing where no layout has a ratio.
 */
export function agreementChart(
  { engines, layouts }: ResultAgreement,
  baseline: string,
): ChartSpec | undefined {
  const labels = chartLabels(layouts.map(({ name }) => name));
  const kinds = chartLabels(engines);
  const values = layouts.flatMap(({ name, ratios }, i) =>
    name === baseline
      ? []
      : ratios.flatMap((ratio, engine) =>
        ratio === null || !Number.isFinite(ratio.median) ? [] : [{
          name: labels[i],
          kind: kinds[engine],
          ...drawnInterval(ratio),
        }]
      )
  );
  if (values.length === 0) return undefined;
  const x = ratioAxis(
    values,
    (added) => `time relative to ${chartLabels([baseline])[0]}${added}`,
    0.04,
  );
  const color = byKind(kinds, CATEGORY_COLORS.slice(0, kinds.length));
  const shape = byKind(kinds, SHAPES.slice(0, kinds.length));
  const yOffset = { field: "kind", type: "nominal", sort: null };
  return {
    width: CHART_PX,
    height: { step: 17 },
    encoding: { y: ROWS },
    layer: [
      lineAt(1, x),
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
        encoding: { x: { ...x, field: "median" }, color, yOffset, shape },
      },
    ],
  };
}
