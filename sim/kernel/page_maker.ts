/**
 * Struct pages that are made when an I/O reaches them: the array of a large
 * machine is tens of MiB, and a few I/Os reach only a part of it.
 */
import type { StructPageRange } from "./reached_pages.ts";

/** Struct pages of a range of memory that are made when they are needed. */
interface SparseRange extends StructPageRange {
  /** Pages of a folio, a power of two. */
  readonly folioPages: number;
  /** Place of the first page in a naturally aligned folio. */
  readonly inFolio: number;
  /** Makes the whole folios among some pages compound. */
  readonly makeFolios: (from: number, to: number) => void;
}

/** Makes struct pages, by their offsets, and those of the folios they are of. */
export type MakePages = (reached: Int32Array) => void;

/**
 * Returns what makes pages of an array in which only first ones are made.
 *
 * @param structBytes sizeof(struct page).
 * @param ranges Its ranges, ascending.
 */
export function pageMaker(
  bytes: Uint8Array<SharedArrayBuffer>,
  structBytes: number,
  ranges: readonly SparseRange[],
): MakePages {
  const words = new Int32Array(
    bytes.buffer,
    bytes.byteOffset,
    bytes.length >>> 2,
  );
  const structWords = structBytes >>> 2;
  const firstPages = Int32Array.from(ranges, ({ first }) => first);
  const one = ranges.map(({ first }) =>
    words.slice(first >>> 2, (first >>> 2) + structWords)
  );
  const made = ranges.map(({ pages }) => new Uint8Array(pages));
  return (reached) => {
    for (let i = 0; i < reached.length; i++) {
      const page = reached[i] as number;
      let index = firstPages.length - 1;
      while ((firstPages[index] as number) > page) index--;
      const { first, pages, folioPages, inFolio, makeFolios } =
        ranges[index] as SparseRange;
      const isMade = made[index] as Uint8Array;
      const at = ((page - first) / structBytes) | 0;
      if (isMade[at] === 1) continue;
      // A whole folio, as far as it is in the range.
      const start = at - ((at + inFolio) & (folioPages - 1));
      const from = Math.max(0, start);
      const to = Math.min(pages, start + folioPages);
      const template = one[index] as Int32Array;
      for (let next = from; next < to; next++) {
        isMade[next] = 1;
        const word = (first + next * structBytes) >>> 2;
        for (let i = 0; i < structWords; i++) {
          words[word + i] = template[i] as number;
        }
      }
      makeFolios(from, to);
    }
  };
}
