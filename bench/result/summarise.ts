/**
 * From the samples of a cell to medians, intervals and verdicts.
 */
import { checkValue } from "../../layouts/option_check.ts";
import { randomStream } from "../../sim/random/random_stream.ts";
import { poolBuilds, studentWidening } from "../statistics/bootstrap.ts";
import { medianOf } from "../statistics/median.ts";
import { countOutliers } from "../statistics/outliers.ts";
import { holm, permutationTest } from "../statistics/permutation.ts";
import { samplesSchema, summarySchema } from "../statistics/rounds_form.ts";
import type { Sample, SummaryOptions } from "../statistics/sample.ts";
import { type SampleGrid, sampleGrid } from "../statistics/sample_grid.ts";
import {
  flat,
  ratiosByCompiler,
  ratiosOf,
  timesOf,
  wallTime,
} from "./estimate.ts";
import type { ContenderSummary, Summary } from "./summary.ts";
import { summaryWarnings } from "./summary_warnings.ts";
import { decide, noiseFloorOf, smallestVisible } from "./verdict.ts";

/**
 * Sums up the samples of a cell. From 6 builds on, a ratio is the centre of the
 * builds' medians of within-round ratios (Hodges and Lehmann) with Wilcoxon's
 * interval; fewer builds take the hierarchical bootstrap, widened for how few
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
 * @example Two layouts, three builds of nine rounds
 * ```ts
 * import { summarise } from "./summarise.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const times = { page_offset: 100, again: 100, phys_packed: 80 };
 * const samples = Object.entries(times).flatMap(([contender, nsPerIo]) =>
 *   Array.from({ length: 27 }, (_, i) => ({
 *     contender,
 *     build: Math.floor(i / 9),
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
  const centred = poolBuilds(grid.centred, { centred: true });
  const draw = {
    baseline,
    random: randomStream(options.seed, "bootstrap"),
    resamples: options.resamples ?? 2000,
  };
  const ratios = ratiosOf(grid, centred, draw);
  const times = timesOf(grid, draw);
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
  const contenders = ratios.map((ratio, index): ContenderSummary => {
    const contender = grid.names[index] ?? "";
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
      betweenBuildSpread: centred.spreads[index] ?? null,
      outliers: (centred.residuals[index] ?? []).reduce(
        (sum, build) => sum + countOutliers(build.rounds),
        0,
      ),
    };
  });
  return {
    contenders,
    noiseFloor,
    builds: grid.builds,
    rounds: grid.rounds,
    warnings: summaryWarnings({
      ...{ grid, contenders, noiseFloor, planned: options.planned },
      widening: studentWidening(centred, { compared: 2, builds: grid.builds }),
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

/** Builds are the units; the rounds of a single one, for want of better. */
function testUnits(grid: SampleGrid): number[][] {
  return grid.centred.map((builds) =>
    builds.length > 1 ? builds.map(medianOf) : flat(builds)
  );
}
