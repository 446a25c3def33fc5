/**
 * Direct I/O of a block device: one read or write becomes one bio or several
 * (block/fops.c blkdev_direct_IO, blockspec 2.4).
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import type { BlockContext } from "./block_context.ts";
import { createBioAlloc } from "./bio_alloc.ts";
import { END_IO } from "./bio.ts";
import { BIO_INLINE_VECS } from "./bio_slabs.ts";
import type { BlockQueue } from "./queue_parts.ts";
import type { Complete } from "./complete.ts";
import type { Extract } from "./extract.ts";
import type { IoPieces } from "./iov_iter.ts";
import { BLK_STS, ERRNO, REQ_FLAG, REQ_OP } from "../kernel/operation.ts";
import type { ImportBuffer } from "./registered.ts";
import type { StackBio } from "./stack_bio.ts";

// Constants of its own: bench/HOT_PATH.md.
const INLINE_VECS = BIO_INLINE_VECS;
const MAX_VECS = BIO_MAX_VECS;
const READ = REQ_OP.read;
const WRITE = REQ_OP.write;
const FUA = REQ_FLAG.fua;
const NOWAIT = REQ_FLAG.nowait;
const SYNC = REQ_FLAG.sync;
const IDLE = REQ_FLAG.idle;
const DIRECT_IO = END_IO.directIo;
const WAIT = END_IO.wait;
const OK = BLK_STS.ok;
const IOERR = BLK_STS.ioerr;
const NOMEM = ERRNO.nomem;
const EAGAIN = ERRNO.again;
const EINVAL = ERRNO.inval;
/** `complete`, of the path's stages. */
const COMPLETE_STAGE = 6;

/** How a program submits I/O. */
export type SubmitApi = "pread" | "aio" | "io_uring";

/** All of them, in the order of listings; pread stands for pwrite, too. */
export const SUBMIT_APIS: readonly SubmitApi[] = ["pread", "aio", "io_uring"];

/** The one that a path has by default. */
export const DEFAULT_API: SubmitApi = "io_uring";

/** One read or write. */
export interface DirectIo {
  /** REQ_OP.read or REQ_OP.write. */
  operation: number;
  /** First sector, low 32 bits. */
  sectorLo: number;
  /** First sector, high 32 bits. */
  sectorHi: number;
  lengthBytes: number;
  /** Its memory. */
  pieces: IoPieces;
  /** Index of its first piece. */
  firstPiece: number;
  /** Index after its last piece. */
  endPiece: number;
  /** REQ_FLAG.fua for RWF_DSYNC, REQ_FLAG.nowait for RWF_NOWAIT. */
  flags: number;
  priority: number;
  /** How it is submitted. */
  api: SubmitApi;
  /** Given back when it ends. */
  cookie: number;
}

/** What direct I/O works with. */
export interface DirectIoOptions extends BlockContext {
  readonly extract: Extract;
  /** The life of an I/O around its bios. */
  readonly complete: Complete;
  readonly queue: BlockQueue;
  /** Called once when an I/O has ended; not for one that was refused. */
  readonly onEnd: (cookie: number, status: number) => void;
  /** Called when a later bio of an I/O could not be filled, with the errno. */
  readonly onUnfilled?: ((cookie: number, errno: number) => void) | undefined;
  /** The bio of a synchronous I/O; default: a slab's, as any other. */
  readonly stackBio?: StackBio | undefined;
  /** Looks at the table of an I/O on a registered buffer; default: nobody. */
  readonly importBuffer?: ImportBuffer | undefined;
  /** Whether I/O that a bio ends early continues with the next one. */
  readonly continuesShort: boolean;
  readonly onStage: (stage: number) => void;
}

export interface DirectIoStage {
  /**
   * Submits an I/O; returns the bytes of its bios, 0 if one of them could not
   * be filled and the I/O ends with EIO, or -errno if it was refused.
   */
  readonly submit: (io: DirectIo) => number;
  /**
   * Submits an I/O on a registered buffer (io_uring, ITER_BVEC): its bio
   * borrows a table of vectors and takes no references.
   */
  readonly submitBorrowed: (io: DirectIo, table: number) => number;
}

