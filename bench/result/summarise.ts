/**
 * From the samples of a cell to medians, intervals and verdicts.
 */
import { plural } from "../../sim/text/plural.ts";
import { samplesSchema, summarySchema } from "../statistics/rounds_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { randomStream } from "../../sim/random/random_stream.ts";
import type { Interval, ResultNoiseFloor, Verdict } from "./result.ts";
import {
  type Birth,
  bootstrapDeviations,
  poolBirths,
  studentWidening,
} from "../statistics/bootstrap.ts";
import { medianOf, quantileSorted } from "../statistics/median.ts";
import { hodgesLehmann, LEAST_VALUES } from "../statistics/hodges_lehmann.ts";
import { noiseFloorOf } from "./noise.ts";
import { countOutliers } from "../statistics/outliers.ts";
import { holm, permutationTest } from "../statistics/permutation.ts";
import { type SampleGrid, sampleGrid } from "../statistics/sample_grid.ts";
import { decide, MARGIN, smallestVisible } from "./verdict.ts";
import { formatCount, formatPercent } from "../text/figure.ts";
import type {
  PlannedRounds,
  Sample,
  SummaryOptions,
} from "../statistics/sample.ts";
import type { LabWarning } from "../statistics/warning.ts";

/** Births from which on an interval says something of the next ones. */
export const ENOUGH_BIRTHS = 5;
/** Rounds that a median needs. */
const ENOUGH_ROUNDS = 9;
/** How much wider than for many births an interval may be without a word. */
const WIDE = 1.5;

/** A ratio of the births that one compiler built. */
export interface CompilerRatio {
  /** The compiler. */
  readonly compiler: string;
  /** Time relative to the baseline. */
  readonly ratio: Interval;
}

/** What the samples say about one contender. */
export interface ContenderSummary {
  /** Its name. */
  readonly contender: string;
  /** Time per I/O. */
  readonly nsPerIo: Interval;
  /** Wall time per I/O, where that was measured. */
  readonly wallNsPerIo: Interval | null;
  /** Time relative to the baseline; 1 for the baseline. */
  readonly ratio: Interval;
  /** The same as each compiler built it, where there were several. */
  readonly byCompiler: readonly CompilerRatio[];
  /** Faster or slower than the baseline, or not shown. */
  readonly verdict: Verdict;
  /** p of "no difference", corrected; `null` for baseline and control. */
  readonly adjustedPValue: number | null;
  /** Smallest difference that could have been shown; `null` for baseline. */
  readonly detectable: number | null;
  /** Standard deviation between births, 0.03 is 3 %; `null` for one birth. */
  readonly betweenBirthSpread: number | null;
  /** Samples far outside; they are part of the figures. */
  readonly outliers: number;
}

/** What the samples of a cell say. */
export interface Summary {
  /** One entry per contender, in the order of their first sample. */
  readonly contenders: readonly ContenderSummary[];
  /** What identical code differed by; `null` without a control. */
  readonly noiseFloor: ResultNoiseFloor | null;
  /** Births that were complete. */
  readonly births: number;
  /** Rounds of the shortest complete birth. */
  readonly rounds: number;
  /** What a reader has to know. */
  readonly warnings: readonly LabWarning[];
}

/**
 * Sums up the samples of a cell. From 6 births on, a ratio is the centre of the
 * births' medians of within-round ratios (Hodges and Lehmann) with Wilcoxon's
 * interval; fewer births take the hierarchical bootstrap, widened for how few
 * they are.
 *
 * Rounds in which not every contender was measured are left out, so that an
 * interrupted run still gives a fair comparison.
 *
 * @param samples All samples, in any order.
 * @param options Baseline, seed, control.
 * @returns Medians, intervals, verdicts and warnings.
 * @throws {RangeError} If a time is not above 0, the baseline has no sample,
 * or no round is complete.
 *
 * @example Two layouts, three births of nine rounds
 * ```ts
 * import { summarise } from "./summarise.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const times = { page_offset: 100, again: 100, phys_packed: 80 };
 * const samples = Object.entries(times).flatMap(([contender, nsPerIo]) =>
 *   Array.from({ length: 27 }, (_, i) => ({
 *     contender,
 *     birth: Math.floor(i / 9),
 *     round: i % 9,
 *     nsPerIo: nsPerIo + (i * nsPerIo) % 7 / 10,
 *   }))
 * );
 * const summary = summarise(samples, {
 *   baseline: "page_offset",
 *   control: "again",
 *   seed: 1,
 * });
 *
 * assertEquals(summary.contenders[2]?.verdict, "faster");
 * assertEquals(summary.noiseFloor?.difference, 0);
 * ```
 */
