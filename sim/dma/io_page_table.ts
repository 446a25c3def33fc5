/**
 * The page table of an IOMMU domain: which physical page an IOVA page stands
 * for. The device model reads it to translate what a device sends.
 *
 * Leaf tables of 512 entries as on x86, found by the address bits above; the
 * levels in between are not modelled.
 */

const LEAF_ENTRIES = 512;
const NOT_MAPPED = -1;

/** Page table of an IOMMU with 4 KiB pages. Pages are numbers below 2^52. */
export class IoPageTable {
  readonly #leaves = new Map<number, Float64Array>();
  #mappedPages = 0;

  /** How many pages are mapped. */
  get mappedPages(): number {
    return this.#mappedPages;
  }

  /**
   * Maps pages that lie behind one another on both sides.
   *
   * @param page First IOVA page.
   * @param physPage First physical page.
   * @param pages How many.
   * @returns False if any is mapped already; those before it then are.
   */
  map(page: number, physPage: number, pages: number): boolean {
    for (let i = 0; i < pages; i++) {
      const leaf = this.#leafOf(page + i);
      const slot = (page + i) % LEAF_ENTRIES;
      if (leaf[slot] !== NOT_MAPPED) return false;
      leaf[slot] = physPage + i;
      this.#mappedPages++;
    }
    return true;
  }

  /**
   * Takes mappings away.
   *
   * @param page First IOVA page.
   * @param pages How many.
   * @returns How many were mapped.
   */
  unmap(page: number, pages: number): number {
    const before = this.#mappedPages;
    for (let i = 0; i < pages; i++) {
      const leaf = this.#leaves.get(Math.floor((page + i) / LEAF_ENTRIES));
      const slot = (page + i) % LEAF_ENTRIES;
      if (leaf === undefined || leaf[slot] === NOT_MAPPED) continue;
      leaf[slot] = NOT_MAPPED;
      this.#mappedPages--;
    }
    return before - this.#mappedPages;
  }

  /**
   * Translates a page.
   *
   * @param page The IOVA page.
   * @returns The physical page, or -1 for a fault.
   */
  translate(page: number): number {
    const leaf = this.#leaves.get(Math.floor(page / LEAF_ENTRIES));
    return leaf?.[page % LEAF_ENTRIES] ?? NOT_MAPPED;
  }

  #leafOf(page: number): Float64Array {
    const number = Math.floor(page / LEAF_ENTRIES);
    let leaf = this.#leaves.get(number);
    if (leaf === undefined) {
      leaf = new Float64Array(LEAF_ENTRIES).fill(NOT_MAPPED);
      this.#leaves.set(number, leaf);
    }
    return leaf;
  }
}