export function createDirectIo(options: DirectIoOptions): DirectIoStage {
  const { memory, bios, extract, complete, queue, profile, onEnd } = options;
  const { onStage, continuesShort, onUnfilled, stackBio } = options;
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const hasStackBio = stackBio !== undefined;
  const importBuffer = options.importBuffer ??
    ((io: DirectIo) => io.endPiece - io.firstPiece);
  const { get8, get32, set16, set32, set64, setLong, setPointer } = memory;
  const { offsetMask } = memory;
  const { field } = bios;
  const storeDirectIo = memory.longStore(DIRECT_IO);
  const { begin, fill, pagesLeft, bytesLeft, isInvalid } = extract;
  const { submitBio, startPlug, finishPlug } = queue;
  const allocBio = createBioAlloc(bios, queue);
  const { allocCacheFlag, cachesAllBios, plugsWrites } = profile;

  const cacheFlag = (vecs: number, api: SubmitApi): number =>
    vecs <= INLINE_VECS && (cachesAllBios || api === "io_uring")
      ? allocCacheFlag
      : 0;

  const baseFlags = (io: DirectIo): number =>
    io.operation === WRITE ? WRITE | SYNC | IDLE | (io.flags & FUA) : READ;

  /** Drops the submitter's own reference on the I/O. */
  const endSubmission = (slot: number, status: number): void => {
    const ended = complete.dropIo(slot, status);
    if (ended >= 0) onEnd(complete.endedCookie(), ended);
  };

  /**
   * Where submission failed: errno of the bio that could not be filled and
   * ends the I/O, 0 if the I/O is refused.
   */
  let unfilled = 0;

  const setPlace = (bio: number, io: DirectIo, doneBytes: number): void => {
    const lo = (io.sectorLo + (doneBytes >>> 9)) | 0;
    const carry = (lo >>> 0) < (io.sectorLo >>> 0) ? 1 : 0;
    set64(bio + field.sector, lo, (io.sectorHi + carry) | 0);
    set16(bio + field.ioprio, io.priority);
  };
  const prepare = (
    bio: number,
    slot: number,
    io: DirectIo,
    doneBytes: number,
  ): void => {
    bio &= offsetMask;
    setPlace(bio, io, doneBytes);
    storeDirectIo(bio + field.endIo);
    setPointer(bio + field.private, slot);
    complete.addBio(slot);
  };

  /**
   * __blkdev_direct_IO_simple() and _async(): one bio has room for all. One
   * that cannot be filled refuses the I/O.
   */
  const submitOne = (io: DirectIo, slot: number, pages: number): number => {
    slot |= 0;
    pages |= 0;
    const isSync = io.api === "pread";
    // The bio of a synchronous I/O is on the stack; submit_bio_wait() has
    // REQ_SYNC set.
    const extra = isSync ? SYNC : cacheFlag(pages, io.api);
    const nowait = io.flags & NOWAIT;
    const opf = baseFlags(io) | extra | nowait;
    let done = 0;
    let room = pages;
    for (;;) {
      const bio = allocBio(room, opf);
      const result = bio === 0 ? -NOMEM : fill(bio, room);
      if (result < 0) {
        if (bio !== 0) bios.free(bio);
        // Of what the lab continues with, the first part is on its way.
        unfilled = done === 0 ? 0 : -result;
        return result;
      }
      prepare(bio, slot, io, done);
      done = (done + get32(bio + field.size)) | 0;
      if (io.operation === READ) complete.setPagesDirty(bio);
      // Memory of another kind follows: the kernel leaves it to the page cache,
      // the lab continues with a bio of that kind.
      room = continuesShort ? pagesLeft(MAX_VECS) : 0;
      submitBio(bio);
      if (room === 0) return done;
      onStage(0);
    }
  };

  /**
   * __blkdev_direct_IO(): bios of 256 vectors, plugged. One that cannot be
   * filled, be it the first, ends as BLK_STS_IOERR, and so does the I/O.
   */
  const submitMany = (io: DirectIo, slot: number): number => {
    const nowait = io.flags & NOWAIT;
    const mine = startPlug(1);
    let room = MAX_VECS;
    let done = 0;
    let error = 0;
    while (room > 0) {
      onStage(0);
      const opf = baseFlags(io) | cacheFlag(room, io.api) | nowait;
      const bio = allocBio(room, opf);
      error = bio === 0 ? -NOMEM : fill(bio, room);
      if (error < 0) {
        if (bio !== 0) bios.free(bio);
        unfilled = -error;
        break;
      }
      if (nowait !== 0 && bytesLeft() > 0) {
        // More than one bio cannot promise not to wait.
        complete.releasePages(bio);
        bios.free(bio);
        unfilled = 0;
        error = -EAGAIN;
        break;
      }
      prepare(bio, slot, io, done);
      done = (done + get32(bio + field.size)) | 0;
      if (io.operation === READ) complete.setPagesDirty(bio);
      room = pagesLeft(MAX_VECS);
      submitBio(bio);
    }
    if (mine) finishPlug();
    return error < 0 ? error : done;
  };

  /**
   * __blkdev_direct_IO_simple(): the bio is on the stack, the array has room
   * for exactly as many vectors as there are pages, and the submitter waits.
   */
  const submitWaited = (
    io: DirectIo,
    { bio, completion, takeVectors, giveVectors }: StackBio,
  ): number => {
    const isRead = io.operation === READ;
    const most = pagesLeft(MAX_VECS);
    const array = takeVectors(most);
    if (array === 0) return -NOMEM;
    const opf = baseFlags(io) | SYNC | (io.flags & NOWAIT);
    complete.waitFor(io.cookie);
    let done = 0;
    let room = most;
    let status: number = OK;
    do {
      onStage(0);
      bios.init(bio, opf, array, room);
      const result = fill(bio, room);
      if (result < 0) {
        giveVectors(array, most);
        if (done > 0 && onUnfilled !== undefined) {
          onUnfilled(io.cookie, -result);
        }
        return result;
      }
      setPlace(bio, io, done);
      setLong(bio + field.endIo, WAIT);
      setPointer(bio + field.private, completion);
      done = (done + get32(bio + field.size)) | 0;
      // Memory of another kind follows, as in submitOne().
      room = continuesShort ? pagesLeft(most) : 0;
      submitBio(bio);
      queue.wait();
      onStage(COMPLETE_STAGE);
      if (isRead) complete.releaseDirty(bio);
      else complete.releasePages(bio);
      status = get8(bio + field.status);
    } while (room > 0 && status === OK);
    giveVectors(array, most);
    onEnd(io.cookie, status);
    return done;
  };

  /** Ends or refuses an I/O if one of its bios could not be filled. */
  const endFailed = (io: DirectIo, slot: number, result: number): number => {
    if (unfilled !== 0 && onUnfilled !== undefined) {
      onUnfilled(io.cookie, unfilled);
    }
    if (unfilled === 0) {
      complete.refuseIo(slot);
      return result;
    }
    // The system call of a synchronous I/O returns the errno itself.
    if (io.api === "pread") {
      complete.dropIo(slot, OK);
      return result;
    }
    endSubmission(slot, IOERR);
    return 0;
  };

  const submit = (io: DirectIo): number => {
    onStage(0);
    if (io.lengthBytes === 0) return 0;
    begin(io);
    if (isInvalid(io)) return -EINVAL;
    if (
      hasStackBio && io.api === "pread" &&
      pagesLeft(MAX_VECS + 1) <= MAX_VECS
    ) return submitWaited(io, stackBio);
    const isWrite = io.operation === WRITE;
    const slot = complete.openIo(!isWrite, io.cookie);
    if (slot === 0) return -NOMEM;
    const plugged = isWrite && plugsWrites && startPlug(1);
    const pages = pagesLeft(MAX_VECS + 1);
    const result = pages <= MAX_VECS
      ? submitOne(io, slot, pages)
      : submitMany(io, slot);
    const isSync = io.api === "pread";
    if (isSync) queue.wait();
    if (plugged) finishPlug();
    if (result >= 0) {
      endSubmission(slot, OK);
      return result;
    }
    return endFailed(io, slot, result);
  };

  const submitBorrowed = (io: DirectIo, table: number): number => {
    onStage(0);
    const vecs = importBuffer(io, table);
    if (vecs < 0) return vecs;
    const isWrite = io.operation === WRITE;
    const slot = complete.openIo(false, io.cookie);
    if (slot === 0) return -NOMEM;
    const plugged = isWrite && plugsWrites && startPlug(1);
    const opf = baseFlags(io) | allocCacheFlag | (io.flags & NOWAIT);
    let bio = bios.allocBorrowed(table, vecs, vecs, opf);
    if (bio === 0) {
      queue.sleep();
      bio = bios.allocBorrowed(table, vecs, vecs, opf);
    }
    if (bio !== 0) {
      set32(bio + field.size, io.lengthBytes);
      prepare(bio, slot, io, 0);
      submitBio(bio);
    }
    if (plugged) finishPlug();
    if (bio === 0) {
      complete.refuseIo(slot);
      return -NOMEM;
    }
    endSubmission(slot, OK);
    return io.lengthBytes;
  };
  return { submit, submitBorrowed };
}
