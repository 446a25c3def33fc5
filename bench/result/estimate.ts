/**
 * From the builds of a cell to the ratios and times of its contenders, each with
 * its interval.
 *
 * From 6 builds on, a figure is the centre of the builds' medians (Hodges and
 * Lehmann) with Wilcoxon's interval; fewer builds take the hierarchical
 * bootstrap, widened for how few they are.
 */
import type { RandomStream } from "../../sim/random/random_stream.ts";
import {
  bootstrapDeviations,
  type Build,
  type BuildPool,
  poolBuilds,
} from "../statistics/bootstrap.ts";
import { hodgesLehmann, LEAST_VALUES } from "../statistics/hodges_lehmann.ts";
import { medianOf, quantileSorted } from "../statistics/median.ts";
import type { Sample } from "../statistics/sample.ts";
import type { SampleGrid } from "../statistics/sample_grid.ts";
import type { CompilerRatio } from "./summary.ts";
import type { Interval } from "./timing_types.ts";

export interface Resampling {
  /** Index of the contender that others are compared with. */
  readonly baseline: number;
  /** Where resamples are drawn from, in the order of the calls. */
  readonly random: RandomStream;
  readonly resamples: number;
}

/**
 * Time of each contender relative to the baseline.
 *
 * @param centred Its builds without what each round does to all.
 * @returns One ratio per contender; 1 for the baseline.
 */
export function ratiosOf(
  grid: SampleGrid,
  centred: BuildPool,
  { baseline, ...draw }: Resampling,
): Interval[] {
  const isAlone = isSingle(grid);
  return grid.names.map((_, contender) =>
    contender === baseline
      ? isAlone
        ? { median: 1, low: null, high: null }
        : { median: 1, low: 1, high: 1 }
      : isMany(grid)
      ? ofBuilds(grid.logs[contender], grid.logs[baseline])
      : around(
        medianOfDifferences(grid.logs[contender], grid.logs[baseline]),
        isAlone
          ? undefined
          : bootstrapDeviations(centred, { contender, baseline, ...draw }),
      )
  );
}

/**
 * Time per I/O of each contender.
 *
 * @returns One time per contender, in ns.
 */
export function timesOf(
  grid: SampleGrid,
  { random, resamples }: Resampling,
): Interval[] {
  const absolute = poolBuilds(grid.logs);
  return grid.names.map((_, contender) =>
    isMany(grid) ? ofBuilds(grid.logs[contender]) : around(
      medianOf(flat(grid.logs[contender])),
      isSingle(grid)
        ? undefined
        : bootstrapDeviations(absolute, { contender, random, resamples }),
    )
  );
}

/** One measurement of each does not say how others would scatter. */
function isSingle({ builds, rounds }: SampleGrid): boolean {
  return builds === 1 && rounds === 1;
}

function isMany({ builds }: SampleGrid): boolean {
  return builds >= LEAST_VALUES;
}

/** The ratio of the builds of each compiler; none if there is one alone. */
export function ratiosByCompiler(
  { logs, numbers }: SampleGrid,
  { contender, baseline, compilers }: {
    readonly contender: number;
    readonly baseline: number;
    readonly compilers: readonly string[];
  },
): CompilerRatio[] {
  if (compilers.length < 2) return [];
  return compilers.flatMap((compiler, index) => {
    const own = (builds: readonly Build[] = []) =>
      builds.filter((_, at) => (numbers[at] ?? 0) % compilers.length === index);
    const left = own(logs[contender]);
    if (left.length === 0) return [];
    const { median, low, high } = ofBuilds(left, own(logs[baseline]));
    const isKnown = left.length >= LEAST_VALUES;
    return [{
      compiler,
      ratio: { median, low: isKnown ? low : null, high: isKnown ? high : null },
    }];
  });
}

/**
 * The median of the wall times and their quartiles: other work makes most of
 * what there is to see, which is not a scatter about a truth.
 */
export function wallTime(
  samples: readonly Sample[],
  name: string,
): Interval | null {
  const own = samples.flatMap(({ contender, wallNsPerIo }) =>
    contender === name && wallNsPerIo !== undefined ? wallNsPerIo : []
  ).sort((a, b) => a - b);
  return own.length === 0 ? null : {
    median: quantileSorted(own, 0.5),
    low: quantileSorted(own, 0.25),
    high: quantileSorted(own, 0.75),
  };
}

/** Puts an interval of log deviations, if there are any, around a log median. */
function around(
  median: number,
  deviations: Float64Array | undefined,
): Interval {
  if (deviations === undefined) {
    return { median: Math.exp(median), low: null, high: null };
  }
  // The deviations scatter about the truth, so the truth is on the other side
  // of the estimate (the "basic" bootstrap interval).
  const low = median - Math.max(0, quantileSorted(deviations, 0.975));
  const high = median - Math.min(0, quantileSorted(deviations, 0.025));
  return {
    median: Math.exp(median),
    low: Math.exp(low),
    high: Math.exp(high),
  };
}

/** The centre of builds; each counts with the median of its rounds. */
function ofBuilds(
  left: readonly Build[] = [],
  right?: readonly Build[],
): Interval {
  const { centre, low, high } = hodgesLehmann(
    left.map((build, index) => {
      const other = right?.[index];
      return medianOf(
        other === undefined ? build : build.map((x, i) => x - (other[i] ?? 0)),
      );
    }),
  );
  return { median: Math.exp(centre), low: Math.exp(low), high: Math.exp(high) };
}

/** The rounds of all builds. */
export function flat(builds: readonly Build[] = []): number[] {
  return builds.flatMap((build) => [...build]);
}

function medianOfDifferences(
  left: readonly Build[] = [],
  right: readonly Build[] = [],
): number {
  const other = flat(right);
  return medianOf(flat(left).map((x, i) => x - (other[i] ?? 0)));
}
