/**
 * From an interval, a p-value and the noise floor to one of three words.
 */
import type { Interval, ResultNoiseFloor, Verdict } from "./timing_types.ts";

export interface Evidence {
  /** Ratio to the baseline with its 95 % interval. */
  readonly ratio: Interval;
  /** p of "no difference", corrected over all comparisons of the cell. */
  readonly adjustedPValue: number | null;
  /** What identical code differed by; 0.01 is 1 %, 0 if not measured. */
  readonly noiseFloor: number;
  /** The ratio as each compiler built it, where there were several. */
  readonly byCompiler?: readonly Interval[];
}

/** The level of every test in the lab. */
export const LEVEL = 0.05;

/**
 * Smallest difference that is claimed, 2 %: intervals hold what the machine did,
 * not what the method does, and some that exclude 1 by a few tenths of a percent
 * come back on the other side (scatterlist's 1.01, design.md, rule 6).
 */
export const MARGIN = 0.02;

/**
 * Decides. All must agree before a difference is claimed: the interval is on
 * one side of 1, the corrected test rejects, the ratio is further from 1 than a
 * margin of 2 % and than identical code was in the same run, and every
 * available compiler has it on that side.
 */
export function decide(evidence: Evidence): Verdict {
  const { ratio, adjustedPValue, noiseFloor } = evidence;
  const rejects = adjustedPValue !== null && adjustedPValue <= LEVEL;
  const beyond = Math.abs(Math.log(ratio.median)) >
    Math.log1p(Math.max(MARGIN, noiseFloor));
  if (!rejects || !beyond || !compilersAgree(evidence)) {
    return "no difference shown";
  }
  return sideOf(ratio);
}

/** Whether every compiler has a ratio on the same side of 1. */
function compilersAgree(
  { ratio, byCompiler = [] }: Pick<Evidence, "ratio" | "byCompiler">,
): boolean {
  const side = Math.sign(Math.log(ratio.median));
  return byCompiler.every(({ median }) => Math.sign(Math.log(median)) === side);
}

/**
 * Says on which side of 1 an interval is.
 *
 * @returns `no difference shown` where 1 is in it, or where there is none.
 */
export function sideOf({ low, high }: Interval): Verdict {
  if (high !== null && high < 1) return "faster";
  if (low !== null && low > 1) return "slower";
  return "no difference shown";
}

/**
 * Returns the smallest difference that a comparison could have shown.
 *
 * @param ratio The interval it reached.
 * @param noiseFloor What identical code differed by.
 * @returns The difference, 0.03 is 3 %, and the margin at least; `null` without
 *   an interval.
 */
export function smallestVisible(
  { median, low, high }: Interval,
  noiseFloor: number,
): number | null {
  if (low === null || high === null) return null;
  const widest = Math.max(high / median, median / low);
  return Math.max(widest - 1, noiseFloor, MARGIN);
}

/**
 * Reads the noise floor off the control: how different identical code looked.
 *
 * @returns The floor; a ratio nearer to 1 than this shows nothing.
 */
export function noiseFloorOf(ratio: Interval): ResultNoiseFloor {
  return { ratio, difference: Math.expm1(Math.abs(Math.log(ratio.median))) };
}

/**
 * Says a verdict in at most nine characters.
 *
 * @returns `faster`, `slower`, `not shown` or `-`.
 */
export function shortVerdict(verdict: Verdict | null | undefined): string {
  return verdict === "no difference shown" ? "not shown" : verdict ?? "-";
}
