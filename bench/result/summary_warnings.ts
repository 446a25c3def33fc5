/**
 * What a reader has to know of a cell's samples: too few, too noisy, at odds.
 */
import { plural } from "../../sim/text/plural.ts";
import { LEAST_VALUES } from "../statistics/hodges_lehmann.ts";
import type { PlannedRounds } from "../statistics/sample.ts";
import type { SampleGrid } from "../statistics/sample_grid.ts";
import type { LabWarning } from "../statistics/warning.ts";
import { formatPercent } from "../text/figure.ts";
import type { ContenderSummary } from "./summary.ts";
import type { ResultNoiseFloor } from "./timing_types.ts";
import { MARGIN } from "./verdict.ts";

/** Builds from which on an interval says something of the next ones. */
export const ENOUGH_BUILDS = 5;
const ENOUGH_ROUNDS = 9;
/** How much wider than for many builds an interval may be without a word. */
const WIDE = 1.5;

export interface Summarised {
  readonly grid: SampleGrid;
  readonly contenders: readonly ContenderSummary[];
  /** What identical code differed by; `null` without a control. */
  readonly noiseFloor: ResultNoiseFloor | null;
  /** How much wider an interval is than with many builds. */
  readonly widening: number;
  /** What was to be measured, where time was up before. */
  readonly planned?: PlannedRounds | undefined;
}

/** Each finds one thing to warn of, in the order in which they are shown. */
const FINDERS: readonly ((from: Summarised) => LabWarning | undefined)[] = [
  tooFewBuilds,
  tooFewRounds,
  noisyControl,
  opposedCompilers,
  manyOutliers,
  unfinishedRounds,
];

/**
 * Says what a reader of a summary has to know.
 *
 * @returns Warnings, those on how much was measured first.
 */
export function summaryWarnings(from: Summarised): LabWarning[] {
  return FINDERS.flatMap((find) => find(from) ?? []);
}

function tooFewBuilds({ grid, widening }: Summarised): LabWarning | undefined {
  if (grid.builds === 1) {
    return {
      code: "single-build",
      message: "each layout was built once, so luck of code placement " +
        "counts as a difference between layouts",
      hint: "use --builds 3 or more before you quote a ratio",
    };
  }
  if (widening < WIDE) return undefined;
  return {
    code: "few-builds",
    message: `with ${grid.builds} builds an interval says little: Student's ` +
      `t widens it ${widening.toFixed(1)} times`,
    hint: `use --builds ${ENOUGH_BUILDS} or more`,
  };
}

function isCut({ grid, planned }: Summarised): boolean {
  return planned !== undefined && grid.rounds < planned.rounds;
}

function tooFewRounds(from: Summarised): LabWarning | undefined {
  const { grid, planned } = from;
  // With many builds, each may be little more than one look: their interval
  // says.
  if (grid.builds >= LEAST_VALUES) return undefined;
  if (grid.rounds < ENOUGH_ROUNDS) {
    return {
      code: "few-rounds",
      message: `${plural(grid.rounds, "round")} per build ${
        grid.rounds === 1 ? "is" : "are"
      } too few for a median`,
      hint: roundsHint(planned, isCut(from)),
    };
  }
  if (planned === undefined || !isCut(from)) return undefined;
  return {
    code: "budget",
    message: `time was up after ${grid.rounds} of ${planned.rounds} rounds ` +
      `per build`,
    hint: `use --budget ${planned.budgetSeconds} or more for all of them`,
  };
}

function noisyControl(from: Summarised): LabWarning | undefined {
  const { noiseFloor } = from;
  if (noiseFloor === null) {
    return {
      code: "no-control",
      message: "the baseline was not run against itself",
      hint: "leave the control on to learn the noise floor",
    };
  }
  if (noiseFloor.difference <= MARGIN) return undefined;
  return {
    code: "noisy-control",
    message: `identical code differed by ${
      formatPercent(noiseFloor.difference)
    }`,
    hint: `raise ${
      isCut(from) ? "--budget" : "--builds"
    }: believe no difference of that size`,
  };
}

function opposedCompilers({ contenders }: Summarised): LabWarning | undefined {
  const opposed = contenders.filter(({ byCompiler, adjustedPValue }) => {
    // The control is not a layout: how it differs is the noise floor.
    if (adjustedPValue === null) return false;
    const logs = byCompiler.map(({ ratio }) => Math.log(ratio.median));
    return Math.min(...logs) < 0 && Math.max(...logs) > 0 &&
      logs.some((log) => Math.abs(log) > MARGIN);
  });
  if (opposed.length === 0) return undefined;
  const ratios = opposed.map(({ contender, byCompiler }) =>
    `${contender} is (${
      byCompiler.map(({ ratio }) => ratio.median.toFixed(3)).join(", ")
    })`
  );
  return {
    code: "compilers-disagree",
    message: `compilers do not agree on which side of 1 ${ratios.join("; ")}`,
    hint: "no verdict; --cc NAME measures one of them alone",
  };
}

function manyOutliers(
  { grid, contenders }: Summarised,
): LabWarning | undefined {
  const outliers = contenders.reduce((sum, c) => sum + c.outliers, 0);
  const total = contenders.length * grid.builds * grid.rounds;
  if (outliers <= total / 20) return undefined;
  return {
    code: "outliers",
    message: `${outliers} of ${plural(total, "sample")} ` +
      `${outliers === 1 ? "lies" : "lie"} far outside; none removed`,
    hint: "look for other users of shared caches, or garbage collection",
  };
}

function unfinishedRounds({ grid }: Summarised): LabWarning | undefined {
  if (grid.incomplete === 0) return undefined;
  const samples = plural(
    grid.incomplete,
    "sample of an unfinished round is",
    "samples of unfinished rounds are",
  );
  return {
    code: "incomplete-rounds",
    message: `${samples} left out`,
    hint: "let the run finish to use all of them",
  };
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
