/**
 * Extraction: user memory is pinned and becomes the vectors of a bio
 * (block/bio.c bio_iov_iter_get_pages, lib/iov_iter.c, blockspec 2.4).
 *
 * A pass takes memory of one user vector and at most as many pages as the bio
 * has vectors left; passes follow each other while there is room.
 */
import type { BlockContext } from "./block_context.ts";
import { fieldOffset } from "../kernel/path_structs.ts";
import { BIO_PAGE_PINNED } from "./bio.ts";
import type { Complete } from "./complete.ts";
import type { DirectIo } from "./direct_io.ts";
import { ERRNO } from "../kernel/operation.ts";
import { createStagedPointers } from "./page_pointers.ts";
import type { Submit } from "./submit.ts";

// Constants of its own: bench/HOT_PATH.md.
const EINVAL = ERRNO.inval;
const EFAULT = ERRNO.fault;
const EREMOTEIO = ERRNO.remoteio;
const PAGE_PINNED = BIO_PAGE_PINNED;

/** Memory of I/Os in pieces, each contiguous and inside one folio. */
export interface IoPieces {
  /** Physical address of each piece, low 32 bits. */
  readonly physLo: Int32Array;
  /** Physical address of each piece, high 32 bits. */
  readonly physHi: Int32Array;
  /** Length of each piece in bytes. */
  readonly pieceBytes: Int32Array;
  /** 0 for host memory, provider index + 1 for P2P memory. */
  readonly provider: Uint8Array;
  /** 1 where a piece begins a user vector; an I/O is one where it is absent. */
  readonly startsVector?: Uint8Array;
}

/** What extraction works with. */
export interface ExtractOptions extends BlockContext {
  /** Adds memory to bios. */
  readonly submit: Submit;
  /** Pins and releases pages. */
  readonly complete: Complete;
  /** Whether the queue takes P2P memory. */
  readonly p2p: boolean;
}

/** Extraction of one I/O at a time. */
export interface Extract {
  /** Stands at the first byte of an I/O's memory. */
  readonly begin: (io: DirectIo) => void;
  /** Whether the I/O is refused before any page is looked at. */
  readonly isInvalid: (io: DirectIo) => boolean;
  /** iov_iter_npages(): pages of what is left, counted up to a most. */
  readonly pagesLeft: (most: number) => number;
  readonly bytesLeft: () => number;
  /** Fills a bio of so many vectors; 0 or -errno, then nothing is pinned. */
  readonly fill: (bio: number, slots: number) => number;
}

const NO_PIECES: IoPieces = {
  physLo: new Int32Array(0),
  physHi: new Int32Array(0),
  pieceBytes: new Int32Array(0),
  provider: new Uint8Array(0),
};

