/**
 * Where a struct page is that a kernel's pointer points to: by the pointer
 * alone, as the kernel follows it, and not by the address of its page.
 */
import type { PageRange } from "./boot_pages.ts";

/** Offset of the struct page at a kernel's pointer, or 0 where none is. */
export type FindPage = (pointerLo: number, pointerHi: number) => number;

/**
 * Makes the function.
 *
 * @param ranges Struct pages of memory, ascending.
 * @param pageArrayBase Pointer to `struct page` of physical address 0.
 */
export function createPageFinder(
  ranges: readonly PageRange[],
  structBytes: number,
  pageArrayBase: bigint,
): FindPage {
  const pointers = ranges.map(({ lo, hi }) => {
    const phys = BigInt(hi >>> 0) << 32n | BigInt(lo >>> 0);
    return pageArrayBase + (phys >> 12n) * BigInt(structBytes);
  });
  const lo = Int32Array.from(pointers, (at) => Number(BigInt.asIntN(32, at)));
  const hi = Int32Array.from(
    pointers,
    (at) => Number(BigInt.asIntN(32, at >> 32n)),
  );
  const bytes = Int32Array.from(
    ranges,
    ({ sizeBytes }) => sizeBytes / 4096 * structBytes,
  );
  const first = Int32Array.from(ranges, (range) => range.first);
  const findBeyond: FindPage = (pointerLo, pointerHi) => {
    for (let i = 1; i < lo.length; i++) {
      const start = lo[i] as number;
      const borrow = (pointerLo >>> 0) < (start >>> 0) ? 1 : 0;
      if (((pointerHi - (hi[i] as number) - borrow) | 0) !== 0) continue;
      const distance = (pointerLo - start) | 0;
      if (distance >= 0 && distance < (bytes[i] as number)) {
        return ((first[i] as number) + distance) | 0;
      }
    }
    return 0;
  };
  // Most memory is the first range's, whose bounds V8 knows as constants.
  const hostLo = lo[0] ?? 0;
  const hostHi = hi[0] ?? 0;
  const hostBytes = bytes[0] ?? 0;
  const hostFirst = first[0] ?? 0;
  return (pointerLo, pointerHi) => {
    const borrow = (pointerLo >>> 0) < (hostLo >>> 0) ? 1 : 0;
    if (((pointerHi - hostHi - borrow) | 0) === 0) {
      const distance = (pointerLo - hostLo) | 0;
      if (distance >= 0 && distance < hostBytes) {
        return (hostFirst + distance) | 0;
      }
    }
    return findBeyond(pointerLo, pointerHi);
  };
}
