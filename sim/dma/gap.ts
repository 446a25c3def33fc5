/**
 * The gap bit of a request: the lowest address bit at which a join between
 * two segments is not aligned, plus one, and the mask of all such bits
 * (blockspec 2.9; `req_phys_gap_mask()` in include/linux/blk-mq.h).
 */

/**
 * Returns the bits at which joins of a request may be unaligned.
 *
 * ~(((1 << bit) >> 1) - 1); its low 32 bits are enough, because no merge
 * boundary is wider.
 *
 * @param gapBit The request's gap bit, 0 to 32.
 * @returns An int32; 0 if there are no gaps.
 *
 * @example Joins at 512-byte multiples, an IOMMU with 4 KiB pages
 * ```ts
 * import { gapMask } from "./gap.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gapMask(10) & 4095, 0xe00);
 * assertEquals(gapMask(13) & 4095, 0);
 * ```
 */
export function gapMask(gapBit: number): number {
  // In JavaScript 1 << 32 is 1, so the last bit is written without it.
  return gapBit === 0 ? 0 : -(1 << (gapBit - 1)) | 0;
}

/**
 * Returns whether all segments of a request can be one after another in one
 * IOVA range.
 *
 * @param mergeBoundaryMask Smallest IOMMU page minus one, such as 4095.
 * @returns Whether every join is on an IOMMU page.
 */
export function canCoalesce(
  gapBit: number,
  mergeBoundaryMask: number,
): boolean {
  return (gapMask(gapBit) & mergeBoundaryMask) === 0;
}
