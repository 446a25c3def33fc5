/** The ratio of two medians that were measured apart. */
import type { Interval } from "./timing_types.ts";

/**
 * Divides two independent medians: in logarithms the distances to the ends of
 * the intervals add as squares (Zou and Donner 2008, the MOVER method).
 *
 * @param after The interval above the line.
 * @param before The interval below the line.
 * @param widening Factor on the width of the result; default: 1.
 * @returns The interval of the ratio; without ends if either has none.
 */
export function ratioOf(
  after: Interval,
  before: Interval,
  widening: number = 1,
): Interval {
  const middle = Math.log(after.median / before.median);
  const median = Math.exp(middle);
  if (
    after.low === null || after.high === null || before.low === null ||
    before.high === null
  ) return { median, low: null, high: null };
  // As older labs wrote a single measurement.
  if (after.low === after.high || before.low === before.high) {
    return { median, low: null, high: null };
  }
  const down = Math.hypot(
    Math.log(after.median / after.low),
    Math.log(before.high / before.median),
  );
  const up = Math.hypot(
    Math.log(after.high / after.median),
    Math.log(before.median / before.low),
  );
  return {
    median,
    low: Math.exp(middle - widening * down),
    high: Math.exp(middle + widening * up),
  };
}
