/**
 * Direct mapping: the DMA address is the physical one, unless the device does
 * not reach it (blockspec 4.1; `dma_direct_map_phys()` in kernel/dma/direct.h).
 */
import { DMA_ATTRIBUTE, type DmaDirection } from "./dma_attributes.ts";
import type { Swiotlb } from "./swiotlb.ts";

/** How a mapping ended. */
export const MAP_RESULT = {
  /** Mapped; the address is in the fields. */
  mapped: 0,
  /** Mapped through the bounce pool. */
  bounced: 1,
  /** Out of the device's reach, and no bouncing (DMA_MAPPING_ERROR). */
  unreachable: 2,
  /** It would have to be bounced, but the pool has no room. */
  noSlots: 3,
} as const;

// Constants of its own: bench/HOT_PATH.md.
const MMIO = DMA_ATTRIBUTE.mmio;
const UNREACHABLE = MAP_RESULT.unreachable;
const MAPPED = MAP_RESULT.mapped;
const NO_SLOTS = MAP_RESULT.noSlots;
const BOUNCED = MAP_RESULT.bounced;

/** A number of `MAP_RESULT`. */
export type MapResult = typeof MAP_RESULT[keyof typeof MAP_RESULT];

/** What a device reaches. */
export interface DirectOptions {
  /** Bits of the device's DMA mask, 24 to 64; NVMe 64, with a quirk 48. */
  readonly maskBits: number;
  /** Whether every mapping is bounced (`swiotlb=force`). */
  readonly forceBounce?: boolean;
  /** The bounce pool; default: none. */
  readonly swiotlb?: Swiotlb;
}

/**
 * Maps memory for one device. The last answer is in the fields.
 *
 * @example A BAR above 4 GiB is out of reach of a 32-bit device
 * ```ts
 * import { DirectMapper, MAP_RESULT } from "./direct.ts";
 * import { DMA_ATTRIBUTE } from "./dma_attributes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const mapper = new DirectMapper({ maskBits: 32 });
 * assertEquals(
 *   mapper.map(0, 0x3c00, 4096, DMA_ATTRIBUTE.mmio),
 *   MAP_RESULT.unreachable,
 * );
 * ```
 */
export class DirectMapper {
  /** Low half of the DMA address. */
  addressLo = 0;
  /** High half of the DMA address. */
  addressHi = 0;
  /** How many mappings were made. */
  mappings = 0;
  /** How many mappings are not unmapped yet. */
  liveMappings = 0;
  /** Whether unmapping is nothing at all (`dma_need_unmap()` is false). */
  readonly unmapIsEmpty: boolean;
  readonly #limitLo: number;
  readonly #limitHi: number;
  readonly #forceBounce: boolean;
  readonly #swiotlb: Swiotlb | null;

  /**
   * Makes the mapper of one device.
   *
   * @throws {RangeError} If the mask is not from 24 to 64 bits.
   */
  constructor(options: DirectOptions) {
    const { maskBits, forceBounce = false, swiotlb = null } = options;
    if (!Number.isInteger(maskBits) || maskBits < 24 || maskBits > 64) {
      throw new RangeError(
        `Cannot use DMA mask of ${maskBits} bits, expected 24 to 64`,
      );
    }
    const limit = (1n << BigInt(maskBits)) - 1n;
    this.#limitLo = Number(limit & 0xffff_ffffn);
    this.#limitHi = Number(limit >> 32n);
    this.#forceBounce = forceBounce;
    this.#swiotlb = swiotlb;
    this.unmapIsEmpty = swiotlb === null;
  }

  /**
   * Maps a piece of memory.
   *
   * @param sizeBytes Bytes, 1 or more.
   * @param attributes Bits of `DMA_ATTRIBUTE`; what is `mmio` is never bounced.
   * @returns How it ended; the address is in `addressLo` and `addressHi`.
   */
  map(
    physLo: number,
    physHi: number,
    sizeBytes: number,
    attributes: number,
  ): MapResult {
    const isMmio = (attributes & MMIO) !== 0;
    if (this.#forceBounce) {
      if (isMmio) return UNREACHABLE;
      return this.#bounce(physLo, physHi, sizeBytes);
    }
    if (!this.#reaches(physLo, physHi, sizeBytes)) {
      if (isMmio) return UNREACHABLE;
      return this.#bounce(physLo, physHi, sizeBytes);
    }
    this.addressLo = physLo | 0;
    this.addressHi = physHi;
    this.mappings++;
    this.liveMappings++;
    return MAPPED;
  }

  unmap(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    direction: DmaDirection,
  ): void {
    this.liveMappings--;
    const pool = this.#swiotlb;
    if (pool === null || !pool.holds(addressLo, addressHi)) return;
    pool.unmap(addressLo, sizeBytes, direction);
  }

  #bounce(physLo: number, physHi: number, sizeBytes: number): MapResult {
    const pool = this.#swiotlb;
    if (pool === null) return UNREACHABLE;
    if (!pool.map(physLo, physHi, sizeBytes)) return NO_SLOTS;
    this.addressLo = pool.addressLo | 0;
    this.addressHi = 0;
    this.mappings++;
    this.liveMappings++;
    return BOUNCED;
  }

  /** dma_capable(): whether the last byte is within the mask. */
  #reaches(lo: number, hi: number, sizeBytes: number): boolean {
    const end = (lo >>> 0) + (sizeBytes - 1);
    const endHi = (hi >>> 0) + (end >= 4294967296 ? 1 : 0);
    if (endHi !== this.#limitHi) return endHi < this.#limitHi;
    return (end | 0) >>> 0 <= this.#limitLo;
  }
}
