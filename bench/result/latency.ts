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

/** One I/O of so many is looked at. */
export const LATENCY_EVERY = 16;
/** Longest latency that is told apart: 100 s. */
const HIGHEST_NS = 1e11;

/** Latencies of many I/Os, in ns. */
export interface LatencyFigures {
  /** How many were looked at. */
  readonly samples: number;
  /** Arithmetic mean. */
  readonly meanNs: number;
  /** Shortest. */
  readonly leastNs: number;
  /** Longest. */
  readonly mostNs: number;
  /** By name, p50 to p99.99; those that the samples support. */
  readonly percentilesNs: Readonly<Record<string, number>>;
}

/** Percentiles that are reported. */
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

/** I/Os of a window that are looked at, at most; those behind are not. */
const MOST_TIMES = 1 << 16;

/**
 * Makes room for the times of a submitter's I/Os, which the worker that ends
 * them may see.
 *
 * @returns The room: when each has begun, and how long it took, in ms.
 */
export function latencyTimes(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * MOST_TIMES * 8);
}

/**
 * Makes what is told of each I/O that has ended.
 *
 * Each worker's clock counts from a start of its own, `performance.timeOrigin`,
 * which is a time of day in steps of 0.24 us; of two workers that started within
 * seconds, a question and its answer over shared memory found the same to
 * within 0.3 us.
 *
 * @param times Where its submitter notes when it has begun.
 * @param shiftMs What this worker's clock shows more than the submitter's.
 * @returns Takes the index of an I/O.
 */
export function endRecorder(
  times: SharedArrayBuffer,
  shiftMs: number,
): (io: number) => void {
  const begun = new Float64Array(times, 0, MOST_TIMES);
  const taken = new Float64Array(times, MOST_TIMES * 8, MOST_TIMES);
  return (io) => {
    if (io % LATENCY_EVERY !== 0) return;
    const at = io / LATENCY_EVERY;
    taken[at] = performance.now() - shiftMs - (begun[at] as number);
  };
}

/** Measures latencies of one submitter. */
export class LatencyRecorder {
  /** Told by the path which I/O has ended. */
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

  /**
   * An I/O is about to be submitted.
   *
   * @param io Its index.
   */
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

  /**
   * Gives the histogram so far and begins again.
   *
   * @returns The histogram, encoded.
   */
  take(): string {
    const encoded = encodeIntoCompressedBase64(this.#histogram);
    this.#histogram = emptyHistogram();
    return encoded;
  }
}

/**
 * Merges histograms.
 *
 * @param encoded What recorders gave.
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
