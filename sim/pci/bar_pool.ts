/**
 * The memory of a provider's BARs, handed out in pages: first fit over a
 * bitmap, as `gen_pool` does by default (lib/genalloc.c, used by
 * `pci_alloc_p2pmem()`).
 */

const PAGE_BYTES = 4096;

/** Free and used pages of one BAR. */
export class BarPool {
  readonly #used: Uint8Array;
  #usedPages = 0;

  /**
   * Makes a pool with all pages free.
   *
   * @param sizeBytes Size of the BAR, whole pages.
   */
  constructor(sizeBytes: number) {
    this.#used = new Uint8Array(sizeBytes / PAGE_BYTES);
  }

  /** Size of the pool in bytes. */
  get sizeBytes(): number {
    return this.#used.length * PAGE_BYTES;
  }

  /** Bytes that are free. */
  get availableBytes(): number {
    return (this.#used.length - this.#usedPages) * PAGE_BYTES;
  }

  /**
   * Takes the first run of free pages that is long enough.
   *
   * @param sizeBytes Bytes wanted; rounded up to pages.
   * @returns Offset in the BAR, or -1 where no run is long enough.
   */
  allocate(sizeBytes: number): number {
    const pages = Math.ceil(sizeBytes / PAGE_BYTES);
    let run = 0;
    for (let page = 0; page < this.#used.length; page++) {
      run = this.#used[page] === 0 ? run + 1 : 0;
      if (run < pages || pages === 0) continue;
      const first = page - pages + 1;
      this.#used.fill(1, first, page + 1);
      this.#usedPages += pages;
      return first * PAGE_BYTES;
    }
    return -1;
  }

  /**
   * Gives pages back.
   *
   * @param offset What `allocate()` returned.
   * @param sizeBytes What it was asked for.
   * @throws {RangeError} If any of the pages is free already.
   */
  free(offset: number, sizeBytes: number): void {
    const first = offset / PAGE_BYTES;
    const pages = Math.ceil(sizeBytes / PAGE_BYTES);
    const range = this.#used.subarray(first, first + pages);
    if (
      !Number.isInteger(first) || range.length !== pages || range.includes(0)
    ) {
      throw new RangeError(
        `Cannot free ${sizeBytes} bytes at BAR offset ${offset}: not allocated, expected an allocation`,
      );
    }
    range.fill(0);
    this.#usedPages -= pages;
  }
}
