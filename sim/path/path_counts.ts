/**
 * What is counted of the I/Os that go through a path.
 */

/** What went through the path. */
export interface PathCounts {
  /** I/Os submitted. */
  ios: number;
  /** Bios that carried them, without clones made by splitting. */
  bios: number;
  /** Requests, one NVMe command each. */
  requests: number;
  /** Segments in the bios. */
  segments: number;
  /** nr_phys_segments of the requests. */
  physicalSegments: number;
  /** DMA segments of the requests. */
  dmaSegments: number;
  /** Bios that were merged into a request. */
  merges: number;
  /** Requests that a scheduler merged into another one. */
  requestMerges: number;
  /** Front parts that were split off bios. */
  splits: number;
  /** I/Os that ended with an error. */
  errors: number;
  /** Number of the errno that the last of those ended with; 0 for none. */
  lastErrno: number;
}

/** What another worker has completed of a path's. */
export interface EndedElsewhere {
  /** Requests. */
  readonly requests: number;
  /** I/Os. */
  readonly ios: number;
  /** Of those, with an error. */
  readonly errors: number;
}

/**
 * Makes counts of a path that nothing went through.
 *
 * @returns The counts, all 0.
 */
export function createPathCounts(): PathCounts {
  return {
    ios: 0,
    bios: 0,
    requests: 0,
    segments: 0,
    physicalSegments: 0,
    dmaSegments: 0,
    merges: 0,
    requestMerges: 0,
    splits: 0,
    errors: 0,
    lastErrno: 0,
  };
}