export function summarise(
  samples: readonly Sample[],
  options: SummaryOptions,
): Summary {
  checkValue("sum up samples", samplesSchema, samples, "samples");
  checkValue("sum up samples", summarySchema, options, "options");
  const grid = sampleGrid(samples);
  const baseline = indexOf(grid, options.baseline);
  const control = options.control === undefined
    ? undefined
    : indexOf(grid, options.control);
  // One measurement of each says nothing of how others would scatter.
  const isSingle = grid.births === 1 && grid.rounds === 1;
  const random = randomStream(options.seed, "bootstrap");
  const draw = { random, resamples: options.resamples ?? 2000 };
  const centred = poolBirths(grid.centred, { centred: true });
  const own: Interval = isSingle
    ? { median: 1, low: null, high: null }
    : { median: 1, low: 1, high: 1 };
  const isMany = grid.births >= LEAST_VALUES;
  const ratios = grid.names.map((_, contender) =>
    contender === baseline
      ? own
      : isMany
      ? ofBirths(grid.logs[contender], grid.logs[baseline])
      : around(
        medianOfDifferences(grid.logs[contender], grid.logs[baseline]),
        isSingle
          ? undefined
          : bootstrapDeviations(centred, { contender, baseline, ...draw }),
      )
  );
  const absolute = poolBirths(grid.logs);
  const times = grid.names.map((_, contender) =>
    isMany ? ofBirths(grid.logs[contender]) : around(
      medianOf(join(grid.logs[contender])),
      isSingle
        ? undefined
        : bootstrapDeviations(absolute, { contender, ...draw }),
    )
  );
  const controlRatio = control === undefined ? undefined : ratios[control];
  const noiseFloor = controlRatio === undefined
    ? null
    : noiseFloorOf(controlRatio);
  const floor = noiseFloor?.difference ?? 0;
  const corrected = holm(
    permutationTest(testUnits(grid), {
      baseline,
      random: randomStream(options.seed, "permutation"),
      permutations: options.permutations ?? 1000,
    }).map((p, contender) => contender === control ? null : p),
  );
  const contenders = grid.names.map((contender, index): ContenderSummary => {
    const ratio = ratios[index] ?? own;
    const adjustedPValue = corrected[index] ?? null;
    const byCompiler = index === baseline ? [] : ratiosByCompiler(grid, {
      ...{ contender: index, baseline },
      compilers: options.compilers ?? [],
    });
    return {
      contender,
      nsPerIo: times[index] ?? ratio,
      wallNsPerIo: wallTime(samples, contender),
      ratio,
      byCompiler,
      verdict: decide({
        ...{ ratio, adjustedPValue, noiseFloor: floor },
        byCompiler: byCompiler.map((own) => own.ratio),
      }),
      adjustedPValue,
      detectable: index === baseline ? null : smallestVisible(ratio, floor),
      betweenBirthSpread: centred.spreads[index] ?? null,
      outliers: (centred.residuals[index] ?? []).reduce(
        (sum, birth) => sum + countOutliers(birth.rounds),
        0,
      ),
    };
  });
  return {
    contenders,
    noiseFloor,
    births: grid.births,
    rounds: grid.rounds,
    warnings: warningsOf(grid, contenders, {
      noiseFloor,
      widening: studentWidening(centred, { compared: 2, births: grid.births }),
      ...(options.planned ? { planned: options.planned } : {}),
    }),
  };
}

function indexOf(grid: SampleGrid, name: string): number {
  const index = grid.names.indexOf(name);
  if (index < 0) {
    throw new RangeError(
      `Cannot compare with "${name}": it has no sample, expected one of: ${
        grid.names.join(", ")
      }`,
    );
  }
  return index;
}

/** Puts an interval of log deviations, if there are any, around a log median. */
function around(
  median: number,
  deviations: Float64Array | undefined,
): Interval {
  if (deviations === undefined) {
    return { median: Math.exp(median), low: null, high: null };
  }
  // The deviations scatter about the truth, so the truth lies on the other
  // side of the estimate (the "basic" bootstrap interval).
  const low = median - Math.max(0, quantileSorted(deviations, 0.975));
  const high = median - Math.min(0, quantileSorted(deviations, 0.025));
  return {
    median: Math.exp(median),
    low: Math.exp(low),
    high: Math.exp(high),
  };
}

/** The centre of births, each of which is the median of its rounds. */
function ofBirths(
  left: readonly Birth[] = [],
  right?: readonly Birth[],
): Interval {
  const { centre, low, high } = hodgesLehmann(
    left.map((birth, index) => {
      const other = right?.[index];
      return medianOf(
        other === undefined ? birth : birth.map((x, i) => x - (other[i] ?? 0)),
      );
    }),
  );
  return { median: Math.exp(centre), low: Math.exp(low), high: Math.exp(high) };
}

/** The ratio of the births of each compiler; none where there is one alone. */
function ratiosByCompiler(
  { logs, numbers }: SampleGrid,
  { contender, baseline, compilers }: {
    readonly contender: number;
    readonly baseline: number;
    readonly compilers: readonly string[];
  },
): CompilerRatio[] {
  if (compilers.length < 2) return [];
  return compilers.flatMap((compiler, index) => {
    const own = (births: readonly Birth[] = []) =>
      births.filter((_, at) => (numbers[at] ?? 0) % compilers.length === index);
    const left = own(logs[contender]);
    if (left.length === 0) return [];
    const { median, low, high } = ofBirths(left, own(logs[baseline]));
    const isKnown = left.length >= LEAST_VALUES;
    return [{
      compiler,
      ratio: { median, low: isKnown ? low : null, high: isKnown ? high : null },
    }];
  });
}

