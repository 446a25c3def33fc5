/**
 * References on the pages of user memory, and dirty pages: taken as bios are
 * built, dropped as they end (block/bio.c, blockspec 2.10).
 */
import type { PagePointer } from "../../layouts/address_field.ts";
import type { BlockContext } from "./block_context.ts";

/** What is done with the pages of bios. */
export interface PageReferences {
  /**
   * Takes references on user memory, whose first page and staged pointers (0
   * for none) are given; `grew` where a vector grew by it.
   */
  readonly pin: (
    page: number,
    staged: number,
    physLo: number,
    physHi: number,
    lengthBytes: number,
    grew: boolean,
  ) => void;
  /** Drops those of a vector. */
  readonly unpin: (physLo: number, physHi: number, lengthBytes: number) => void;
  /** Drops those of all of a bio's vectors (bio_release_pages). */
  readonly releasePages: (bio: number) => void;
  /** Drops them and marks pages dirty (bio_release_pages, mark_dirty). */
  readonly releaseDirty: (bio: number) => void;
  /** Marks the pages of all vectors dirty (bio_set_pages_dirty). */
  readonly setPagesDirty: (bio: number) => void;
  /** The same as bios end that have read (bio_check_pages_dirty). */
  readonly checkPagesDirty: (bio: number) => void;
}

const NO_POINTER: PagePointer = { lo: () => 0, hi: () => 0 };

/** Pages that bytes from an address on are in. */
function pagesOf(physLo: number, lengthBytes: number): number {
  return ((physLo & 4095) + lengthBytes + 4095) >>> 12;
}

/**
 * Makes the functions.
 *
 * @param pinsPages Whether vectors span folios: each page then has a reference.
 */
