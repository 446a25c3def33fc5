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
import { createIovIter } from "./iov_iter.ts";
import { createStagedPointers } from "./page_pointers.ts";
import type { Submit } from "./submit.ts";

// Constants of its own: bench/HOT_PATH.md.
const EINVAL = ERRNO.inval;
const EFAULT = ERRNO.fault;
const EREMOTEIO = ERRNO.remoteio;
const PAGE_PINNED = BIO_PAGE_PINNED;

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
  /** iov_iter_npages(): remaining pages, counted up to a maximum. */
  readonly pagesLeft: (most: number) => number;
  readonly bytesLeft: () => number;
  /** Fills a bio of this many vectors; 0 or -errno, then nothing is pinned. */
  readonly fill: (bio: number, slots: number) => number;
}

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
  const iter = createIovIter(memory);
  const { begin, advance, revert, pieces, vectorBytes, breaksAlignment } = iter;
  const { getOwn, addOwn } = memory;
  const { piece: PIECE, left: LEFT, vectors: VECTORS } = iter.words;
  const { lo: LO, hi: HI, rest: REST, provider: PROVIDER } = iter.words;
  /** Whether memory of another kind ended the last pass. */
  let endedByKind = false;

  const isInvalid = (io: DirectIo): boolean => {
    const blockMask = get32(logicalBlockAt) - 1;
    if (((io.sectorLo * 512) & blockMask) !== 0) return true;
    if ((io.lengthBytes & blockMask) !== 0) return true;
    return checksVectors && breaksAlignment(blockMask, get32(dmaAlignmentAt));
  };

  /** Bytes that a pass may take, or -errno. */
  const passBytes = (bio: number, slots: number): number => {
    const piece = getOwn(PIECE);
    const offset = getOwn(LO) & 4095;
    const inVector = getOwn(VECTORS) === 0
      ? getOwn(LEFT)
      : vectorBytes(piece, getOwn(REST));
    if (
      checksAlignment && ((offset | inVector) & get32(dmaAlignmentAt)) !== 0
    ) return -EINVAL;
    // get_user_pages() without FOLL_PCI_P2PDMA.
    if (!p2p && getOwn(PROVIDER) !== 0) return -EREMOTEIO;
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
    return size;
  };

  /** Stages pointers to the pages of a pass: where they begin. */
  const stagePages = (bio: number, size: number): number =>
    stage(
      bio,
      pieces(),
      getOwn(PIECE),
      getOwn(LO),
      getOwn(HI),
      getOwn(REST),
      size,
    );

  /** One pass: bytes taken, or -errno. */
  const pass = (bio: number, slots: number): number => {
    bio &= offsetMask;
    const size = passBytes(bio, slots);
    if (size < 0) return size;
    let taken = 0;
    let staged = stagePages(bio, size);
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    while (taken < size) {
      const lo = getOwn(LO);
      const hi = getOwn(HI);
      const rest = getOwn(REST);
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
      const whose = asksPinned ? pinnedProvider(page) : getOwn(PROVIDER);
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
    addOwn(LEFT, 0 - taken);
    return taken;
  };

  /** Gives the last bytes of a bio back: 0, or -errno if none is left. */
  const dropEnd = (bio: number, size: number, bytes: number): number => {
    let beyond = bytes;
    set32(bio + field.size, size - beyond);
    revert(beyond);
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
    bio &= offsetMask;
    slots |= 0;
    const first = getOwn(PROVIDER);
    let result: number;
    do {
      result = pass(bio, slots);
    } while (
      result > 0 && getOwn(LEFT) > 0 &&
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
    if (trimsPasses) {
      if (!endedByKind) return 0;
      endedByKind = false;
    }
    return alignDown(bio);
  };
  return {
    begin,
    isInvalid,
    pagesLeft: iter.pagesLeft,
    bytesLeft: () => getOwn(LEFT),
    fill,
  };
}
