/**
 * An address kept as a pointer into the `struct page` array, with the offset in
 * the page beside it. What closures capture is a `const`, see word.ts.
 */
import type {
  AddressField,
  OffsetAccess,
  PageArrayBase,
  WholeAddress,
} from "./address_field.ts";

/** Pointers of 4 bytes, to struct pages of any size. */
export function page32(
  field: AddressField,
  inPage: OffsetAccess,
  array: PageDivision & { pageBytes: number; pages: PageArrayBase },
): WholeAddress {
  const { pageBytes, zeros, inverse } = array;
  const { baseLo } = array.pages;
  const { locate } = field;
  const { lo, keptLo, write } = field.words;
  const { locate: locateOffset } = inPage;
  const { lo: readOffset, write: writeOffset } = inPage.words;
  return {
    lo: (base, capacity, index) => {
      const page = lo(locate(base, capacity, index));
      const pfn = Math.imul((page - baseLo) >>> zeros, inverse);
      return (pfn << 12) |
        readOffset(locateOffset(base, capacity, index));
    },
    hi: (base, capacity, index) => {
      const page = keptLo(locate(base, capacity, index));
      return Math.imul((page - baseLo) >>> zeros, inverse) >>> 20;
    },
    write: (base, capacity, index, physLo, physHi) => {
      const pfn = (physLo >>> 12) | (physHi << 20);
      write(
        locate(base, capacity, index),
        (baseLo + Math.imul(pfn, pageBytes)) | 0,
        0,
      );
      writeOffset(locateOffset(base, capacity, index), physLo & 4095, 0);
    },
  };
}

/** Page array that starts at a multiple of 2^32, as vmemmap does: no carry. */
export function page64(
  field: AddressField,
  inPage: OffsetAccess,
  pageBaseHi: number,
): WholeAddress {
  const baseHi = pageBaseHi;
  const { locate } = field;
  const { lo, keptLo, keptHi, write } = field.words;
  const { locate: locateOffset } = inPage;
  const { lo: readOffset, write: writeOffset } = inPage.words;
  return {
    lo: (base, capacity, index) =>
      (lo(locate(base, capacity, index)) << 6) |
      readOffset(locateOffset(base, capacity, index)),
    hi: (base, capacity, index) => {
      const at = locate(base, capacity, index);
      return (keptLo(at) >>> 26) | ((keptHi(at) - baseHi) << 6);
    },
    write: (base, capacity, index, physLo, physHi) => {
      // pfn * 64 = (phys >> 12) << 6
      write(
        locate(base, capacity, index),
        ((physLo >>> 6) | (physHi << 26)) & ~63,
        ((physHi >>> 6) + baseHi) | 0,
      );
      writeOffset(locateOffset(base, capacity, index), physLo & 4095, 0);
    },
  };
}

/** The same where the array starts anywhere. */
export function page64Unaligned(
  field: AddressField,
  inPage: OffsetAccess,
  pages: PageArrayBase,
): WholeAddress {
  const { baseLo, baseHi } = pages;
  const { locate } = field;
  const { lo, keptLo, keptHi, write } = field.words;
  const { locate: locateOffset } = inPage;
  const { lo: readOffset, write: writeOffset } = inPage.words;
  return {
    lo: (base, capacity, index) =>
      ((lo(locate(base, capacity, index)) - baseLo) << 6) |
      readOffset(locateOffset(base, capacity, index)),
    hi: (base, capacity, index) => {
      const at = locate(base, capacity, index);
      const page = keptLo(at);
      const borrow = (page >>> 0) < (baseLo >>> 0) ? 1 : 0;
      return ((page - baseLo) >>> 26) |
        ((keptHi(at) - baseHi - borrow) << 6);
    },
    write: (base, capacity, index, physLo, physHi) => {
      const fromBase = ((physLo >>> 6) | (physHi << 26)) & ~63;
      const sum = (fromBase + baseLo) | 0;
      const carry = (sum >>> 0) < (baseLo >>> 0) ? 1 : 0;
      write(
        locate(base, capacity, index),
        sum,
        ((physHi >>> 6) + baseHi + carry) | 0,
      );
      writeOffset(locateOffset(base, capacity, index), physLo & 4095, 0);
    },
  };
}

/** A division by sizeof(struct page): a shift, and a multiplication. */
export interface PageDivision {
  readonly zeros: number;
  readonly inverse: number;
}

/**
 * page_to_pfn() divides by sizeof(struct page). The division is exact, so the
 * compiler multiplies by the inverse of the odd part modulo 2^32.
 */
export function pageDivision(pageBytes: number): PageDivision {
  const zeros = 31 - Math.clz32(pageBytes & -pageBytes);
  return { zeros, inverse: oddInverse(pageBytes >>> zeros) };
}

/** Newton's method doubles the number of right bits: 3, 6, 12, 24, 48. */
function oddInverse(odd: number): number {
  let inverse = odd;
  for (let step = 0; step < 4; step++) {
    inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  }
  return inverse;
}
