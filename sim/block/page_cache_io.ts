/**
 * I/O of the page cache: readahead and writeback put folios into bios with
 * bio_add_folio(), which joins those that are neighbours (fs/mpage.c
 * do_mpage_readpage, __mpage_writepage; blockspec 2.2 and 2.12, G3).
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import type { BlockContext } from "./block_context.ts";
import { createBioAlloc } from "./bio_alloc.ts";
import { END_IO } from "./bio.ts";
import { BIO_INLINE_VECS } from "./bio_slabs.ts";
import type { DirectIo } from "./direct_io.ts";
import { type FolioEnds, PAGE_FLAG } from "./folio_ends.ts";
import { BLK_STS, ERRNO, REQ_FLAG, REQ_OP } from "../kernel/operation.ts";
import type { BlockQueue } from "./queue_parts.ts";
import type { AddToBio } from "./submit.ts";

// Constants of its own: bench/HOT_PATH.md.
const READ = REQ_OP.read;
const MAX_VECS = BIO_MAX_VECS;
const RAHEAD = REQ_FLAG.rahead;
const WRITE = REQ_OP.write;
const BACKGROUND = REQ_FLAG.background;
const INLINE_VECS = BIO_INLINE_VECS;
const FOLIOS = END_IO.folios;
const NOMEM = ERRNO.nomem;
const LOCKED = PAGE_FLAG.locked;
const WRITEBACK = PAGE_FLAG.writeback;
const RESOURCE = BLK_STS.resource;
const OK = BLK_STS.ok;

export interface PageCacheOptions extends BlockContext {
  readonly queue: BlockQueue;
  /** bio_add_folio(), which is bio_add_page() with a folio's page. */
  readonly addFolio: AddToBio;
  /** How I/O ends. */
  readonly ends: FolioEnds;
  readonly onStage: (stage: number) => void;
}

/** I/O of the page cache. */
export interface PageCacheStage {
  /** Learns where the folios of a window's buffers end. */
  readonly register: FolioEnds["register"];
  /**
   * Reads or writes back an I/O's folios; its bytes, 0 if bios ran out for some
   * of them, which ends it, or -errno.
   */
  readonly submit: (io: DirectIo) => number;
  /** I/Os that have not ended. */
  readonly live: () => number;
}

export function createPageCacheIo(options: PageCacheOptions): PageCacheStage {
  const { memory, bios, pages, queue, addFolio, ends, profile } = options;
  const { onStage } = options;
  const { set64, setLong, setPointer } = memory;
  const { field } = bios;
  const { pageOf, setFlag } = pages;
  const { submitBio, startPlug, finishPlug } = queue;
  const allocBio = createBioAlloc(bios, queue);
  const cacheFlag = profile.cachesAllBios ? profile.allocCacheFlag : 0;

  const newBio = (io: DirectIo, slot: number, doneBytes: number): number => {
    const isRead = io.operation === READ;
    const pagesLeft = (io.lengthBytes - doneBytes + 4095) >>> 12;
    // Readahead knows how much there is, writeback takes all that fits.
    const room = isRead && pagesLeft < MAX_VECS ? pagesLeft : MAX_VECS;
    const opf = isRead ? READ | RAHEAD : WRITE | BACKGROUND;
    const bio = allocBio(
      room,
      room <= INLINE_VECS ? opf | cacheFlag : opf,
    );
    if (bio === 0) return 0;
    const lo = (io.sectorLo + doneBytes / 512) | 0;
    const carry = (lo >>> 0) < (io.sectorLo >>> 0) ? 1 : 0;
    set64(bio + field.sector, lo, (io.sectorHi + carry) | 0);
    setLong(bio + field.endIo, FOLIOS);
    setPointer(bio + field.private, slot);
    ends.addBio(slot);
    return bio;
  };

  const submit = (io: DirectIo): number => {
    onStage(0);
    const slot = ends.open(io.cookie);
    if (slot === 0) return -NOMEM;
    const flag = io.operation === READ ? LOCKED : WRITEBACK;
    const { physLo, physHi, pieceBytes } = io.pieces;
    // read_pages() and do_writepages() plug.
    const mine = startPlug(1);
    let bio = 0;
    let done = 0;
    for (let piece = io.firstPiece; piece < io.endPiece; piece++) {
      const lo = physLo[piece] as number;
      const hi = physHi[piece] as number;
      const bytes = pieceBytes[piece] as number;
      if (bio !== 0 && !addFolio(bio, lo, hi, bytes, 0)) {
        submitBio(bio);
        onStage(0);
        bio = 0;
      }
      if (bio === 0) {
        bio = newBio(io, slot, done);
        if (bio === 0) break;
        addFolio(bio, lo, hi, bytes, 0);
      }
      setFlag(pageOf(lo, hi), flag);
      done += bytes;
    }
    if (bio !== 0) submitBio(bio);
    if (mine) finishPlug();
    const isWhole = done === io.lengthBytes;
    ends.drop(slot, isWhole ? OK : RESOURCE);
    return isWhole ? done : 0;
  };
  return { register: ends.register, submit, live: ends.live };
}
