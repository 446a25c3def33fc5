/**
 * Mapping through an IOMMU: one IOVA range for a whole request, linked piece
 * by piece and synced once (blockspec 4.2; `dma_iova_*` in
 * drivers/iommu/dma-iommu.c), or one range for each piece.
 */
import { IovaAllocator, type IovaOptions } from "./iova.ts";
import { IoPageTable } from "./io_page_table.ts";

/** Negative error numbers of the kernel, as mappings return them. */
export const IOMMU_ERROR = {
  /** A later piece does not begin on a page: -EIO. */
  misaligned: -5,
  /** No page for a table of the IOMMU (iommu_map): -ENOMEM. */
  noMemory: -12,
  /** The IOVA of a piece is not at a page boundary, or is in use: -EINVAL. */
  invalid: -22,
} as const;

// Constants of its own: bench/HOT_PATH.md.
const MISALIGNED = IOMMU_ERROR.misaligned;
const INVALID = IOMMU_ERROR.invalid;

const PAGE_BYTES = 4096;
const OFFSET_MASK = PAGE_BYTES - 1;

/** An IOVA range that a request maps into (`struct dma_iova_state`). */
export class IovaState {
  /** Low half of the first DMA address. */
  addressLo = 0;
  /** High half of the first DMA address. */
  addressHi = 0;
  /** Bytes of the range; 0 where none is allocated. */
  sizeBytes = 0;
  /** First IOVA page. */
  page = 0;
  /** Pages asked for. */
  pages = 0;
}

/**
 * The IOMMU domain of one device.
 *
 * @example Two scattered pages in one range, with one sync
 * ```ts
 * import { IommuDomain, IovaState } from "./iommu.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const domain = new IommuDomain();
 * const state = new IovaState();
 * domain.allocate(state, 0x5000, 8192);
 * domain.link(state, 0x5000, 0, 0, 4096);
 * domain.link(state, 0x9000, 0, 4096, 4096);
 * domain.sync();
 * assertEquals(domain.translate(state.addressLo + 4096, 0), true);
 * assertEquals(domain.physLo, 0x9000);
 * ```
 */
export class IommuDomain {
  /** Merge boundary of requests: the smallest page minus one. */
  readonly mergeBoundaryMask: number = OFFSET_MASK;
  /** IOTLB syncs after mapping: one for each request or single piece. */
  mapSyncs = 0;
  /** IOTLB flushes after unmapping (strict mode). */
  unmapFlushes = 0;
  /** Low half of the address that `mapPhys()` made. */
  addressLo = 0;
  /** High half of the address that `mapPhys()` made. */
  addressHi = 0;
  /** Low half of the address that `translate()` found. */
  physLo = 0;
  /** High half of the address that `translate()` found. */
  physHi = 0;
  /** How many ranges are not destroyed yet. */
  liveRanges = 0;
  readonly #iova: IovaAllocator;
  readonly #table = new IoPageTable();

  constructor(options: IovaOptions = {}) {
    this.#iova = new IovaAllocator(options);
  }

  /** IOVA bytes handed out. */
  get liveBytes(): number {
    return this.#iova.livePages * PAGE_BYTES;
  }

  /** Bytes that the page table maps. */
  get mappedBytes(): number {
    return this.#table.mappedPages * PAGE_BYTES;
  }

  /**
   * Allocates the IOVA range of a request (`dma_iova_try_alloc()`).
   *
   * @param state Filled with the range.
   * @param physLo Low half of the first piece's address: its offset in the
   *   page is kept.
   * @param sizeBytes Bytes of all pieces.
   */
  allocate(state: IovaState, physLo: number, sizeBytes: number): boolean {
    const offset = physLo & OFFSET_MASK;
    const pages = pagesFor(sizeBytes + offset);
    const page = this.#iova.allocate(pages);
    state.sizeBytes = 0;
    if (page === 0) return false;
    state.page = page;
    state.pages = pages;
    state.sizeBytes = sizeBytes;
    state.addressLo = (page * PAGE_BYTES | 0) | offset;
    state.addressHi = page / 2 ** 20 | 0;
    this.liveRanges++;
    return true;
  }

