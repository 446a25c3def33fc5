/**
 * Times of I/Os that are looked at, noted where the worker that ends an I/O may
 * be another one than its submitter.
 */

/** One I/O of this many is looked at. */
export const LATENCY_EVERY = 16;
/** I/Os of a window that are looked at, at most; those after are not. */
export const MOST_TIMES = 1 << 16;

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
 * Makes the callback for each I/O that has ended.
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
