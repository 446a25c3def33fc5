/**
 * The IOVA ranges of a domain in address order, and the search for a free one
 * from the top down (`__alloc_and_insert_iova_range()` in
 * drivers/iommu/iova.c). The kernel's red-black tree is a sorted array here,
 * which finds the same addresses.
 */

/** First page beyond 4 GiB: `dma_32bit_pfn`. */
const PAGES_32BIT = 2 ** 20;
const START_PAGE = 1;

/** Live IOVA ranges, in pages of 4096. */
export class IovaTree {
  readonly #first: Float64Array;
  readonly #last: Float64Array;
  #count = 0;
  /** The node found last, by which a search begins; the count is the anchor. */
  #cached32 = 0;
  #cached = 0;
  #max32Size = PAGES_32BIT;
  #livePages = 0;
  #searches = 0;

  /**
   * Makes an empty tree.
   *
   * @param capacity How many ranges can live at once.
   */
  constructor(capacity: number) {
    const bytes = capacity * Float64Array.BYTES_PER_ELEMENT;
    this.#first = new Float64Array(new SharedArrayBuffer(bytes));
    this.#last = new Float64Array(new SharedArrayBuffer(bytes));
  }

  /** How many ranges live. */
  get count(): number {
    return this.#count;
  }

  /** How many pages they have. */
  get livePages(): number {
    return this.#livePages;
  }

  /** How many searches there were. */
  get searches(): number {
    return this.#searches;
  }

  /**
   * Takes a free range, size-aligned to a power of two.
   *
   * @param lastPage Highest page that may be used.
   * @returns Its first page, or 0 if there is none.
   */
  allocate(pages: number, lastPage: number): number {
    this.#searches++;
    const limit = lastPage + 1;
    const is32 = limit <= PAGES_32BIT;
    if (this.#count === this.#first.length) return 0;
    if (is32 && pages >= this.#max32Size) return 0;
    const align = 2 ** Math.ceil(Math.log2(pages));
    let at = is32 ? this.#cached32 : this.#cached;
    const retryPage = at < this.#count ? this.#last[at] ?? 0 : Infinity;
    let high = limit;
    let low = START_PAGE;
    for (;;) {
      let page = 0;
      do {
        high = Math.min(high, this.#firstOf(at));
        page = Math.floor((high - pages) / align) * align;
        at--;
      } while (at >= 0 && page <= (this.#last[at] ?? 0) && page >= low);
      if (high >= pages && page >= low) {
        this.#insert(at + 1, page, pages);
        return page;
      }
      if (low !== START_PAGE || retryPage >= limit) break;
      // Below the cached node all is full: once more from the top.
      high = limit;
      low = retryPage + 1;
      at = this.#findFrom(limit);
    }
    if (is32) this.#max32Size = pages;
    return 0;
  }

  /**
   * Gives a range back.
   *
   * @param page Its first page.
   * @returns How many pages it had; 0 if there is none.
   */
  free(page: number): number {
    const at = this.#findFrom(page);
    if (at >= this.#count || this.#first[at] !== page) return 0;
    const last = this.#last[at] ?? 0;
    // __cached_rbnode_delete_update(): a search must not begin below a hole.
    const next = at; // its successor's index after the removal
    const isBelow4G = last < PAGES_32BIT;
    const cached32 = at === this.#cached32 ||
        (isBelow4G && page >= this.#firstOf(this.#cached32))
      ? next
      : this.#cached32 - (this.#cached32 > at ? 1 : 0);
    const cached = page >= this.#firstOf(this.#cached)
      ? next
      : this.#cached - (this.#cached > at ? 1 : 0);
    if (page < PAGES_32BIT) this.#max32Size = PAGES_32BIT;
    this.#first.copyWithin(at, at + 1, this.#count);
    this.#last.copyWithin(at, at + 1, this.#count);
    this.#count--;
    this.#cached32 = cached32;
    this.#cached = cached;
    this.#livePages -= last - page + 1;
    return last - page + 1;
  }

  #insert(at: number, page: number, pages: number): void {
    this.#first.copyWithin(at + 1, at, this.#count);
    this.#last.copyWithin(at + 1, at, this.#count);
    this.#first[at] = page;
    this.#last[at] = page + pages - 1;
    this.#count++;
    this.#livePages += pages;
    if (this.#cached32 >= at) this.#cached32++;
    if (this.#cached >= at) this.#cached++;
    if (page + pages - 1 < PAGES_32BIT) this.#cached32 = at;
    else this.#cached = at;
  }

  #firstOf(at: number): number {
    return at < this.#count ? this.#first[at] ?? 0 : Infinity; // the anchor
  }

  /** Index of the first range that begins at a page or above. */
  #findFrom(page: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#first[middle] ?? 0) < page) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