  /**
   * Links a piece into a range, after those linked before (`dma_iova_link()`).
   *
   * @param offset Bytes linked before it.
   * @returns 0, or an error of `IOMMU_ERROR`; the caller then destroys with
   *   the bytes linked before.
   */
  link(
    state: IovaState,
    physLo: number,
    physHi: number,
    offset: number,
    sizeBytes: number,
  ): number {
    const pad = physLo & OFFSET_MASK;
    if (pad !== 0 && offset > 0) return MISALIGNED;
    // The piece before it ended within a page, so this one would begin there.
    const iovaOffset = (state.addressLo & OFFSET_MASK) + offset - pad;
    if ((iovaOffset & OFFSET_MASK) !== 0) return INVALID;
    const page = state.page + iovaOffset / PAGE_BYTES;
    const physPage = (physHi >>> 0) * 2 ** 20 + (physLo >>> 12);
    const pages = pagesFor(sizeBytes + pad);
    return this.#table.map(page, physPage, pages) ? 0 : INVALID;
  }

  /** Makes linked pieces visible to the device (`dma_iova_sync()`). */
  sync(): void {
    this.mapSyncs++;
  }

  /**
   * Unlinks and frees a range (`dma_iova_destroy()`).
   *
   * @param mappedBytes Bytes linked; less than all after an error.
   */
  destroy(state: IovaState, mappedBytes: number): void {
    if (mappedBytes > 0) {
      const offset = state.addressLo & OFFSET_MASK;
      const pages = pagesFor(mappedBytes + offset);
      this.#table.unmap(state.page, pages);
      this.unmapFlushes++;
    }
    this.#iova.free(state.page, state.pages);
    this.liveRanges--;
    state.sizeBytes = 0;
  }

  /**
   * Maps one piece alone (`iommu_dma_map_phys()`).
   *
   * @returns Whether there was an IOVA; it is in `addressLo`, `addressHi`.
   */
  mapPhys(physLo: number, physHi: number, sizeBytes: number): boolean {
    const offset = physLo & OFFSET_MASK;
    const pages = pagesFor(sizeBytes + offset);
    const page = this.#iova.allocate(pages);
    if (page === 0) return false;
    const physPage = (physHi >>> 0) * 2 ** 20 + (physLo >>> 12);
    this.#table.map(page, physPage, pages);
    this.mapSyncs++;
    this.liveRanges++;
    this.addressLo = (page * PAGE_BYTES | 0) | offset;
    this.addressHi = page / 2 ** 20 | 0;
    return true;
  }

  /** Unmaps one piece alone (`iommu_dma_unmap_phys()`). */
  unmapPhys(addressLo: number, addressHi: number, sizeBytes: number): void {
    const offset = addressLo & OFFSET_MASK;
    const page = (addressHi >>> 0) * 2 ** 20 + (addressLo >>> 12);
    const pages = pagesFor(sizeBytes + offset);
    this.#table.unmap(page, pages);
    this.unmapFlushes++;
    this.#iova.free(page, pages);
    this.liveRanges--;
  }

  /**
   * Translates what a device sends; for the device's side.
   *
   * @returns Whether it is mapped; `physLo` and `physHi` hold the address.
   */
  translate(addressLo: number, addressHi: number): boolean {
    const page = (addressHi >>> 0) * 2 ** 20 + (addressLo >>> 12);
    const physPage = this.#table.translate(page);
    if (physPage < 0) return false;
    this.physLo = (physPage * PAGE_BYTES | 0) | (addressLo & OFFSET_MASK);
    this.physHi = physPage / 2 ** 20 | 0;
    return true;
  }
}

/** Pages that this many bytes need from a page boundary on; below 4 GiB. */
function pagesFor(sizeBytes: number): number {
  return (sizeBytes + OFFSET_MASK) >>> 12;
}
