/**
 * The struct pages that the pieces of a window reach. Whoever visits them all,
 * before or after its I/Os, goes through the array once and in order: pieces
 * are scattered, and each jump to another struct page waits for memory.
 */

/** Pieces of memory, as a window has them. */
export interface ReachingPieces {
  /** I/Os, and pieces. */
  readonly counts: Int32Array;
  readonly physLo: Int32Array;
  readonly physHi: Int32Array;
  readonly pieceBytes: Int32Array;
}

/** Struct pages of a range of memory, one after another. */
export interface StructPageRange {
  /** Offset of the first one. */
  readonly first: number;
  /** How many there are. */
  readonly pages: number;
}

/** Where struct pages are. */
export interface ReachedArray {
  /** Ascending. */
  readonly ranges: readonly StructPageRange[];
  readonly structBytes: number;
  readonly pageOf: (physLo: number, physHi: number) => number;
}

/**
 * Finds the struct pages of a window's memory.
 *
 * @param most Pieces that are looked at, from the first one on; default: all.
 * @returns Their offsets, each once, ascending; none of memory that has none.
 */
export function reachedPages(
  { ranges, structBytes, pageOf }: ReachedArray,
  { counts, physLo, physHi, pieceBytes }: ReachingPieces,
  most = Infinity,
): Int32Array {
  const isReached = ranges.map(({ pages }) => new Uint8Array(pages));
  const firsts = Int32Array.from(ranges, ({ first }) => first);
  const pieces = Math.min(counts[1] ?? 0, most);
  let reached = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const lo = physLo[piece] as number;
    const page = pageOf(lo, physHi[piece] as number);
    if (page === 0) continue;
    let range = firsts.length - 1;
    while ((firsts[range] as number) > page) range--;
    const marks = isReached[range] as Uint8Array;
    let at = ((page - (firsts[range] as number)) / structBytes) | 0;
    const bytes = (lo & 4095) + (pieceBytes[piece] as number);
    const end = Math.min(marks.length, at + ((bytes + 4095) >>> 12));
    for (; at < end; at++) {
      reached += 1 - (marks[at] as number);
      marks[at] = 1;
    }
  }
  const found = new Int32Array(reached);
  let next = 0;
  for (const [range, marks] of isReached.entries()) {
    const first = firsts[range] as number;
    for (let at = marks.indexOf(1); at >= 0; at = marks.indexOf(1, at)) {
      for (; marks[at] === 1; at++) found[next++] = first + at * structBytes;
    }
  }
  return found;
}
