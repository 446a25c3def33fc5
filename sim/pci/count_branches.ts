/**
 * Counts how often the path asks whether memory is special: the branches that
 * a recognition puts on each I/O. A wrapper, so that the path that is timed
 * does not pay for counting.
 */
import type { RecognitionStrategy } from "./recognition.ts";

/** Questions asked so far, by kind. */
export interface BranchCounts {
  /** Whether memory may follow in the same bio. */
  sameBio: number;
  /** Whether memory may extend a segment, while building or mapping. */
  sameSegment: number;
  /** What a submitter keeps with a segment, and whether merging is barred. */
  submit: number;
  /** Whose memory a segment is, while mapping. */
  map: number;
}

/**
 * Wraps a strategy so that it counts.
 *
 * @param strategy The strategy.
 * @param counts Where the counts go.
 * @returns A strategy that answers alike.
 */
export function countBranches(
  strategy: RecognitionStrategy,
  counts: BranchCounts,
): RecognitionStrategy {
  const { sameBio, sameSegment, barsMerging, segmentFlag } = strategy;
  const { providerOf, mayJoin } = strategy;
  return {
    ...strategy,
    sameBio: (...asked) => {
      counts.sameBio++;
      return sameBio(...asked);
    },
    sameSegment: (...asked) => {
      counts.sameSegment++;
      return sameSegment(...asked);
    },
    barsMerging: (...asked) => {
      counts.submit++;
      return barsMerging(...asked);
    },
    segmentFlag: (...asked) => {
      counts.submit++;
      return segmentFlag(...asked);
    },
    providerOf: (...asked) => {
      counts.map++;
      return providerOf(...asked);
    },
    ...(mayJoin === undefined ? {} : {
      mayJoin: (...asked) => {
        counts.sameSegment++;
        return mayJoin(...asked);
      },
    }),
  };
}
