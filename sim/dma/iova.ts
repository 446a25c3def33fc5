/**
 * IOVA allocation: addresses below 4 GiB first, and a cache of freed ranges of
 * up to 32 pages (`iommu_dma_alloc_iova()` in drivers/iommu/dma-iommu.c,
 * `alloc_iova_fast()` in drivers/iommu/iova.c; blockspec 4.2).
 */
import { IovaTree } from "./iova_tree.ts";

/** IOVA_RANGE_CACHE_MAX_SIZE: sizes of 1, 2, 4, 8, 16 and 32 pages. */
const CACHED_ORDERS = 6;
/** IOVA_MAG_SIZE: ranges in a magazine; a CPU has two for each size. */
const MAGAZINE_RANGES = 127;
const CACHED_RANGES = 2 * MAGAZINE_RANGES;
const LAST_PAGE_32BIT = 2 ** 20 - 1;

/**
 * Longest mapping whose IOVA comes from the cache (`iova_rcache_range()`); what
 * `dma_opt_mapping_size()` returns to a driver behind an IOMMU.
 */
export const IOVA_OPTIMAL_BYTES = 4096 << (CACHED_ORDERS - 1);

/** Ranges that can exist at once, cached ones too. */
const MOST_RANGES = 16384;

export interface IovaOptions {
  /** Bits of the device's DMA mask; default: 64. */
  readonly maskBits?: number;
}

/** Hands out IOVA pages for one CPU. Pages are numbers below 2^52. */
export class IovaAllocator {
  readonly #tree: IovaTree;
  readonly #lastPage: number;
  readonly #cache: Float64Array;
  readonly #cached = new Int32Array(CACHED_ORDERS);
  #try32 = true;
  #livePages = 0;

  constructor(options: IovaOptions = {}) {
    const { maskBits = 64 } = options;
    this.#tree = new IovaTree(MOST_RANGES);
    // x86 IOMMUs translate 48 or 57 bits; 48 is the usual aperture.
    this.#lastPage = 2 ** (Math.min(maskBits, 48) - 12) - 1;
    this.#cache = new Float64Array(CACHED_ORDERS * CACHED_RANGES);
  }

  /** How many pages are handed out, rounding included. */
  get livePages(): number {
    return this.#livePages;
  }

  /** How many times the tree was searched. */
  get searches(): number {
    return this.#tree.searches;
  }

  /**
   * Allocates a range.
   *
   * @returns Its first page, or 0 if there is none.
   */
  allocate(pages: number): number {
    const order = orderOf(pages);
    // Sizes that the cache may hold are rounded up to a power of two.
    const rounded = order < CACHED_ORDERS ? 1 << order : pages;
    if (order < CACHED_ORDERS) {
      const count = this.#cached[order] ?? 0;
      if (count > 0) {
        this.#cached[order] = count - 1;
        this.#livePages += rounded;
        return this.#cache[order * CACHED_RANGES + count - 1] ?? 0;
      }
    }
    let page = 0;
    if (this.#try32) {
      const last = Math.min(this.#lastPage, LAST_PAGE_32BIT);
      page = this.#tree.allocate(rounded, last);
      // pci_32bit_workaround: once full, low addresses are not tried again.
      if (page === 0 && this.#lastPage > LAST_PAGE_32BIT) this.#try32 = false;
    }
    if (page === 0) page = this.#tree.allocate(rounded, this.#lastPage);
    if (page === 0) {
      this.#flushCache();
      page = this.#tree.allocate(rounded, this.#lastPage);
    }
    if (page !== 0) this.#livePages += rounded;
    return page;
  }

  /**
   * Gives a range back, to the cache if it has room.
   *
   * @param page Its first page.
   */
  free(page: number, pages: number): void {
    const order = orderOf(pages);
    this.#livePages -= order < CACHED_ORDERS ? 1 << order : pages;
    if (order < CACHED_ORDERS) {
      const count = this.#cached[order] ?? 0;
      if (count < CACHED_RANGES) {
        this.#cache[order * CACHED_RANGES + count] = page;
        this.#cached[order] = count + 1;
        return;
      }
    }
    this.#tree.free(page);
  }

  #flushCache(): void {
    for (let order = 0; order < CACHED_ORDERS; order++) {
      const count = this.#cached[order] ?? 0;
      for (let i = 0; i < count; i++) {
        this.#tree.free(this.#cache[order * CACHED_RANGES + i] ?? 0);
      }
      this.#cached[order] = 0;
    }
  }
}

/** Order of the smallest power of two that holds this many pages. */
function orderOf(pages: number): number {
  return pages <= 1 ? 0 : 32 - Math.clz32(pages - 1);
}
