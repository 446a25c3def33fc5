/**
 * Sizes of the bounce pool: slots, their runs, and the longest mapping
 * (include/linux/swiotlb.h, blockspec 4.1).
 */

/** log2 of a slot's bytes. */
export const SWIOTLB_SLOT_SHIFT: number = 11;
export const SWIOTLB_SLOT_BYTES: number = 1 << SWIOTLB_SLOT_SHIFT;
/** Most slots that are one after another. */
export const SWIOTLB_SEGMENT_SLOTS: number = 128;

/**
 * Returns the longest mapping that always fits a segment of slots
 * (`swiotlb_max_mapping_size()`).
 *
 * @example NVMe keeps offsets in its page
 * ```ts
 * import { swiotlbMaxMappingBytes } from "./swiotlb_limits.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(swiotlbMaxMappingBytes(4095), 258048);
 * ```
 */
export function swiotlbMaxMappingBytes(minAlignMask: number): number {
  const lost = Math.ceil(minAlignMask / SWIOTLB_SLOT_BYTES) *
    SWIOTLB_SLOT_BYTES;
  return SWIOTLB_SLOT_BYTES * SWIOTLB_SEGMENT_SLOTS - lost;
}
