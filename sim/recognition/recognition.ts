/**
 * How the path finds out that an address is P2P memory: the contract of a
 * recognition strategy (design.md section 5, blockspec 3.5). Each strategy is
 * a file of its own and the path is made with one of them.
 */
import type { Recognition } from "./recognition_registry.ts";

/** What a strategy is asked. */
export type RecognitionQuestion =
  | "segmentFlag"
  | "sameBio"
  | "sameSegment"
  | "barsMerging"
  | "providerOf"
  | "mayJoin";

/** One recognition strategy, over the kernel memory of one machine. */
export interface RecognitionStrategy {
  /** Name on the command line. */
  readonly name: Recognition;
  /** Questions that it answers without looking: they cost no branch. */
  readonly constant: readonly RecognitionQuestion[];
  /** Whether each segment is asked while mapping, or only the first one. */
  readonly asksEverySegment: boolean;
  /**
   * Whether memory of another flag is another segment: the flag says what it
   * is; default: no.
   */
  readonly flagsMatter?: true;
  /**
   * Whether a bio keeps the provider of its memory, and is never merged for
   * that; default: no.
   */
  readonly keepsProvider?: true;
  /**
   * Whether `sameBio` looks at the segment before; else its address is not
   * read, and is 0.
   */
  readonly looksAtPrevious: boolean;
  /**
   * The flag that a submitter stores with a segment of that provider in a bio;
   * what is kept on the bio is stored here, too.
   */
  readonly segmentFlag: (provider: number, bio: number) => number;
  /**
   * Whether memory may follow a segment in the same bio (same_pgmap of
   * blockspec 2.4); `provider` is index + 1, or 0 for host memory.
   */
  readonly sameBio: (
    previousLo: number,
    previousHi: number,
    physLo: number,
    physHi: number,
    provider: number,
    bio: number,
  ) => boolean;
  /**
   * Whose memory a page is that was pinned, from its struct page; default: the
   * submitter knows, or nobody asks.
   */
  readonly pinnedProvider?: (page: number) => number;
  /**
   * Whether two flags say the same of two segments that follow each other in a
   * bio; asked where flags matter.
   */
  readonly sameKind?: (previousFlag: number, flag: number) => boolean;
  /** Whether memory may extend that segment where it is adjacent. */
  readonly sameSegment: (
    previousLo: number,
    previousHi: number,
    previousFlag: number,
    physLo: number,
    physHi: number,
    provider: number,
  ) => boolean;
  /** Whether a bio that takes this memory must never be merged. */
  readonly barsMerging: (
    physLo: number,
    physHi: number,
    provider: number,
  ) => boolean;
  /**
   * Provider index + 1 of a segment to be mapped, of that bio; 0 for host
   * memory.
   */
  readonly providerOf: (
    physLo: number,
    physHi: number,
    flag: number,
    bio: number,
  ) => number;
  /**
   * Whether adjacent memory may become one segment while mapping, from the last
   * byte of the one and the first of the other, with equal flags; default: all
   * may.
   */
  readonly mayJoin?: (
    lastLo: number,
    lastHi: number,
    nextLo: number,
    nextHi: number,
    flag: number,
  ) => boolean;
  /**
   * Takes a provider that is gone out of what the strategy keeps of its own,
   * by its index + 1.
   */
  readonly forget?: (provider: number) => void;
}
