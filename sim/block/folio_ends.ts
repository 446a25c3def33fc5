/**
 * How I/O of the page cache ends: the folios of a bio are found from its
 * vectors and unlocked, or are no longer under writeback (fs/mpage.c
 * mpage_read_end_io, mpage_write_end_io; bio_for_each_folio_all).
 *
 * The kernel keeps no record of such an I/O beside its bios. What the lab has
 * to know (how many bios it still waits for) is kept apart from kernel memory.
 */
import type { BlockContext } from "./block_context.ts";
import type { IoWindow } from "../workload/window.ts";
import { BLK_STS, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";

/** PG_locked and PG_writeback (include/linux/page-flags.h, 6.12 and later). */
export const PAGE_FLAG = { locked: 1 << 0, writeback: 1 << 1 } as const;

// Constants of its own: bench/HOT_PATH.md.
const OK = BLK_STS.ok;
const OP_MASK = REQ_OP_MASK;
const READ = REQ_OP.read;
const WRITEBACK = PAGE_FLAG.writeback;
const LOCKED = PAGE_FLAG.locked;

export interface FolioEndOptions extends BlockContext {
  /** I/Os at once. */
  readonly ios: number;
  /** Called when an I/O has ended. */
  readonly onEnd: (cookie: number, status: number) => void;
}

/** I/Os of the page cache that have not ended. */
export interface FolioEnds {
  /** Learns where the folios of a window's buffers end; of how many. */
  readonly register: (window: IoWindow) => number;
  /** Opens an I/O; its first reference is the opener's. */
  readonly open: (cookie: number) => number;
  /** Counts a bio of an I/O. */
  readonly addBio: (io: number) => void;
  /** Drops a reference; after the last one, reports the I/O's end. */
  readonly drop: (io: number, status: number) => void;
  readonly cookieOf: (io: number) => number;
  /** Ends the folios of a bio, and the bio. */
  readonly endBio: (bio: number, io: number, status: number) => void;
  /** I/Os that have not ended. */
  readonly live: () => number;
}

/** A struct page has 32 bytes at least: so this shift tells pages apart. */
const PAGE_SHIFT = 5;
const PAGE_MASK = 4095;

/** Makes the ending stage of the page cache. */
export function createFolioEnds(options: FolioEndOptions): FolioEnds {
  const { memory, codec, bios, pages, ios, onEnd } = options;
  const { get16, get32, getPointer } = memory;
  const { field } = bios;
  const { pageOf, clearFlag } = pages;
  const references = new Int32Array(ios + 1);
  const statuses = new Int32Array(ios + 1);
  const cookies = new Int32Array(ios + 1);
  const free = Int32Array.from({ length: ios }, (_, i) => ios - i);
  let freeCount = ios;
  /**
   * Bytes from a page to the end of its folio. The kernel reads the folio's
   * size in its second struct page; as that is not modelled, it is here.
   */
  const folioBytes = new Int32Array(memory.sizeBytes >>> PAGE_SHIFT);

  const register = (window: IoWindow): number => {
    const { firstPiece, physLo, physHi, pieceBytes, provider } = window;
    const count = window.counts[0] ?? 0;
    let folios = 0;
    for (let io = 0; io < count; io++) {
      const end = firstPiece[io + 1] as number;
      for (let piece = firstPiece[io] as number; piece < end; piece++) {
        if (provider[piece] !== 0) {
          throw new RangeError(
            `Cannot put the buffer of I/O ${io} into the page cache: it has ` +
              `P2P memory, expected host memory`,
          );
        }
        if (((physLo[piece] as number) & PAGE_MASK) !== 0) {
          throw new RangeError(
            `Cannot put the buffer of I/O ${io} into the page cache: it ` +
              `begins ${(physLo[piece] as number) & PAGE_MASK} bytes into a ` +
              `page, expected whole pages`,
          );
        }
        const page = pageOf(physLo[piece] as number, physHi[piece] as number);
        const at = page >>> PAGE_SHIFT;
        // An I/O may end inside a folio that a longer one goes through.
        const bytes = pieceBytes[piece] as number;
        if (bytes > (folioBytes[at] as number)) folioBytes[at] = bytes;
        folios++;
      }
    }
    return folios;
  };

  const open = (cookie: number): number => {
    if (freeCount === 0) return 0;
    const io = free[--freeCount] as number;
    references[io] = 1;
    statuses[io] = OK;
    cookies[io] = cookie;
    return io;
  };
  const addBio = (io: number): void => {
    references[io] = (references[io] as number) + 1;
  };
  const drop = (io: number, status: number): void => {
    if (statuses[io] === OK) statuses[io] = status;
    const left = (references[io] as number) - 1;
    references[io] = left;
    if (left > 0) return;
    free[freeCount++] = io;
    onEnd(cookies[io] as number, statuses[io] as number);
  };

  const endBio = (bio: number, io: number, status: number): void => {
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const vcnt = get16(bio + field.vcnt);
    const isRead = (get32(bio + field.opf) & OP_MASK) === READ;
    const flag = isRead ? LOCKED : WRITEBACK;
    for (let i = 0; i < vcnt; i++) {
      let lo = codec.physLo(array, maxVecs, i);
      let hi = codec.physHi(array, maxVecs, i);
      let left = codec.length(array, maxVecs, i);
      while (left > 0) {
        const page = pageOf(lo, hi);
        clearFlag(page, flag);
        const toEnd = folioBytes[page >>> PAGE_SHIFT] as number;
        const bytes = toEnd > 0 && toEnd < left ? toEnd : left;
        const next = (lo + bytes) | 0;
        if ((next >>> 0) < (lo >>> 0)) hi = (hi + 1) | 0;
        lo = next;
        left -= bytes;
      }
    }
    bios.free(bio);
    drop(io, status);
  };
  return {
    register,
    open,
    addBio,
    drop,
    cookieOf: (io) => cookies[io] as number,
    endBio,
    live: () => ios - freeCount,
  };
}
