/**
 * A centre of few values and its interval, with no assumption but symmetry: the
 * median of all means of pairs (Hodges and Lehmann 1963), and between which of
 * these means the centre is by Wilcoxon's signed ranks (Hollander, Wolfe and
 * Chicken 2014, section 3.3). One build that was placed badly moves it little.
 */
import { medianOf } from "./median.ts";

/** The level of intervals. */
const LEVEL = 0.05;

/** Fewest values that an interval of 95 % can be had from: 2 / 2^6 is 3 %. */
export const LEAST_VALUES = 6;

export interface Centre {
  readonly centre: number;
  /** Lower end; minus infinity for fewer than 6 values. */
  readonly low: number;
  readonly high: number;
}

/**
 * Finds the centre of values.
 *
 * @param values At least one.
 * @returns The centre and its 95 % interval. Time O(n^2 log n).
 * @throws {RangeError} If there is no value.
 */
export function hodgesLehmann(values: readonly number[]): Centre {
  const means: number[] = [];
  values.forEach((value, i) => {
    for (const other of values.slice(i)) means.push((value + other) / 2);
  });
  const centre = medianOf(means);
  if (values.length < LEAST_VALUES) {
    return { centre, low: -Infinity, high: Infinity };
  }
  means.sort((a, b) => a - b);
  // The rank sum that even larger ones leave 2.5 % to: that many means may be
  // cut off at either end.
  const cut = cutMeans(values.length);
  return {
    centre,
    low: means[cut] as number,
    high: means[means.length - 1 - cut] as number,
  };
}

/** The most rank sums, from 0 on, that together have at most 2.5 %. */
function cutMeans(count: number): number {
  const chances = signedRankChances(count);
  let below = 0;
  let cut = 0;
  while (below + (chances[cut] ?? 1) <= LEVEL / 2) below += chances[cut++] ?? 1;
  return Math.max(0, cut - 1);
}

/** How likely each sum of positive ranks is if the centre is 0. */
function signedRankChances(count: number): Float64Array {
  const chances = new Float64Array(count * (count + 1) / 2 + 1);
  chances[0] = 1;
  for (let rank = 1; rank <= count; rank++) {
    for (let sum = chances.length - 1; sum >= 0; sum--) {
      const without = chances[sum] ?? 0;
      const withRank = sum >= rank ? chances[sum - rank] ?? 0 : 0;
      chances[sum] = (without + withRank) / 2;
    }
  }
  return chances;
}
