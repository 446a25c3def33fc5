/**
 * What opening windows has done on a path: the work that comes before an I/O
 * and belongs to none. A replay adds nothing to it, and whoever times one
 * compares these counts to see that it did not.
 */

/** Counts since the path was made. */
export interface OpenCounts {
  /** Windows opened. */
  windows: number;
  /** Buffers registered, or folios added to the page cache. */
  registered: number;
  /** Pieces of buffers mapped ahead of their I/O. */
  mapped: number;
}

/**
 * Returns counts of nothing.
 *
 * @returns New counts, all 0.
 */
export function createOpenCounts(): OpenCounts {
  return { windows: 0, registered: 0, mapped: 0 };
}

/**
 * Subtracts counts.
 *
 * @returns What was done between them.
 */
export function openedBetween(
  after: OpenCounts,
  before: OpenCounts,
): OpenCounts {
  return {
    windows: after.windows - before.windows,
    registered: after.registered - before.registered,
    mapped: after.mapped - before.mapped,
  };
}
