/**
 * Warming up until the times stop falling: V8 compiles hot code in stages, and
 * how many batches that takes differs from layout to layout.
 */
import { medianOf } from "./median.ts";

export interface WarmUpOptions {
  /** Runs one batch and gives its time per I/O in ns. */
  readonly measure: () => Promise<number>;
  /** Batches at most; default: 40. */
  readonly cap?: number;
  /** Batches that must show no trend; default: 10, 6 at least. */
  readonly window?: number;
  /** Change between the halves of the window that passes; default: 0.05. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface WarmUp {
  /** Whether the last window showed no trend. */
  readonly steady: boolean;
  /** Times per I/O of all batches, in order; kept, never measured from. */
  readonly series: readonly number[];
}

/**
 * Runs batches until they are steady or the cap is reached.
 *
 * @returns Whether it became steady, and the time series.
 */
export async function warmUp(options: WarmUpOptions): Promise<WarmUp> {
  const { cap = 40, window = 10, tolerance = 0.05 } = options;
  const series: number[] = [];
  while (series.length < cap && !options.signal?.aborted) {
    series.push(await options.measure());
    if (
      series.length >= window && isSteady(series.slice(-window), tolerance)
    ) return { steady: true, series };
  }
  return { steady: false, series };
}

/**
 * Tests times for a trend that matters: the medians of the two halves differ by
 * more than the tolerance, and scatter does not explain it, because Mann and
 * Kendall's test rejects at 5 % or because one half is wholly above the other.
 * Scatter alone is not a trend; other warnings cover it.
 *
 * @param times Times of successive batches, 6 at least.
 * @param tolerance Relative change between the halves that passes.
 * @returns Whether there is no trend; `false` for fewer than 6 times.
 */
export function isSteady(times: readonly number[], tolerance: number): boolean {
  const n = times.length;
  if (n < 6) return false;
  const early = times.slice(0, n >> 1);
  const late = times.slice(n >> 1);
  const change = Math.abs(medianOf(late) / medianOf(early) - 1);
  if (change <= tolerance) return true;
  const isApart = Math.min(...early) >= Math.max(...late) ||
    Math.max(...early) <= Math.min(...late);
  return !isApart && !hasTrend(times);
}

/** Mann and Kendall's test at 5 %. */
function hasTrend(times: readonly number[]): boolean {
  const n = times.length;
  let score = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      score += Math.sign((times[j] ?? 0) - (times[i] ?? 0));
    }
  }
  const deviation = Math.sqrt(n * (n - 1) * (2 * n + 5) / 18);
  return Math.abs(score) - 1 > 1.96 * deviation;
}
