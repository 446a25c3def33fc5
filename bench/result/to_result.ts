/**
 * From a summary to the keys of the result file.
 */
import type { ResultLayout } from "./result.ts";
import type { ResultSample, ResultWarmUp } from "./timing_types.ts";
import { percentile } from "../statistics/percentile.ts";
import type { ContenderSummary } from "./summary.ts";
import type { Sample } from "../statistics/sample.ts";

export type MeasuredKeys = Pick<
  ResultLayout,
  | "nsPerIo"
  | "ratio"
  | "verdict"
  | "iosPerSecond"
  | "adjustedPValue"
  | "detectable"
  | "betweenBuildSpread"
  | "outliers"
  | "samples"
  | "percentiles"
  | "wallNsPerIo"
  | "byCompiler"
  | "warmUps"
>;

/** Percentiles of the samples that are given where there are enough. */
const PERCENTILES = [5, 50, 95, 99, 99.9];

/** How samples go into the file. */
export interface MeasuredOptions {
  readonly samples: readonly Sample[];
  /** Samples kept per layout; default: 200. */
  readonly cap?: number;
  readonly warmUps?: readonly ResultWarmUp[];
}

/**
 * Returns what the result file says about one contender's timing.
 *
 * @returns The keys to spread into a {@linkcode ResultLayout}.
 */
export function measuredKeys(
  summary: ContenderSummary,
  options: MeasuredOptions,
): MeasuredKeys {
  const own = options.samples.filter((sample) =>
    sample.contender === summary.contender
  );
  const cap = options.cap ?? 200;
  const values = evenly(own, cap).map((
    { build, round, nsPerIo },
  ): ResultSample => ({ build, round, nsPerIo }));
  return {
    nsPerIo: summary.nsPerIo,
    ratio: summary.ratio,
    verdict: summary.verdict,
    iosPerSecond: 1e9 / summary.nsPerIo.median,
    adjustedPValue: summary.adjustedPValue,
    detectable: summary.detectable,
    betweenBuildSpread: summary.betweenBuildSpread,
    outliers: summary.outliers,
    samples: { total: own.length, capped: own.length > cap, values },
    percentiles: percentilesOf(own),
    ...(summary.byCompiler.length === 0
      ? {}
      : { byCompiler: summary.byCompiler }),
    ...(summary.wallNsPerIo === null
      ? {}
      : { wallNsPerIo: summary.wallNsPerIo }),
    ...(options.warmUps && { warmUps: options.warmUps }),
  };
}

function percentilesOf(samples: readonly Sample[]) {
  const sorted = Float64Array.from(samples, ({ nsPerIo }) => nsPerIo).sort();
  return Object.fromEntries(
    PERCENTILES.map((percent) => [`p${percent}`, percentile(sorted, percent)]),
  );
}

/** Keeps at most `cap` items, spread evenly over all, in their order. */
function evenly<Item>(items: readonly Item[], cap: number): readonly Item[] {
  if (items.length <= cap) return items;
  return items.filter((_, i) =>
    Math.floor(i * cap / items.length) !==
      Math.floor((i - 1) * cap / items.length)
  );
}
