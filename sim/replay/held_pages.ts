/**
 * References on pages: what I/Os have not given back of those that they took.
 * A path cannot count them itself: who holds one is known to nobody but its
 * bios, and the struct pages are more than its I/Os reach.
 */
import type { PageArray } from "../kernel/page_array.ts";
import type { IoWindow } from "../workload/window.ts";

/** Struct pages of a window's memory whose references have changed. */
export class HeldPages {
  readonly #pages: PageArray;
  #window: IoWindow | undefined;
  #before: Int32Array = new Int32Array(0);

  constructor(pages: PageArray) {
    this.#pages = pages;
  }

  /**
   * Begins a window that has just been opened: what is registered keeps the
   * references that it took by that.
   */
  begin(window: IoWindow): void {
    this.#window = window;
    this.#before = this.#references(window);
  }

  /**
   * Gives what is left once all I/Os of the window have ended, in the form of
   * `Path.balance()`.
   *
   * @returns How many pages have more or fewer references than before.
   */
  balance(): { readonly "pages with other references": number } {
    const before = this.#before;
    const after = this.#window === undefined
      ? before
      : this.#references(this.#window);
    let changed = 0;
    for (let i = 0; i < after.length; i++) {
      if (after[i] !== before[i]) changed++;
    }
    return { "pages with other references": changed };
  }

  /** The references of each page of a window's pieces, in their order. */
  #references({ counts, physLo, physHi, pieceBytes }: IoWindow): Int32Array {
    const { pageOf, referencesOf, structBytes } = this.#pages;
    const pieces = counts[1] ?? 0;
    let pages = 0;
    for (let piece = 0; piece < pieces; piece++) {
      pages += pagesOf(physLo[piece] as number, pieceBytes[piece] as number);
    }
    const found = new Int32Array(pages);
    let at = 0;
    for (let piece = 0; piece < pieces; piece++) {
      const lo = physLo[piece] as number;
      const end = at + pagesOf(lo, pieceBytes[piece] as number);
      let page = pageOf(lo, physHi[piece] as number);
      for (; at < end; at++, page += structBytes) {
        found[at] = referencesOf(page);
      }
    }
    return found;
  }
}

/** Pages that a piece of memory reaches. */
function pagesOf(physLo: number, sizeBytes: number): number {
  return ((physLo & 4095) + sizeBytes + 4095) >>> 12;
}
