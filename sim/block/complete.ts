/**
 * The life of an I/O around its bios: opening it, chaining split bios, ending
 * bios and releasing their pages (block/fops.c, block/bio.c, blockspec 2.10).
 */
import type { BlockContext } from "./block_context.ts";
import { BIO_PAGE_PINNED, END_IO } from "./bio.ts";
import type { FolioEnds } from "./folio_ends.ts";
import { BLK_STS, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import { Slab } from "../memory/slab.ts";

// Constants of its own: bench/HOT_PATH.md.
const FOLIOS = END_IO.folios;
const OPERATION = REQ_OP_MASK;
const PAGE_PINNED = BIO_PAGE_PINNED;
const OK = BLK_STS.ok;
const WRITE = REQ_OP.write;
const CHAIN = END_IO.chain;
const WAIT = END_IO.wait;

/** What completion works with. */
export interface CompleteOptions extends BlockContext {
  /** I/Os at once. */
  readonly depth: number;
  /** Whether vectors span folios: each page then has a reference. */
  readonly pinsPages: boolean;
  /** Whether bios know the lowest bit of their gaps. */
  readonly tracksGaps: boolean;
  /** Whether there are bios whose submitter waits for them. */
  readonly waits?: boolean | undefined;
  /** I/O of the page cache, where there is any. */
  readonly folioEnds?: FolioEnds | undefined;
}

/** The completion stage and what it needs from submission. */
export interface Complete {
  /** Opens an I/O (struct blkdev_dio); its first reference is the opener's. */
  readonly openIo: (dirtiesPages: boolean, cookie: number) => number;
  /** Returns whose bio it is that a submitter waits for. */
  readonly waitFor: (cookie: number) => void;
  /** The cookie of the I/O that ended last. */
  readonly endedCookie: () => number;
  /** The cookie of the I/O that a bio belongs to. */
  readonly cookieOf: (bio: number) => number;
  /** Counts a bio of an I/O. */
  readonly addBio: (slot: number) => void;
  /** Drops a reference; the I/O's status once it was the last, else -1. */
  readonly dropIo: (slot: number, status: number) => number;
  /** Gives back an I/O that was refused: it has no bios, and no status. */
  readonly refuseIo: (slot: number) => void;
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
  /** Ends a bio; the I/O's status once that was its last one, else -1. */
  readonly endBio: (bio: number, status: number) => number;
  /** Cuts the front off a bio, as a clone chained to it; 0 for none free. */
  readonly splitFront: (bio: number, sectors: number) => number;
}

/** BIO_CHAIN: the bio waits for bios that were split off it. */
export const BIO_CHAIN: number = 1 << 5;
const CHAINED = BIO_CHAIN;
/** struct blkdev_dio as far as it is used: reference, status, dirty,
 * what the submitter knows it by. */
export const DIO = { ref: 0, status: 4, dirty: 8, cookie: 12 } as const;
const { ref: DIO_REF, status: DIO_STATUS } = DIO;
const { dirty: DIO_DIRTY, cookie: DIO_COOKIE } = DIO;

/** Pages that bytes from an address on lie in. */
function pagesOf(physLo: number, lengthBytes: number): number {
  return ((physLo & 4095) + lengthBytes + 4095) >>> 12;
}

/**
 * Makes the completion stage.
 *
 * @param options What it works with.
 */
export function createComplete(options: CompleteOptions): Complete {
  const { memory, codec, bios, pages, depth, pinsPages, tracksGaps } = options;
  const { folioEnds, waits = false } = options;
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const endsFolios = folioEnds !== undefined;
  const { get8, set8, get16, set16, get32, set32, set64, get64Lo, get64Hi } =
    memory;
  const { getPointer, setPointer, getLong, setLong } = memory;
  const { add32 } = memory.counters;
  const { pointerBytes } = memory.abi;
  const readStaged = pointerBytes === 8 ? get64Lo : get32;
  const { field } = bios;
  const { pageOf, folioOf, getReference } = pages;
  const { putReference, markDirty, isDirty } = pages;
  const dios = new Slab(memory, {
    structure: "blkdev_dio",
    objectBytes: 64,
    strideBytes: 64,
    count: depth + 1,
    freePointerOffset: 32,
    // In the kernel it lies in front of its first bio, and comes with it.
    allocator: "unseen",
  });

  let endedCookie = 0;
  let waitedCookie = 0;
  const waitFor = (cookie: number): void => {
    waitedCookie = cookie;
  };

  const openIo = (dirtiesPages: boolean, cookie: number): number => {
    const slot = dios.take();
    if (slot === 0) return 0;
    set32(slot + DIO_COOKIE, cookie);
    set32(slot + DIO_REF, 1);
    set32(slot + DIO_STATUS, OK);
    set32(slot + DIO_DIRTY, dirtiesPages ? 1 : 0);
    return slot;
  };
  const cookieOf = (bio: number): number => {
    let own = bio;
    // A front that was split off points to the bio that it was cut from.
    while (getLong(own + field.endIo) === CHAIN) {
      own = getPointer(own + field.private);
    }
    if (waits && getLong(own + field.endIo) === WAIT) return waitedCookie;
    const slot = getPointer(own + field.private);
    return getLong(own + field.endIo) === FOLIOS
      ? folioEnds?.cookieOf(slot) ?? 0
      : get32(slot + DIO_COOKIE);
  };
  const addBio = (slot: number): void => {
    add32(slot + DIO_REF, 1);
  };
  const dropIo = (slot: number, status: number): number => {
    if (status !== OK && get32(slot + DIO_STATUS) === OK) {
      set32(slot + DIO_STATUS, status);
    }
    if (add32(slot + DIO_REF, -1) > 0) return -1;
    const result = get32(slot + DIO_STATUS);
    endedCookie = get32(slot + DIO_COOKIE);
    dios.give(slot);
    return result;
  };
  const refuseIo = (slot: number): void => {
    add32(slot + DIO_REF, -1);
    dios.give(slot);
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
      const lo = ((physLo & ~4095) + at) | 0;
      const carry = (lo >>> 0) < ((physLo & ~4095) >>> 0) ? 1 : 0;
      if (at === 0) getReference(page);
      else if (staged === 0) getReference(pageOf(lo, (physHi + carry) | 0));
      else {
        readStaged(staged + (at >>> 12) * pointerBytes);
        getReference(pageOf(lo, (physHi + carry) | 0));
      }
    }
  };

  const pin = (
    page: number,
    staged: number,
    physLo: number,
    physHi: number,
    lengthBytes: number,
    grew: boolean,
  ): void => {
    if (!pinsPages) {
      getReference(page, pagesOf(physLo, lengthBytes));
      return;
    }
    pinEach(page, staged, physLo, physHi, lengthBytes, grew);
  };
  /** Visits each page of a vector. */
  const eachPage = (
    physLo: number,
    physHi: number,
    lengthBytes: number,
    visit: (folio: number, count: number) => void,
  ): void => {
    const start = physLo & ~4095;
    const pageBytes = (physLo & 4095) + lengthBytes;
    for (let at = 0; at < pageBytes; at += 4096) {
      const lo = (start + at) | 0;
      const carry = (lo >>> 0) < (start >>> 0) ? 1 : 0;
      visit(folioOf(pageOf(lo, (physHi + carry) | 0)), 1);
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
  const releasePages = (bio: number): void => eachFolioOf(bio, putReference);
  const releaseDirty = (bio: number): void =>
    eachFolioOf(bio, (folio, count) => {
      markDirty(folio);
      putReference(folio, count);
    });
  const setPagesDirty = (bio: number): void => eachFolioOf(bio, markDirty);
  /** bio_check_pages_dirty(): nothing in the lab cleans a page meanwhile. */
  const checkPagesDirty = (bio: number): void => {
    eachFolioOf(bio, isDirty);
    releasePages(bio);
  };

  const endBio = (bio: number, status: number): number => {
    let ending = bio;
    let result = status;
    for (;;) {
      if (result !== OK && get8(ending + field.status) === OK) {
        set8(ending + field.status, result);
      }
      // bio_remaining_done(): only a chained bio has to count.
      if ((get16(ending + field.flags) & CHAINED) !== 0) {
        if (add32(ending + field.remaining, -1) > 0) return -1;
      }
      result = get8(ending + field.status);
      const parent = getPointer(ending + field.private);
      if (getLong(ending + field.endIo) === CHAIN) {
        bios.free(ending);
        ending = parent;
        continue;
      }
      if (
        endsFolios &&
        getLong(ending + field.endIo) === FOLIOS
      ) {
        folioEnds.endBio(ending, parent, result);
        return -1;
      }
      // submit_bio_wait_endio(): the rest is the submitter's.
      if (waits && getLong(ending + field.endIo) === WAIT) return -1;
      // Borrowed vectors and the zero page are not the bio's to release.
      if ((get16(ending + field.flags) & PAGE_PINNED) !== 0) {
        if (get32(parent + DIO_DIRTY) !== 0) checkPagesDirty(ending);
        else releasePages(ending);
      }
      bios.free(ending);
      return dropIo(parent, result);
    }
  };
  const splitFront = (bio: number, sectors: number): number => {
    const front = bios.clone(bio);
    if (front === 0) return 0;
    const bytes = sectors * 512;
    set32(front + field.size, bytes | 0);
    // bio_chain(front, bio)
    setLong(front + field.endIo, CHAIN);
    setPointer(front + field.private, bio);
    set16(bio + field.flags, get16(bio + field.flags) | CHAINED);
    add32(bio + field.remaining, 1);
    if (tracksGaps) {
      // The front has the gap that was counted, the rest counts its own.
      set8(front + field.gapBit, get8(bio + field.gapBit));
      set8(bio + field.gapBit, 0);
    }
    advance(bio, bytes);
    return front;
  };

  /** bio_advance_iter(): moves the start of a bio forward. */
  const advance = (bio: number, bytes: number): void => {
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const before = get64Lo(bio + field.sector);
    const sectorLo = (before + (bytes >>> 9)) | 0;
    const carry = (sectorLo >>> 0) < (before >>> 0) ? 1 : 0;
    set64(
      bio + field.sector,
      sectorLo,
      (get64Hi(bio + field.sector) + carry) | 0,
    );
    set32(bio + field.size, (get32(bio + field.size) - bytes) | 0);
    // A discard has no vectors to advance over (bio_no_advance_iter).
    const operation = get32(bio + field.opf) & OPERATION;
    if (operation > WRITE) return;
    let idx = get32(bio + field.idx);
    let done = get32(bio + field.done) + bytes;
    for (;;) {
      const length = codec.length(array, maxVecs, idx);
      if (done < length) break;
      done -= length;
      idx++;
      if (done === 0) break;
    }
    set32(bio + field.idx, idx);
    set32(bio + field.done, done);
  };
  return {
    openIo,
    endedCookie: () => endedCookie,
    cookieOf,
    addBio,
    dropIo,
    refuseIo,
    pin,
    unpin,
    releasePages,
    releaseDirty,
    setPagesDirty,
    waitFor,
    endBio,
    splitFront,
  };
}
