/**
 * Latencies of I/Os from submission to their end, as HDR histograms that can
 * be merged.
 *
 * Reading the clock takes as long as a third of a small I/O, so that only one
 * I/O in 16 is looked at, in a group of workers that is never timed; the
 * histogram is filled between passes and not while I/Os are in flight.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from "hdr-histogram-js";
import {
  endRecorder,
  LATENCY_EVERY,
  latencyTimes,
  MOST_TIMES,
} from "./latency_times.ts";

/** Longest latency that is resolved: 100 s. */
const HIGHEST_NS = 1e11;

/** Latencies of many I/Os, in ns. */
export interface LatencyFigures {
  /** How many were looked at. */
  readonly samples: number;
  readonly meanNs: number;
  readonly leastNs: number;
  readonly mostNs: number;
  /** By name, p50 to p99.99; those that the samples support. */
  readonly percentilesNs: Readonly<Record<string, number>>;
}

const PERCENTILES = [50, 90, 99, 99.9, 99.99];

function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    useWebAssembly: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_NS,
    numberOfSignificantValueDigits: 3,
  });
}

/** Measures latencies of one submitter. */
export class LatencyRecorder {
  /** Called by the path with the I/O that has ended. */
  readonly end: (io: number) => void;
  /** Where it notes times. */
  readonly times: SharedArrayBuffer;
  readonly #begun: Float64Array<SharedArrayBuffer>;
  readonly #taken: Float64Array<SharedArrayBuffer>;
  #histogram = emptyHistogram();

  constructor() {
    this.times = latencyTimes();
    this.#begun = new Float64Array(this.times, 0, MOST_TIMES);
    this.#taken = new Float64Array(this.times, MOST_TIMES * 8, MOST_TIMES);
    this.end = endRecorder(this.times, 0);
  }

  /** Forgets the pass before. */
  beginPass(): void {
    this.#taken.fill(0);
  }

  /** An I/O is about to be submitted. */
  begin(io: number): void {
    if (io % LATENCY_EVERY !== 0) return;
    this.#begun[io / LATENCY_EVERY] = performance.now();
  }

  /** All I/Os of the pass have ended. */
  endPass(): void {
    for (const ms of this.#taken) {
      const ns = Math.round(ms * 1e6);
      if (ns > 0) this.#histogram.recordValue(Math.min(ns, HIGHEST_NS));
    }
  }

  /** Returns the histogram so far and begins again. */
  take(): string {
    const encoded = encodeIntoCompressedBase64(this.#histogram);
    this.#histogram = emptyHistogram();
    return encoded;
  }
}

/**
 * Merges histograms.
 *
 * @returns The figures of all of them; `null` where nothing was recorded.
 */
export function mergeLatencies(
  encoded: readonly string[],
): LatencyFigures | null {
  const all = emptyHistogram();
  for (const text of encoded) {
    all.add(decodeFromCompressedBase64(text, 32, false));
  }
  const samples = all.totalCount;
  if (samples === 0) return null;
  const supported = PERCENTILES.filter((percent) =>
    samples * (100 - percent) / 100 >= 1
  );
  return {
    samples,
    meanNs: all.mean,
    leastNs: all.minNonZeroValue,
    mostNs: all.maxValue,
    percentilesNs: Object.fromEntries(
      supported.map((percent) => [
        `p${percent}`,
        all.getValueAtPercentile(percent),
      ]),
    ),
  };
}
