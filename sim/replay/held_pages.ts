/**
 * References on pages that I/Os took and have not given back. A path cannot
 * count them itself: only its bios know who holds one, and there are more
 * struct pages than its I/Os reach.
 */
import type { PageArray } from "../kernel/page_array.ts";
import { reachedPages } from "../kernel/reached_pages.ts";
import type { IoWindow } from "../workload/window.ts";

/** Struct pages of a window's memory whose references have changed. */
export class HeldPages {
  readonly #pages: PageArray;
  #reached: Int32Array = new Int32Array(0);
  #before: Int32Array = new Int32Array(0);

  /** @param pages The struct pages of the path. */
  constructor(pages: PageArray) {
    this.#pages = pages;
  }

  /**
   * Begins a window that has just been opened: what is registered keeps the
   * references that it took by that.
   */
  begin(window: IoWindow): void {
    this.#reached = reachedPages(this.#pages, window);
    this.#before = this.#references();
  }

  /**
   * Returns what is still held once all I/Os of the window have ended, in the
   * form of `Path.balance()`.
   *
   * @returns How many pages have more or fewer references than before.
   */
  balance(): { readonly "pages with other references": number } {
    const before = this.#before;
    const after = this.#references();
    let changed = 0;
    for (let i = 0; i < after.length; i++) {
      if (after[i] !== before[i]) changed++;
    }
    return { "pages with other references": changed };
  }

  /** The references of each page that the window's pieces reach. */
  #references(): Int32Array {
    return this.#reached.map(this.#pages.referencesOf);
  }
}
