/**
 * Struct pages that are made when an I/O reaches them: an array of a large
 * machine is tens of MiB, of which few I/Os reach a part.
 */

/** Struct pages of a range of memory that are made when they are needed. */
interface SparseRange {
  /** Its first struct page. */
  readonly first: number;
  readonly pages: number;
  readonly folioPages: number;
  /** Place of the first page in a naturally aligned folio. */
  readonly inFolio: number;
  /** Makes the whole folios among some pages compound. */
  readonly makeFolios: (from: number, to: number) => void;
}

/** Makes the struct pages of some memory, and of the folios it is part of. */
export type MakePages = (
  physLo: number,
  physHi: number,
  sizeBytes: number,
) => void;

/**
 * Gives what makes pages of an array in which only first ones are made.
 *
 * @param structBytes sizeof(struct page).
 * @param array Its ranges, and what finds a page in them.
 */
export function pageMaker(
  bytes: Uint8Array<SharedArrayBuffer>,
  structBytes: number,
  { ranges, pageOf }: {
    readonly ranges: readonly SparseRange[];
    readonly pageOf: (physLo: number, physHi: number) => number;
  },
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
  return (physLo, physHi, sizeBytes) => {
    const page = pageOf(physLo, physHi);
    if (page === 0) return;
    let index = firstPages.length - 1;
    while ((firstPages[index] as number) > page) index--;
    const range = ranges[index] as SparseRange;
    const { first, pages, folioPages, inFolio, makeFolios } = range;
    const template = one[index] as Int32Array;
    const isMade = made[index] as Uint8Array;
    const at = ((page - first) / structBytes) | 0;
    const behind = at + ((((physLo & 4095) + sizeBytes + 4095) / 4096) | 0);
    // Whole folios, a power of two, as far as they are in the range.
    const inside = folioPages - 1;
    const from = Math.max(0, at - ((at + inFolio) & inside));
    const to = Math.min(
      pages,
      ((behind + inFolio + inside) & ~inside) - inFolio,
    );
    for (let next = from; next < to; next++) {
      if (isMade[next] === 1) continue;
      const start = next;
      for (; next < to && isMade[next] === 0; next++) {
        isMade[next] = 1;
        const word = (first + next * structBytes) >>> 2;
        for (let i = 0; i < structWords; i++) {
          words[word + i] = template[i] as number;
        }
      }
      makeFolios(start, next);
    }
  };
}
