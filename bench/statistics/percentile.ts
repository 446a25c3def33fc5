/**
 * Percentiles, only where enough values support them.
 */
import { quantileSorted } from "./median.ts";

/**
 * Reads a percentile off ascending values.
 *
 * A percentile is not valid when no value is expected beyond it: p99.9 needs
 * 1000 values, p99 needs 100, p50 needs 2.
 *
 * @param sorted Values, ascending.
 * @param percent Which percentile, above 0 and below 100.
 * @returns The percentile, or `null` below the supporting count.
 */
export function percentile(
  sorted: ArrayLike<number>,
  percent: number,
): number | null {
  const tail = Math.min(percent, 100 - percent) / 100;
  // 1 / (1 - 0.999) is 1000.0000000000009 in doubles.
  const needed = Math.ceil(1 / tail - 1e-9);
  if (!(tail > 0) || sorted.length < needed) return null;
  return quantileSorted(sorted, percent / 100);
}
