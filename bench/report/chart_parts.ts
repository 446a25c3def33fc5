/** What charts of layouts have in common, as parts of vega-lite's description. */
import type { Interval } from "../result/timing_types.ts";
import { leastOf, mostOf } from "../text/extremes.ts";

/** A row for each name, in the order of the data. */
export const ROWS = {
  field: "name",
  type: "nominal",
  sort: null,
  title: null,
} as const;

/** What distinguishes kinds: a colour, or a shape. */
export function byKind(
  domain: readonly string[],
  range: readonly unknown[],
): Readonly<Record<string, unknown>> {
  return {
    ...{ field: "kind", type: "nominal", title: null },
    scale: { domain, range },
  };
}

/** A dashed line down the chart, at what all is compared with. */
export function lineAt(at: number, x: object): object {
  return {
    data: { values: [{ at }] },
    mark: { type: "rule", strokeDash: [4, 3] },
    encoding: { y: null, x: { ...x, field: "at" } },
  };
}

/**
 * A median and the ends of its interval; the median itself if there is no
 * interval.
 */
export function drawnInterval(
  { median, low, high }: Interval,
): { median: number; low: number; high: number } {
  return { median, low: low ?? median, high: high ?? median };
}

/**
 * The axis of ratios: logarithmic where they are far apart.
 *
 * @param title What they are, to which it is added that the axis is logarithmic.
 * @param margin How far from 1 it reaches at least.
 */
export function ratioAxis(
  intervals: readonly { readonly low: number; readonly high: number }[],
  title: (added: string) => string,
  margin: number,
): object {
  const ends = intervals.flatMap(({ low, high }) => [low, high]);
  const domain = [
    leastOf([1 - margin, ...ends]),
    mostOf([1 + margin, ...ends]),
  ] as const;
  const isWide = domain[1] / domain[0] > 4;
  return {
    type: "quantitative",
    title: title(isWide ? ", logarithmic" : ""),
    scale: isWide
      ? { type: "log", domain, nice: false }
      : { zero: false, domain, nice: true },
    axis: { format: isWide ? "~g" : ".2f", tickCount: 6 },
  };
}