export function createPageReferences(
  context: BlockContext,
  pinsPages: boolean,
): PageReferences {
  const { memory, codec, pages } = context;
  const { field } = context.bios;
  const { get16, get32, get64Lo, getPointer, offsetMask } = memory;
  const { pointerBytes } = memory.abi;
  const readStaged = pointerBytes === 8 ? get64Lo : get32;
  const { pageOf, folioOf, getReference } = pages;
  const { putReference, markDirty, isDirty } = pages;
  // Where nobody watches, a pointer to a struct page is followed, and what is
  // beside it in the vector is not read unless it is wanted: as C is compiled.
  const { pagePointer } = codec;
  const follows = memory.isUnwatched && pagePointer !== undefined;
  const { lo: pointerLo, hi: pointerHi } = pagePointer ?? NO_POINTER;
  const findPage = pages.finder(codec.pageArrayBase);

  /** The struct page at an offset from the start of a vector's first page. */
  const pageAt = (physLo: number, physHi: number, at: number): number => {
    const start = physLo & ~4095;
    const lo = (start + at) | 0;
    const carry = (lo >>> 0) < (start >>> 0) ? 1 : 0;
    return pageOf(lo, (physHi + carry) | 0);
  };

  /** Pins where each page is pinned. */
  const pinEach = (
    page: number,
    staged: number,
    physLo: number,
    physHi: number,
    lengthBytes: number,
    grew: boolean,
  ): void => {
    // A vector that grew inside a page has that page's reference already
    // (bio_iov_add_page drops the second one).
    const shared = grew && (physLo & 4095) !== 0;
    const first = shared ? 4096 : 0;
    const offset = physLo & 4095;
    for (let at = first; at < offset + lengthBytes; at += 4096) {
      if (at === 0) getReference(page);
      else {
        if (staged !== 0) readStaged(staged + (at >>> 12) * pointerBytes);
        getReference(pageAt(physLo, physHi, at));
      }
    }
  };

  const pin: PageReferences["pin"] = (
    page,
    staged,
    physLo,
    physHi,
    lengthBytes,
    grew,
  ) => {
    if (!pinsPages) {
      getReference(page, pagesOf(physLo, lengthBytes));
      return;
    }
    pinEach(page, staged, physLo, physHi, lengthBytes, grew);
  };
  const eachPage = (
    physLo: number,
    physHi: number,
    lengthBytes: number,
    visit: (folio: number, count: number) => void,
  ): void => {
    const pageBytes = (physLo & 4095) + lengthBytes;
    for (let at = 0; at < pageBytes; at += 4096) {
      visit(folioOf(pageAt(physLo, physHi, at)), 1);
    }
  };
  /** Visits the folios of a vector: pages, where it may span folios. */
  const eachFolio = (
    physLo: number,
    physHi: number,
    lengthBytes: number,
    visit: (folio: number, count: number) => void,
  ): void => {
    if (!pinsPages) {
      visit(folioOf(pageOf(physLo, physHi)), pagesOf(physLo, lengthBytes));
      return;
    }
    eachPage(physLo, physHi, lengthBytes, visit);
  };
  const unpin = (
    physLo: number,
    physHi: number,
    lengthBytes: number,
  ): void => eachFolio(physLo, physHi, lengthBytes, putReference);

  /** bio_for_each_folio_all() */
  const eachFolioOf = (
    bio: number,
    visit: (folio: number, count: number) => void,
  ): void => {
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const vcnt = get16(bio + field.vcnt);
    for (let i = 0; i < vcnt; i++) {
      eachFolio(
        codec.physLo(array, maxVecs, i),
        codec.physHi(array, maxVecs, i),
        codec.length(array, maxVecs, i),
        visit,
      );
    }
  };
  /** The folio of a vector in one alone. A visit reads the length, too. */
  const folioAt = (array: number, maxVecs: number, i: number): number => {
    if (follows) {
      return folioOf(
        findPage(pointerLo(array, maxVecs, i), pointerHi(array, maxVecs, i)),
      );
    }
    const lo = codec.physLo(array, maxVecs, i);
    const hi = codec.physHi(array, maxVecs, i);
    codec.length(array, maxVecs, i);
    return folioOf(pageOf(lo, hi));
  };
  // The loop of those that are hot is their own: V8 inlines what a loop calls,
  // but not a function that is given to it (bench/HOT_PATH.md).
  const releasePages = (bio: number): void => {
    if (pinsPages) return eachFolioOf(bio, putReference);
    bio &= offsetMask;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const vcnt = get16(bio + field.vcnt);
    for (let i = 0; i < vcnt; i++) {
      if (follows) {
        const offset = codec.pageOffset(array, maxVecs, i);
        const bytes = codec.length(array, maxVecs, i);
        putReference(folioAt(array, maxVecs, i), pagesOf(offset, bytes));
        continue;
      }
      const lo = codec.physLo(array, maxVecs, i);
      const hi = codec.physHi(array, maxVecs, i);
      const lengthBytes = codec.length(array, maxVecs, i);
      putReference(folioOf(pageOf(lo, hi)), pagesOf(lo, lengthBytes));
    }
  };
  const releaseDirty = (bio: number): void =>
    eachFolioOf(bio, (folio, count) => {
      markDirty(folio);
      putReference(folio, count);
    });
  const setPagesDirty = (bio: number): void => {
    if (pinsPages) return eachFolioOf(bio, markDirty);
    bio &= offsetMask;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const vcnt = get16(bio + field.vcnt);
    for (let i = 0; i < vcnt; i++) markDirty(folioAt(array, maxVecs, i));
  };
  const areDirty = (bio: number): void => {
    if (pinsPages) return eachFolioOf(bio, isDirty);
    bio &= offsetMask;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const vcnt = get16(bio + field.vcnt);
    for (let i = 0; i < vcnt; i++) isDirty(folioAt(array, maxVecs, i));
  };
  /** bio_check_pages_dirty(): nothing in the lab cleans a page meanwhile. */
  const checkPagesDirty = (bio: number): void => {
    areDirty(bio);
    releasePages(bio);
  };

  return {
    pin,
    unpin,
    releasePages,
    releaseDirty,
    setPagesDirty,
    checkPagesDirty,
  };
}
