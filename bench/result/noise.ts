/**
 * The noise floor: how different identical code looked in the same run.
 */
import type { Interval, ResultNoiseFloor } from "./timing_types.ts";

/**
 * Reads the noise floor off the control.
 *
 * @returns The floor; a ratio nearer to 1 than this shows nothing.
 */
export function noiseFloorOf(ratio: Interval): ResultNoiseFloor {
  return { ratio, difference: Math.expm1(Math.abs(Math.log(ratio.median))) };
}
