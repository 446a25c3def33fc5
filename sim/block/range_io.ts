/**
 * Discards and writes of zeroes of a range (block/blk-lib.c, block/ioctl.c):
 * a chain of bios, each submitted when the next is made, the last one waited
 * for.
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import type { BlockContext } from "./block_context.ts";
import { createBioAlloc } from "./bio_alloc.ts";
import { END_IO } from "./bio.ts";
import { BIO_INLINE_VECS } from "./bio_slabs.ts";
import type { BlockQueue } from "./queue_parts.ts";
import type { Complete } from "./complete.ts";
import { ERRNO, REQ_FLAG, REQ_OP } from "../kernel/operation.ts";

/** A range of a device; sectors below 2^53. */
export interface RangeIo {
  /** First sector. */
  readonly sector: number;
  /** Length in sectors. */
  readonly sectors: number;
  /** Given back when it ends. */
  readonly cookie: number;
}

export interface RangeIoOptions extends BlockContext {
  /** The life of an I/O around its bios. */
  readonly complete: Complete;
  readonly queue: BlockQueue;
  readonly onEnd: (cookie: number, status: number) => void;
}

/** Both answer 0 or -errno. */
export interface RangeIoStage {
  /** blkdev_issue_discard() */
  readonly discard: (range: RangeIo) => number;
  /** blkdev_issue_zeroout() */
  readonly zeroOut: (range: RangeIo) => number;
  /** An empty flush, as a work queue sends it for an fsync of aio. */
  readonly flush: (cookie: number) => number;
}

/** Most bytes of a bio (BIO_MAX_SIZE). */
const MAX_BYTES = 0xffffffff;
/** Physical address of the zero page in the simulated machine. */
const ZERO_PAGE = 0;

export function createRangeIo(options: RangeIoOptions): RangeIoStage {
  const { memory, codec, bios, complete, queue, limits, profile } = options;
  const { get16, get32, set16, set32, set64, setLong } = memory;
  const { getPointer, setPointer } = memory;
  const { field } = bios;
  const allocBio = createBioAlloc(bios, queue);
  const block = limits.logicalBlockBytes / 512;
  const maxDiscard = limits.maxDiscardSectors ?? 0;
  const maxZeroes = limits.maxWriteZeroesSectors ?? 0;
  const granularity = Math.max(
    1,
    (limits.discardGranularityBytes ?? limits.logicalBlockBytes) / 512,
  );
  const cacheFlag = profile.cachesAllBios ? profile.allocCacheFlag : 0;

  /** Opens the I/O, plugs, makes bios by `next`, waits for the last one. */
  const issue = (
    range: RangeIo,
    next: (sector: number, left: number) => number,
  ): number => {
    if (range.sector % block !== 0 || range.sectors % block !== 0) {
      return -ERRNO.inval;
    }
    const slot = complete.openIo(false, range.cookie);
    if (slot === 0) return -ERRNO.nomem;
    const mine = queue.startPlug(1);
    let held = 0;
    let { sector, sectors: left } = range;
    let result = 0;
    while (left > 0) {
      const bio = next(sector, left);
      if (bio === 0) {
        result = -ERRNO.nomem;
        break;
      }
      set64(bio + field.sector, sector | 0, Math.floor(sector / 2 ** 32));
      setLong(bio + field.endIo, END_IO.directIo);
      setPointer(bio + field.private, slot);
      complete.addBio(slot);
      const sectors = (get32(bio + field.size) >>> 0) / 512;
      sector += sectors;
      left -= sectors;
      // blk_next_bio(): the one before is complete in itself now.
      if (held !== 0) queue.submitBio(held);
      held = bio;
    }
    if (held !== 0) {
      set32(held + field.opf, get32(held + field.opf) | REQ_FLAG.sync);
      queue.submitBio(held);
    }
    // submit_bio_wait() comes before blk_finish_plug().
    queue.wait();
    if (mine) queue.finishPlug();
    const ended = complete.dropIo(slot, 0);
    if (ended >= 0) options.onEnd(complete.endedCookie(), ended);
    return result;
  };

  const emptyBio = (opf: number, sectors: number): number => {
    const bio = allocBio(1, opf);
    if (bio !== 0) set32(bio + field.size, (sectors * 512) | 0);
    return bio;
  };

  const discard = (range: RangeIo): number => {
    if (maxDiscard === 0) return -ERRNO.opnotsupp;
    const whole = Math.floor(MAX_BYTES / (granularity * 512)) * granularity;
    return issue(range, (sector, left) => {
      // bio_discard_limit(): first up to the granularity, then by it.
      const aligned = Math.ceil(sector / granularity) * granularity;
      const most = aligned === sector ? whole : aligned - sector;
      return emptyBio(REQ_OP.discard | cacheFlag, Math.min(left, most));
    });
  };

  /** A bio of the zero page, over and over: it is never adjacent to itself. */
  const zeroPages = (left: number): number => {
    const vecs = Math.min(Math.ceil(left / 8), BIO_MAX_VECS);
    const flag = vecs > BIO_INLINE_VECS ? 0 : cacheFlag;
    const bio = allocBio(vecs, REQ_OP.write | flag);
    if (bio === 0) return 0;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    let bytes = 0;
    for (let i = 0; i < vecs; i++) {
      const length = Math.min(4096, left * 512 - bytes);
      codec.set(array, maxVecs, i, ZERO_PAGE, 0, length, 0);
      bytes += length;
    }
    set16(bio + field.vcnt, vecs);
    set32(bio + field.size, bytes);
    return bio;
  };

  const zeroOut = (range: RangeIo): number => {
    if (maxZeroes === 0) return issue(range, (_, left) => zeroPages(left));
    const most = profile.writeZeroesLimit === "own"
      ? maxZeroes
      : Math.min(maxZeroes, Math.floor(MAX_BYTES / 512 / block) * block);
    const opf = REQ_OP.writeZeroes | profile.nounmapFlag | cacheFlag;
    return issue(range, (_, left) => emptyBio(opf, Math.min(left, most)));
  };

  const flush = (cookie: number): number => {
    const slot = complete.openIo(false, cookie);
    const opf = REQ_OP.write | REQ_FLAG.sync | REQ_FLAG.preflush;
    const bio = slot === 0 ? 0 : allocBio(1, opf);
    if (bio === 0) return -ERRNO.nomem;
    setLong(bio + field.endIo, END_IO.directIo);
    setPointer(bio + field.private, slot);
    complete.addBio(slot);
    queue.submitElsewhere(bio);
    const ended = complete.dropIo(slot, 0);
    if (ended >= 0) options.onEnd(complete.endedCookie(), ended);
    return 0;
  };
  return { discard, zeroOut, flush };
}
