/**
 * I/O of a user inside the kernel on pages of its own: bios filled by
 * bio_add_page() alone (block/bio.c), as the metadata of a file system
 * (fs/xfs/xfs_buf.c), dm-bufio or an NVMe target over a block device
 * (drivers/nvme/target/io-cmd-bdev.c nvmet_bdev_execute_rw) does it.
 *
 * Nobody pins, dirties or releases a page: whoever submits holds them anyway.
 * What looks at a struct page is what the P2P detection itself asks of one,
 * and with another detection nothing does.
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import { END_IO } from "./bio.ts";
import { BIO_INLINE_VECS } from "./bio_slabs.ts";
import { createBioAlloc } from "./bio_alloc.ts";
import type { BlockContext } from "./block_context.ts";
import type { Complete } from "./complete.ts";
import type { DirectIo } from "./direct_io.ts";
import { BLK_STS, ERRNO, REQ_FLAG, REQ_OP } from "../kernel/operation.ts";
import type { BlockQueue } from "./queue_parts.ts";
import type { AddToBio } from "./submit.ts";

// Constants of its own: bench/HOT_PATH.md.
const INLINE_VECS = BIO_INLINE_VECS;
const MAX_VECS = BIO_MAX_VECS;
const READ = REQ_OP.read;
const WRITE = REQ_OP.write;
const FUA = REQ_FLAG.fua;
const SYNC = REQ_FLAG.sync;
const IDLE = REQ_FLAG.idle;
const NOMERGE = REQ_FLAG.nomerge;
const DIRECT_IO = END_IO.directIo;
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;
const NOMEM = ERRNO.nomem;

export interface KernelIoOptions extends BlockContext {
  readonly queue: BlockQueue;
  /** The life of an I/O around its bios. */
  readonly complete: Complete;
  /** bio_add_page() */
  readonly addPage: AddToBio;
  /** Called once when an I/O has ended; not for one that was refused. */
  readonly onEnd: (cookie: number, status: number) => void;
  readonly onStage: (stage: number) => void;
}

/** I/O of a user inside the kernel. */
export interface KernelIoStage {
  /**
   * Submits an I/O; returns its bytes, 0 if bios ran out for some of them,
   * which ends it, or -errno if it was refused.
   */
  readonly submit: (io: DirectIo) => number;
}

export function createKernelIo(options: KernelIoOptions): KernelIoStage {
  const { memory, bios, queue, complete, addPage, profile, onEnd } = options;
  const { recognition, onStage } = options;
  const { set64, setLong, setPointer } = memory;
  const { field } = bios;
  const { submitBio, startPlug, finishPlug } = queue;
  const { barsMerging } = recognition;
  const allocBio = createBioAlloc(bios, queue);
  const cacheFlag = profile.cachesAllBios ? profile.allocCacheFlag : 0;
  // Before 7.x bio_add_page() did not ask: the target looks itself.
  const looksItself = !profile.p2pNomerge;

  const newBio = (
    io: DirectIo,
    slot: number,
    opf: number,
    doneBytes: number,
    piecesLeft: number,
  ): number => {
    // bio_max_segs() of the rest of the scatterlist.
    const room = piecesLeft < MAX_VECS ? piecesLeft : MAX_VECS;
    const bio = allocBio(room, room <= INLINE_VECS ? opf | cacheFlag : opf);
    if (bio === 0) return 0;
    const lo = (io.sectorLo + (doneBytes >>> 9)) | 0;
    const carry = (lo >>> 0) < (io.sectorLo >>> 0) ? 1 : 0;
    set64(bio + field.sector, lo, (io.sectorHi + carry) | 0);
    setLong(bio + field.endIo, DIRECT_IO);
    setPointer(bio + field.private, slot);
    complete.addBio(slot);
    return bio;
  };

  const submit = (io: DirectIo): number => {
    onStage(0);
    const slot = complete.openIo(false, io.cookie);
    if (slot === 0) return -NOMEM;
    const { physLo, physHi, pieceBytes, provider } = io.pieces;
    const { firstPiece, endPiece } = io;
    let opf = io.operation === WRITE
      ? WRITE | SYNC | IDLE | (io.flags & FUA)
      : READ;
    if (
      looksItself && barsMerging(
        physLo[firstPiece] as number,
        physHi[firstPiece] as number,
        provider[firstPiece] as number,
      )
    ) opf |= NOMERGE;
    const mine = startPlug(1);
    let bio = 0;
    let done = 0;
    for (let piece = firstPiece; piece < endPiece; piece++) {
      const lo = physLo[piece] as number;
      const hi = physHi[piece] as number;
      const bytes = pieceBytes[piece] as number;
      const of = provider[piece] as number;
      if (bio !== 0 && !addPage(bio, lo, hi, bytes, of)) {
        submitBio(bio);
        onStage(0);
        bio = 0;
      }
      if (bio === 0) {
        bio = newBio(io, slot, opf, done, endPiece - piece);
        if (bio === 0) break;
        addPage(bio, lo, hi, bytes, of);
      }
      done += bytes;
    }
    if (bio !== 0) submitBio(bio);
    if (mine) finishPlug();
    const isWhole = done === io.lengthBytes;
    const ended = complete.dropIo(slot, isWhole ? OK : RESOURCE);
    if (ended >= 0) onEnd(complete.endedCookie(), ended);
    return isWhole ? done : 0;
  };
  return { submit };
}
