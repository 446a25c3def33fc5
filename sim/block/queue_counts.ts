/**
 * Counts of what goes through a queue. What every I/O changes is counted in
 * int32 words (bench/HOT_PATH.md, "Integers"), which are added to the numbers
 * whenever somebody reads them, long before 2^31.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

/** What went through a queue. */
export interface BlockQueueCounts {
  /** Bios submitted, without fronts that were split off. */
  bios: number;
  /** Vectors of those bios. */
  segments: number;
  /** Requests that went to the driver. */
  requests: number;
  /** nr_phys_segments of those requests. */
  physicalSegments: number;
  /** Bios merged into a request. */
  merges: number;
  /** Requests that a scheduler merged into another one. */
  requestMerges: number;
  /** Front parts that were split off. */
  splits: number;
}

export interface QueueCounts {
  /** The numbers, up to the last `add()`. */
  readonly counts: BlockQueueCounts;
  /** Where the words are of those that every I/O changes. */
  readonly words: Readonly<
    Record<"bios" | "segments" | "requests" | "physicalSegments", number>
  >;
  /** Adds the words to the numbers and clears them. */
  readonly add: () => void;
}

/** Makes the counts of a queue, all 0. */
export function createQueueCounts(memory: KernelMemory): QueueCounts {
  const { getOwn, setOwn } = memory;
  const counts: BlockQueueCounts = {
    bios: 0,
    segments: 0,
    requests: 0,
    physicalSegments: 0,
    merges: 0,
    requestMerges: 0,
    splits: 0,
  };
  const first = memory.reserveOwn(4);
  const words = {
    bios: first,
    segments: first + 4,
    requests: first + 8,
    physicalSegments: first + 12,
  };
  const take = (at: number): number => {
    const count = getOwn(at);
    setOwn(at, 0);
    return count;
  };
  const add = (): void => {
    counts.bios += take(words.bios);
    counts.segments += take(words.segments);
    counts.requests += take(words.requests);
    counts.physicalSegments += take(words.physicalSegments);
  };
  return { counts, words, add };
}
