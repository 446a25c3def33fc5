/**
 * The end of bios, and of the I/O with its last one: their pages are released,
 * and what was cut off one ends with it (block/fops.c, block/bio.c, blockspec
 * 2.10).
 */
import type { BlockContext } from "./block_context.ts";
import { BIO_PAGE_PINNED, END_IO } from "./bio.ts";
import type { FolioEnds } from "./folio_ends.ts";
import { BLK_STS } from "../kernel/operation.ts";
import { type BlkdevDios, createBlkdevDios, DIO } from "./blkdev_dio.ts";
import {
  createPageReferences,
  type PageReferences,
} from "./page_references.ts";
import { BIO_CHAIN, createSplitFront } from "./split_front.ts";

// Constants of its own: bench/HOT_PATH.md.
const FOLIOS = END_IO.folios;
const PAGE_PINNED = BIO_PAGE_PINNED;
const OK = BLK_STS.ok;
const CHAIN = END_IO.chain;
const WAIT = END_IO.wait;
const CHAINED = BIO_CHAIN;
const { dirty: DIO_DIRTY, cookie: DIO_COOKIE } = DIO;

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
export interface Complete extends
  BlkdevDios,
  Pick<
    PageReferences,
    "pin" | "unpin" | "releasePages" | "releaseDirty" | "setPagesDirty"
  > {
  /** Returns whose bio it is that a submitter waits for. */
  readonly waitFor: (cookie: number) => void;
  /** The cookie of the I/O that a bio belongs to. */
  readonly cookieOf: (bio: number) => number;
  /** Ends a bio; returns the I/O's status after its last one, else -1. */
  readonly endBio: (bio: number, status: number) => number;
  /** Cuts the front off a bio, as a clone chained to it; 0 for none free. */
  readonly splitFront: (bio: number, sectors: number) => number;
}

export function createComplete(options: CompleteOptions): Complete {
  const { memory, bios, folioEnds, waits = false } = options;
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const endsFolios = folioEnds !== undefined;
  const { get8, set8, get16, get32, getPointer, getLong } = memory;
  const { add32 } = memory.counters;
  const { field } = bios;
  const dios = createBlkdevDios(memory, options.depth);
  const { dropIo } = dios;
  const references = createPageReferences(options, options.pinsPages);
  const { releasePages, checkPagesDirty } = references;
  let waitedCookie = 0;
  const waitFor = (cookie: number): void => {
    waitedCookie = cookie;
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
  return {
    ...dios,
    ...references,
    waitFor,
    cookieOf,
    endBio,
    splitFront: createSplitFront(options, options.tracksGaps),
  };
}
