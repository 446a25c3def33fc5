/**
 * Finding outliers, to report them. None is ever removed: the medians do not
 * need it, and a stall of the machine is something that did happen.
 */
import { medianOf } from "./median.ts";

/**
 * Counts values far from the median, by the modified z-score with its usual
 * limit of 3.5 (Iglewicz and Hoaglin 1993).
 *
 * @returns How many are outside; 0 below 5 values or when more than half of
 * them are equal, where the score is not defined.
 */
export function countOutliers(values: ArrayLike<number>): number {
  if (values.length < 5) return 0;
  const centre = medianOf(values);
  const distances = Float64Array.from(values, (x) => Math.abs(x - centre));
  const limit = 3.5 * medianOf(distances) / 0.6745;
  if (limit === 0) return 0;
  let count = 0;
  for (const distance of distances) if (distance > limit) count++;
  return count;
}
