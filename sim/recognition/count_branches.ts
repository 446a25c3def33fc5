/**
 * Counts how often the path asks whether memory is special: the branches that
 * a recognition puts on each I/O. A wrapper, so that the path that is timed
 * does not pay for counting.
 */
import type {
  RecognitionQuestion,
  RecognitionStrategy,
} from "./recognition.ts";

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

/** Returns the part of a probe that counts questions. */
export function branchProbe(counts: BranchCounts): {
  readonly question: (strategy: RecognitionStrategy) => RecognitionStrategy;
} {
  return { question: (strategy) => countBranches(strategy, counts) };
}

/**
 * Wraps a strategy so that it counts.
 *
 * @returns A strategy that answers alike.
 */
function countBranches(
  strategy: RecognitionStrategy,
  counts: BranchCounts,
): RecognitionStrategy {
  const { sameBio, sameSegment, barsMerging, segmentFlag } = strategy;
  const { providerOf, mayJoin, sameKind } = strategy;
  /** 1 for a question that is looked into, 0 for one that is constant. */
  const cost = (question: RecognitionQuestion) =>
    strategy.constant.includes(question) ? 0 : 1;
  const costs = {
    sameBio: cost("sameBio"),
    sameSegment: cost("sameSegment"),
    barsMerging: cost("barsMerging"),
    segmentFlag: cost("segmentFlag"),
    providerOf: cost("providerOf"),
    mayJoin: cost("mayJoin"),
  };
  return {
    ...strategy,
    sameBio: (...asked) => {
      counts.sameBio += costs.sameBio;
      return sameBio(...asked);
    },
    sameSegment: (...asked) => {
      counts.sameSegment += costs.sameSegment;
      return sameSegment(...asked);
    },
    barsMerging: (...asked) => {
      counts.submit += costs.barsMerging;
      return barsMerging(...asked);
    },
    segmentFlag: (...asked) => {
      counts.submit += costs.segmentFlag;
      return segmentFlag(...asked);
    },
    providerOf: (...asked) => {
      counts.map += costs.providerOf;
      return providerOf(...asked);
    },
    ...(sameKind === undefined ? {} : {
      sameKind: (...asked) => {
        counts.sameBio += 1;
        return sameKind(...asked);
      },
    }),
    ...(mayJoin === undefined ? {} : {
      mayJoin: (...asked) => {
        counts.sameSegment += costs.mayJoin;
        return mayJoin(...asked);
      },
    }),
  };
}
