/**
 * What a mapping is passed about its memory and its direction.
 */

/** `enum dma_data_direction` (include/linux/dma-direction.h). */
export const DMA_DIRECTION = {
  /** The device reads and writes. */
  bidirectional: 0,
  /** The device reads: a write of the block layer. */
  toDevice: 1,
  /** The device writes: a read of the block layer. */
  fromDevice: 2,
} as const;

/** A number of `DMA_DIRECTION`. */
export type DmaDirection = typeof DMA_DIRECTION[keyof typeof DMA_DIRECTION];

/** `DMA_ATTR_*` bits (include/linux/dma-mapping.h). */
export const DMA_ATTRIBUTE = {
  /** The memory is MMIO: not cached, no page, never bounced. */
  mmio: 1 << 10,
} as const;
