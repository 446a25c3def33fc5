/**
 * The noise floor: how different identical code looked in the same run.
 */
import type { Interval, ResultNoiseFloor } from "./timing_types.ts";

/**
 * Gives the name under which the baseline runs a second time, in births of its
 * own (an A/A control).
 *
 * @param baseline Name of the baseline.
 * @returns The name of its control.
 */
export function controlName(baseline: string): string {
  return `${baseline} (again)`;
}

/**
 * Reads the noise floor off the control.
 *
 * @param ratio Ratio of the control to the baseline.
 * @returns The floor; a ratio nearer to 1 than this shows nothing.
 */
export function noiseFloorOf(ratio: Interval): ResultNoiseFloor {
  return { ratio, difference: Math.expm1(Math.abs(Math.log(ratio.median))) };
}