/** Makes the extraction. */
export function createExtract(options: ExtractOptions): Extract {
  const { memory, codec, bios, complete, limitsAt, profile, p2p } = options;
  const { get16, set16, get32, set32, getPointer, offsetMask } = memory;
  const { field } = bios;
  const { joinsAcrossFolios } = profile;
  const { addPage, addExtracted, barIfP2p } = options.submit;
  const { pin, unpin, releasePages } = complete;
  const staging = createStagedPointers(options);
  const { stage, end: stagedEnd, read: readStaged } = staging;
  const { pointerBytes } = memory.abi;
  const { pageOf, followFolio } = options.pages;
  const logicalBlockAt = limitsAt +
    fieldOffset(options.structs.queueLimits, "logical_block_size");
  const dmaAlignmentAt = limitsAt +
    fieldOffset(options.structs.queueLimits, "dma_alignment");
  const { longestBytes } = codec;
  const { pinnedProvider } = options.recognition;
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const asksPinned = pinnedProvider !== undefined;
  const checksVectors = profile.lengthCheck === "vector";
  const checksAlignment = profile.extractChecksAlignment;
  const trimsPasses = profile.trims === "extraction";
  let pieces: IoPieces = NO_PIECES;
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const walk = new Int32Array(32);
  /** The piece that comes next. */
  const PIECE = 0;
  /** Index behind the I/O's last piece. */
  const END = 1;
  /** Bytes that are left of the I/O. */
  const LEFT = 2;
  /** Whether the I/O has vectors of its own: 1, or 0 where it is one. */
  const VECTORS = 3;
  // Of the piece, which is looked up once: a window's columns are typed arrays
  // that V8 does not know, each of which is asked for its kind and its length.
  /** Physical address of its next byte, low and high 32 bits. */
  const LO = 4;
  const HI = 5;
  /** Its bytes from there on. */
  const REST = 6;
  /** Its provider, as in a window. */
  const PROVIDER = 7;
  /** Whether memory of another kind ended the last pass. */
  let endedByKind = false;

  /** Stands at the first byte of a piece, if there is one. */
  const stand = (piece: number): void => {
    walk[PIECE] = piece;
    if (piece >= (walk[END] as number)) return;
    walk[LO] = pieces.physLo[piece] as number;
    walk[HI] = pieces.physHi[piece] as number;
    walk[REST] = pieces.pieceBytes[piece] as number;
    walk[PROVIDER] = pieces.provider[piece] as number;
  };

  /** Goes on by so many bytes of the piece. */
  const advance = (bytes: number): void => {
    const rest = ((walk[REST] as number) - bytes) | 0;
    if (rest === 0) return stand(((walk[PIECE] as number) + 1) | 0);
    const start = walk[LO] as number;
    const lo = (start + bytes) | 0;
    walk[LO] = lo;
    if ((lo >>> 0) < (start >>> 0)) walk[HI] = (walk[HI] as number) + 1;
    walk[REST] = rest;
  };

  const begin = (io: DirectIo): void => {
    if (pieces !== io.pieces) pieces = io.pieces;
    walk[END] = io.endPiece;
    walk[LEFT] = io.lengthBytes;
    walk[VECTORS] = pieces.startsVector === undefined ? 0 : 1;
    stand(io.firstPiece);
  };

  /**
   * Bytes of the vector from a piece on, of which so many count; all that are
   * left where there is one vector.
   */
  const vectorBytes = (from: number, restBytes: number): number => {
    const { startsVector, pieceBytes } = pieces;
    if (startsVector === undefined) return walk[LEFT] as number;
    const end = walk[END] as number;
    let bytes = restBytes;
    for (let i = (from + 1) | 0; i < end && startsVector[i] === 0; i++) {
      bytes = (bytes + (pieceBytes[i] as number)) | 0;
    }
    return bytes;
  };

  /** Whether a vector of its own is refused. */
  const isAnyVectorInvalid = (blockMask: number): boolean => {
    const { startsVector, physLo, pieceBytes } = pieces;
    const dmaAlignment = get32(dmaAlignmentAt);
    const piece = walk[PIECE] as number;
    const end = walk[END] as number;
    for (let i = piece; i < end; i++) {
      if (i > piece && (startsVector === undefined || startsVector[i] === 0)) {
        continue;
      }
      const bytes = vectorBytes(i, pieceBytes[i] as number);
      if ((bytes & blockMask) !== 0) return true;
      if (((physLo[i] as number) & dmaAlignment) !== 0) return true;
    }
    return false;
  };

  const isInvalid = (io: DirectIo): boolean => {
    const blockMask = get32(logicalBlockAt) - 1;
    if (((io.sectorLo * 512) & blockMask) !== 0) return true;
    if ((io.lengthBytes & blockMask) !== 0) return true;
    return checksVectors && isAnyVectorInvalid(blockMask);
  };

  /** Pages of what is left of an I/O that has vectors of its own. */
  const pagesOfVectors = (offset: number, most: number): number => {
    const { startsVector, physLo, pieceBytes } = pieces;
    if (startsVector === undefined) return 0;
    const piece = walk[PIECE] as number;
    const end = walk[END] as number;
    let pages = 0;
    let start = offset;
    let bytes = walk[REST] as number;
    for (let i = (piece + 1) | 0; i < end && pages <= most; i++) {
      if (startsVector[i] === 1) {
        pages = (pages + ((start + bytes + 4095) >>> 12)) | 0;
        start = (physLo[i] as number) & 4095;
        bytes = 0;
      }
      bytes = (bytes + (pieceBytes[i] as number)) | 0;
    }
    return (pages + ((start + bytes + 4095) >>> 12)) | 0;
  };

  const pagesLeft = (most: number): number => {
    const left = walk[LEFT] as number;
    if (left === 0) return 0;
    const offset = (walk[LO] as number) & 4095;
    const all = (offset + left + 4095) >>> 12;
    const pages = walk[VECTORS] === 0 ? all : pagesOfVectors(offset, most);
    return pages < most ? pages : most;
  };

  /** One pass: bytes taken, or -errno. */
  const pass = (bio: number, slots: number): number => {
    bio &= offsetMask;
    const piece = walk[PIECE] as number;
    const offset = (walk[LO] as number) & 4095;
    const inVector = walk[VECTORS] === 0
      ? walk[LEFT] as number
      : vectorBytes(piece, walk[REST] as number);
    if (
      checksAlignment && ((offset | inVector) & get32(dmaAlignmentAt)) !== 0
    ) return -EINVAL;
    // get_user_pages() without FOLL_PCI_P2PDMA.
    if (!p2p && walk[PROVIDER] !== 0) return -EREMOTEIO;
    const room = (slots - get16(bio + field.vcnt)) | 0;
    const roomBytes = ((room << 12) - offset) | 0;
    const before = get32(bio + field.size);
    let size = inVector < roomBytes ? inVector : roomBytes;
    // A bio has 2^32 - 1 bytes at most, so one below 2^31 has room for all.
    if (before < 0 && ~before < size) size = ~before;
    if (trimsPasses) {
      size = (size - (size & (get32(logicalBlockAt) - 1))) | 0;
      if (size <= 0) return -EFAULT;
    }
    let taken = 0;
    let staged = stage(
      bio,
      pieces,
      piece,
      walk[LO] as number,
      walk[HI] as number,
      walk[REST] as number,
      size,
    );
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    while (taken < size) {
      const lo = walk[LO] as number;
      const hi = walk[HI] as number;
      const rest = walk[REST] as number;
      const wanted = (size - taken) | 0;
      const whole = rest < wanted ? rest : wanted;
      const inPage = lo & 4095;
      // A length of few bits ends a vector at a page before its time.
      const bytes = whole <= longestBytes
        ? whole
        : ((inPage + longestBytes) & ~4095) - inPage;
      const vcnt = joinsAcrossFolios ? get16(bio + field.vcnt) : -1;
      const count = (inPage + bytes + 4095) >>> 12;
      const next = (staged + Math.imul(count, pointerBytes)) | 0;
      const at = next <= stagedEnd() ? staged : 0;
      // The vector may take the place of the first pointer, and of no other.
      if (at !== 0) readStaged(at);
      const page = pageOf(lo, hi);
      if (!joinsAcrossFolios) followFolio(page, at, count);
      // What memory is pinned is found in its struct page, not known before.
      const whose = asksPinned
        ? pinnedProvider(page)
        : walk[PROVIDER] as number;
      const added = joinsAcrossFolios
        ? addPage(bio, lo, hi, bytes, whose)
        : addExtracted(bio, array, maxVecs, lo, hi, bytes, whose);
      if (!added) {
        endedByKind = true;
        break;
      }
      pin(
        page,
        at,
        lo,
        hi,
        bytes,
        joinsAcrossFolios && get16(bio + field.vcnt) === vcnt,
      );
      staged = next;
      taken = (taken + bytes) | 0;
      advance(bytes);
    }
    if (!joinsAcrossFolios) {
      set32(bio + field.size, get32(bio + field.size) + taken);
    }
    walk[LEFT] = (walk[LEFT] as number) - taken;
    return taken;
  };

  /** Gives the last bytes of a bio back: 0, or -errno if none is left. */
  const dropEnd = (bio: number, size: number, bytes: number): number => {
    let beyond = bytes;
    set32(bio + field.size, size - beyond);
    walk[LEFT] = (walk[LEFT] as number) + beyond;
    let piece = walk[PIECE] as number;
    let skip = piece < (walk[END] as number)
      ? (pieces.pieceBytes[piece] as number) - (walk[REST] as number)
      : 0;
    for (let back = beyond; back > 0;) {
      if (skip === 0) skip = pieces.pieceBytes[--piece] as number;
      const step = Math.min(back, skip);
      skip -= step;
      back -= step;
    }
    stand(piece);
    if (skip > 0) advance(skip);
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    let vcnt = get16(bio + field.vcnt);
    while (beyond > 0) {
      const length = codec.length(array, maxVecs, vcnt - 1);
      const physLo = codec.physLo(array, maxVecs, vcnt - 1);
      const physHi = codec.physHi(array, maxVecs, vcnt - 1);
      if (beyond < length) {
        codec.setLength(array, maxVecs, vcnt - 1, length - beyond);
        // Pages that no byte is left of.
        const end = (physLo & 4095) + length;
        const kept = ((end - beyond + 4095) >>> 12) << 12;
        if (kept < end) {
          const lo = ((physLo & ~4095) + kept) | 0;
          const carry = (lo >>> 0) < (physLo >>> 0) ? 1 : 0;
          unpin(lo, (physHi + carry) | 0, end - kept);
        }
        break;
      }
      beyond -= length;
      vcnt--;
      unpin(physLo, physHi, length);
      set16(bio + field.vcnt, vcnt);
    }
    return vcnt === 0 ? -EFAULT : 0;
  };

  /** bio_iov_iter_align_down(): 0, or -errno if no block is left. */
  const alignDown = (bio: number): number => {
    const blockMask = get32(logicalBlockAt) - 1;
    const size = get32(bio + field.size);
    const beyond = size & blockMask;
    return beyond === 0 ? 0 : dropEnd(bio, size, beyond);
  };

  const fill = (bio: number, slots: number): number => {
    const first = walk[PROVIDER] as number;
    let result: number;
    do {
      result = pass(bio, slots);
    } while (
      result > 0 && (walk[LEFT] as number) > 0 &&
      get16(bio + field.vcnt) < slots
    );
    if (result === -EINVAL) {
      releasePages(bio);
      return result;
    }
    if (get16(bio + field.vcnt) === 0) {
      return result < 0 ? result : -EFAULT;
    }
    if (!joinsAcrossFolios) barIfP2p(bio, first);
    set16(bio + field.flags, get16(bio + field.flags) | PAGE_PINNED);
    // Trimmed passes leave nothing over, unless a change of kind ended one.
    if (trimsPasses && !endedByKind) return 0;
    endedByKind = false;
    return alignDown(bio);
  };
  return {
    begin,
    isInvalid,
    pagesLeft,
    bytesLeft: () => walk[LEFT] as number,
    fill,
  };
}
