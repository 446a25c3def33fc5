/**
 * The page table of an IOMMU domain: which physical page an IOVA page stands
 * for. The device model reads it to translate what a device sends.
 *
 * Leaf tables of 512 entries as on x86, found by the address bits above; the
 * levels in between are not modelled.
 */

const LEAF_ENTRIES = 512;
const SLOT_MASK = LEAF_ENTRIES - 1;
const NOT_MAPPED = -1;

/** Page table of an IOMMU with 4 KiB pages. Pages are numbers below 2^52. */
export class IoPageTable {
  readonly #leaves = new Map<number, Float64Array>();
  // The leaf used last: a request's pages are in one or two.
  #leafNumber = -1;
  #leaf: Float64Array = new Float64Array(0);
  #mappedPages = 0;

  get mappedPages(): number {
    return this.#mappedPages;
  }

  /**
   * Maps pages that are one after another on both sides.
   *
   * @param page First IOVA page.
   * @param physPage First physical page.
   * @returns False if any is mapped already; those before it then are.
   */
  map(page: number, physPage: number, pages: number): boolean {
    for (let done = 0; done < pages;) {
      const leaf = this.#select(page + done);
      const first = (page + done) & SLOT_MASK;
      const end = Math.min(LEAF_ENTRIES, first + pages - done);
      for (let slot = first; slot < end; slot++) {
        if (leaf[slot] !== NOT_MAPPED) return false;
        leaf[slot] = physPage + done;
        done++;
        this.#mappedPages++;
      }
    }
    return true;
  }

  /**
   * Takes mappings away.
   *
   * @returns How many of the pages were mapped.
   */
  unmap(page: number, pages: number): number {
    const before = this.#mappedPages;
    for (let done = 0; done < pages;) {
      const leaf = this.#select(page + done);
      const first = (page + done) & SLOT_MASK;
      const end = Math.min(LEAF_ENTRIES, first + pages - done);
      for (let slot = first; slot < end; slot++) {
        if (leaf[slot] !== NOT_MAPPED) this.#mappedPages--;
        leaf[slot] = NOT_MAPPED;
        done++;
      }
    }
    return before - this.#mappedPages;
  }

  /**
   * Translates a page.
   *
   * @returns The physical page, or -1 for a fault.
   */
  translate(page: number): number {
    const number = Math.floor(page / LEAF_ENTRIES);
    // A fault must not make a leaf.
    const leaf = number === this.#leafNumber
      ? this.#leaf
      : this.#leaves.get(number);
    return leaf?.[page & SLOT_MASK] ?? NOT_MAPPED;
  }

  /** The leaf of a page, made where there is none yet. */
  #select(page: number): Float64Array {
    const number = Math.floor(page / LEAF_ENTRIES);
    if (number === this.#leafNumber) return this.#leaf;
    let leaf = this.#leaves.get(number);
    if (leaf === undefined) {
      leaf = new Float64Array(LEAF_ENTRIES).fill(NOT_MAPPED);
      this.#leaves.set(number, leaf);
    }
    this.#leafNumber = number;
    this.#leaf = leaf;
    return leaf;
  }
}