/**
 * The median of the wall times and their quartiles: other work makes most of
 * what there is to see, which is no scatter about a truth.
 */
function wallTime(
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

function join(births: readonly Birth[] = []): number[] {
  return births.flatMap((birth) => [...birth]);
}

function medianOfDifferences(
  left: readonly Birth[] = [],
  right: readonly Birth[] = [],
): number {
  const other = join(right);
  return medianOf(join(left).map((x, i) => x - (other[i] ?? 0)));
}

/** Births are the units; the rounds of a single one, for want of better. */
function testUnits(grid: SampleGrid): number[][] {
  return grid.centred.map((births) =>
    births.length > 1 ? births.map(medianOf) : join(births)
  );
}

function warningsOf(
  grid: SampleGrid,
  contenders: readonly ContenderSummary[],
  from: {
    noiseFloor: ResultNoiseFloor | null;
    widening: number;
    planned?: PlannedRounds;
  },
): LabWarning[] {
  const { noiseFloor, widening, planned } = from;
  const warnings: LabWarning[] = [];
  if (grid.births === 1) {
    warnings.push({
      code: "single-birth",
      message: "each layout was born once, so luck of code placement " +
        "counts as a difference between layouts",
      hint: "use --births 3 or more before you quote a ratio",
    });
  }
  if (grid.births > 1 && widening >= WIDE) {
    warnings.push({
      code: "few-births",
      message:
        `with ${grid.births} births an interval says little: Student's ` +
        `t widens it ${widening.toFixed(1)} times`,
      hint: `use --births ${ENOUGH_BIRTHS} or more`,
    });
  }
  const isCut = planned !== undefined && grid.rounds < planned.rounds;
  // Of many births, each may be little more than one look: their interval tells.
  const isFew = grid.births < LEAST_VALUES;
  if (isFew && grid.rounds < ENOUGH_ROUNDS) {
    warnings.push({
      code: "few-rounds",
      message: `${formatCount(grid.rounds, "round")} per birth ${
        grid.rounds === 1 ? "is" : "are"
      } too few for a median`,
      hint: roundsHint(planned, isCut),
    });
  } else if (isFew && isCut) {
    warnings.push({
      code: "budget",
      message: `time was up after ${grid.rounds} of ${planned.rounds} rounds ` +
        `per birth`,
      hint: `use --budget ${planned.budgetSeconds} or more for all of them`,
    });
  }
  if (noiseFloor === null) {
    warnings.push({
      code: "no-control",
      message: "the baseline was not run against itself",
      hint: "leave the control on to learn the noise floor",
    });
  } else if (noiseFloor.difference > MARGIN) {
    warnings.push({
      code: "noisy-control",
      message: `identical code differed by ${
        formatPercent(noiseFloor.difference)
      }`,
      hint: `raise ${isCut ? "--budget" : "--births"}: believe no difference ` +
        "of that size",
    });
  }
  const opposed = contenders.filter(({ byCompiler }) => {
    const logs = byCompiler.map(({ ratio }) => Math.log(ratio.median));
    return Math.min(...logs) < 0 && Math.max(...logs) > 0 &&
      logs.some((log) => Math.abs(log) > MARGIN);
  });
  if (opposed.length > 0) {
    warnings.push({
      code: "compilers-disagree",
      message: `compilers do not agree on which side of 1 ${
        opposed.map(({ contender, byCompiler }) =>
          `${contender} is (${
            byCompiler.map(({ ratio }) => ratio.median.toFixed(3)).join(", ")
          })`
        ).join("; ")
      }`,
      hint: "no verdict; --cc NAME measures one of them alone",
    });
  }
  const outliers = contenders.reduce((sum, c) => sum + c.outliers, 0);
  const total = contenders.length * grid.births * grid.rounds;
  if (outliers > total / 20) {
    warnings.push({
      code: "outliers",
      message: `${outliers} of ${plural(total, "sample")} ` +
        `${outliers === 1 ? "lies" : "lie"} far outside; none removed`,
      hint: "look for what others do to shared caches, or garbage collection",
    });
  }
  if (grid.incomplete > 0) {
    warnings.push({
      code: "incomplete-rounds",
      message: `${
        plural(
          grid.incomplete,
          "sample of an unfinished round is",
          "samples of unfinished rounds are",
        )
      } left out`,
      hint: "let the run finish to use all of them",
    });
  }
  return warnings;
}

/** What helps: more rounds, more time for those that were asked for, or both. */
function roundsHint(
  planned: PlannedRounds | undefined,
  isCut: boolean,
): string {
  if (planned === undefined || !isCut) {
    return `use --rounds ${ENOUGH_ROUNDS} or more`;
  }
  const more = planned.rounds < ENOUGH_ROUNDS
    ? ` and --rounds ${ENOUGH_ROUNDS}`
    : "";
  return `time was up: use --budget ${planned.budgetSeconds} or more${more}`;
}
