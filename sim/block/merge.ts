/**
 * The merge stage: a bio joins a request that is not issued yet
 * (block/blk-merge.c blk_attempt_bio_merge, blockspec 2.7).
 */
import type { RequestContext } from "./block_context.ts";
import { createTouch } from "../kernel/touch.ts";
import { fieldOffset } from "../kernel/path_structs.ts";
import { createBioEdges, type EdgeVector, emptyEdge } from "./bio_edges.ts";
import { REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";

/** How an attempt to merge ended. */
export const MERGE = {
  /** The request is no candidate: another may be. */
  none: 0,
  /** The bio is now the request's last one. */
  back: 1,
  /** The bio is now the request's first one. */
  front: 2,
  /** The bio was added to a request of several discards. */
  discard: 3,
  /** The request is a candidate and refuses: no other is to be tried. */
  failed: -1,
} as const;

// Constants of its own: bench/HOT_PATH.md.
const NONE: number = MERGE.none;
const FAILED = MERGE.failed;
const BACK = MERGE.back;
const FRONT = MERGE.front;
const NOMERGE = REQ_FLAG.nomerge;
const WRITE = REQ_OP.write;
const DISCARD = REQ_OP.discard;
const OPERATION = REQ_OP_MASK;
const ATOMIC = REQ_FLAG.atomic;

/** What the merge stage works with. */
export interface MergeOptions extends RequestContext {
  /** Bytes of metadata of a block; default: 0, none. */
  readonly metadataBytes?: number;
}

/** The merge stage. */
export interface Merge {
  /** Tries a bio of so many segments; answers one of `MERGE`. */
  readonly attempt: (request: number, bio: number, segments: number) => number;
  /**
   * attempt_merge(): joins to a request the one right behind it, which then
   * has no bios and is to be forgotten; says whether it did.
   */
  readonly join: (request: number, next: number) => boolean;
}

/** Neither a request nor a bio with one of these is merged. */
const UNMERGEABLE = REQ_FLAG.nomerge | REQ_FLAG.fua | REQ_FLAG.preflush;

/**
 * Makes the merge stage.
 *
 * @param options What it works with.
 */
export function createMerge(options: MergeOptions): Merge {
  const { memory, codec, bios, requests, limitsAt, profile } = options;
  const { metadataBytes = 0 } = options;
  const { get8, set8, get16, set16, get32, set32 } = memory;
  const { set64, get64Lo, get64Hi, getPointer, setPointer, getLong } = memory;
  const { field: bioField } = bios;
  const { field, priority } = requests;
  const { hint: hintAt, stream: streamAt } = bios.alike;
  const { first, last } = createBioEdges(memory, { codec, bios });
  const limit = (name: string) =>
    limitsAt + fieldOffset(options.structs.queueLimits, name);
  const maxSectorsAt = limit("max_sectors");
  const chunkAt = limit("chunk_sectors");
  const maxSegmentsAt = limit("max_segments");
  const virtBoundaryAt = limit("virt_boundary_mask");
  const segBoundaryAt = limit("seg_boundary_mask");
  const blockAt = limit("logical_block_size");
  const maxMetadataAt = limit("max_integrity_segments");
  const maxDiscardAt = limit("max_discard_sectors");
  const maxDiscardSegmentsAt = limit("max_discard_segments");
  const touchBio = createTouch(memory, options.structs.bio, "bioMerge");
  const { tracksGaps } = profile;
  const hasMetadata = metadataBytes > 0;
  const before: EdgeVector = emptyEdge();
  const after: EdgeVector = emptyEdge();

  const refuse = (request: number): number => {
    set32(request + field.opf, get32(request + field.opf) | NOMERGE);
    return FAILED;
  };

  /** biovec_phys_mergeable() of `before` and `after`. */
  const mergeable = (): boolean => {
    const lo = before.physLo;
    const end = (lo + before.lengthBytes) | 0;
    const carry = (end >>> 0) < (lo >>> 0) ? 1 : 0;
    if (
      end !== after.physLo || ((before.physHi + carry) | 0) !== after.physHi
    ) {
      return false;
    }
    const mask = getLong(segBoundaryAt);
    const final = (after.physLo + after.lengthBytes - 1) | 0;
    const over = (final >>> 0) < (after.physLo >>> 0) ? 1 : 0;
    return ((lo ^ final) & ~mask) === 0 &&
      before.physHi === ((after.physHi + over) | 0);
  };

  /** bio_will_gap(): `front` begins the request, `prev` and `next` meet. */
  const willGap = (front: number, prev: number, next: number): boolean => {
    const virt = getLong(virtBoundaryAt);
    if (virt === 0) return false;
    first(front, before);
    if ((before.offset & virt) !== 0) return true;
    last(prev, before);
    first(next, after);
    if (mergeable()) return false;
    return ((after.offset | (before.offset + before.lengthBytes)) & virt) !== 0;
  };

  /**
   * blk_integrity_merge_bio() and _rq(): a bio has one piece of metadata, and
   * those of a request are counted, wherever they lie.
   */
  const hasRoom = (request: number, pieces: number): boolean =>
    get16(request + field.integritySegments) + pieces <= get16(maxMetadataAt);

  const metadataOf = (bio: number): number =>
    (get32(bio + bioField.size) >>> 0) / get32(blockAt) * metadataBytes;

  /**
   * integrity_req_gap_back_merge(): a boundary holds for metadata, too. More
   * than half a page of kmalloc() begins a page; what is less lies anywhere
   * in one, and is taken not to begin it.
   */
  const metadataGaps = (prev: number, next: number): boolean => {
    const virt = getLong(virtBoundaryAt);
    return virt !== 0 &&
      ((metadataOf(prev) & virt) !== 0 || metadataOf(next) <= 2048);
  };

  /** bio_seg_gap(): the lowest bit of all gaps, with the one in between. */
  const joinGaps = (request: number, prev: number, next: number): void => {
    let bit = lowest(
      lowest(get8(request + field.gapBit), get8(prev + bioField.gapBit)),
      get8(next + bioField.gapBit),
    );
    last(prev, before);
    first(next, after);
    if (!mergeable()) {
      const gap = after.offset | (before.offset + before.lengthBytes);
      if (gap !== 0) bit = lowest(bit, 32 - Math.clz32(gap & -gap));
    }
    set8(request + field.gapBit, bit);
  };

  /** blk_rq_get_max_sectors() of a request that would begin there. */
  const maxSectors = (operation: number, lo: number, hi: number): number => {
    if (operation === DISCARD) return get32(maxDiscardAt) >>> 0;
    const most = get32(maxSectorsAt) >>> 0;
    const chunk = get32(chunkAt) >>> 0;
    if (chunk === 0) return most;
    const sector = (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
    return Math.min(most, chunk - sector % chunk);
  };

  /** ll_new_hw_segment(): segments add, junctions are not looked at. */
  const addSegments = (
    request: number,
    segments: number,
    metadataPieces: number,
  ): boolean => {
    const sum = get16(request + field.segments) + segments;
    if (sum > get16(maxSegmentsAt)) return false;
    set16(request + field.segments, sum);
    if (hasMetadata) {
      const pieces = get16(request + field.integritySegments);
      set16(request + field.integritySegments, pieces + metadataPieces);
    }
    return true;
  };

  const back = (
    request: number,
    bio: number,
    segments: number,
    operation: number,
  ): number => {
    const tail = getPointer(request + field.biotail);
    const isData = operation !== DISCARD;
    const front = getPointer(request + field.bio);
    if (isData && willGap(front, tail, bio)) return FAILED;
    // The kernel asks for the first bio's metadata, not for the last one's.
    if (isData && hasMetadata && metadataGaps(front, bio)) return FAILED;
    const bytes = (get32(request + field.dataLen) >>> 0) +
      (get32(bio + bioField.size) >>> 0);
    const most = maxSectors(
      operation,
      get64Lo(request + field.sector),
      get64Hi(request + field.sector),
    );
    if (bytes > most * 512) return refuse(request);
    if (isData) {
      if (!addSegments(request, segments, 1)) return refuse(request);
      if (tracksGaps) joinGaps(request, tail, bio);
    }
    setPointer(tail + bioField.next, bio);
    setPointer(request + field.biotail, bio);
    set32(request + field.dataLen, bytes | 0);
    return BACK;
  };

  const frontMerge = (
    request: number,
    bio: number,
    segments: number,
    operation: number,
  ): number => {
    const head = getPointer(request + field.bio);
    const isData = operation !== DISCARD;
    if (isData && willGap(bio, bio, head)) return FAILED;
    if (isData && hasMetadata && metadataGaps(bio, head)) return FAILED;
    const bytes = (get32(request + field.dataLen) >>> 0) +
      (get32(bio + bioField.size) >>> 0);
    const lo = get64Lo(bio + bioField.sector);
    const hi = get64Hi(bio + bioField.sector);
    if (bytes > maxSectors(operation, lo, hi) * 512) return refuse(request);
    if (isData) {
      if (!addSegments(request, segments, 1)) return refuse(request);
      if (tracksGaps) joinGaps(request, bio, head);
    }
    setPointer(bio + bioField.next, head);
    setPointer(request + field.bio, bio);
    set64(request + field.sector, lo, hi);
    set32(request + field.dataLen, bytes | 0);
    return FRONT;
  };

  const discard = (request: number, bio: number): number => {
    const bios = get16(request + field.segments);
    const bytes = (get32(request + field.dataLen) >>> 0) +
      (get32(bio + bioField.size) >>> 0);
    if (
      bios >= get16(maxDiscardSegmentsAt) ||
      bytes > (get32(maxDiscardAt) >>> 0) * 512
    ) return refuse(request);
    set16(request + field.segments, bios + 1);
    setPointer(getPointer(request + field.biotail) + bioField.next, bio);
    setPointer(request + field.biotail, bio);
    set32(request + field.dataLen, bytes | 0);
    return MERGE.discard;
  };

  /** ll_merge_requests_fn(): a refusal leaves both as they are. */
  const joinData = (request: number, next: number): boolean => {
    const tail = getPointer(request + field.biotail);
    const behind = getPointer(next + field.bio);
    const front = getPointer(request + field.bio);
    if (willGap(front, tail, behind)) return false;
    const bytes = (get32(request + field.dataLen) >>> 0) +
      (get32(next + field.dataLen) >>> 0);
    const most = maxSectors(
      get32(request + field.opf) & OPERATION,
      get64Lo(request + field.sector),
      get64Hi(request + field.sector),
    );
    if (bytes > most * 512) return false;
    const pieces = get16(next + field.integritySegments);
    if (hasMetadata) {
      if (!hasRoom(request, pieces)) return false;
      if (metadataGaps(front, behind)) return false;
    }
    if (!addSegments(request, get16(next + field.segments), pieces)) {
      return false;
    }
    if (tracksGaps) {
      const bit = lowest(
        get8(request + field.gapBit),
        get8(next + field.gapBit),
      );
      set8(request + field.gapBit, bit);
      joinGaps(request, tail, behind);
    }
    return true;
  };

  /**
   * req_attempt_discard_merge(): of the second request only the first bio
   * counts against the limits.
   */
  const joinDiscards = (request: number, next: number): boolean => {
    const bios = get16(request + field.segments);
    const behind = getPointer(next + field.bio);
    const bytes = (get32(request + field.dataLen) >>> 0) +
      (get32(behind + bioField.size) >>> 0);
    if (
      bios >= get16(maxDiscardSegmentsAt) ||
      bytes > (get32(maxDiscardAt) >>> 0) * 512
    ) {
      refuse(request);
      return false;
    }
    set16(request + field.segments, bios + get16(next + field.segments));
    return true;
  };

  const join = (request: number, next: number): boolean => {
    const opf = get32(request + field.opf);
    const other = get32(next + field.opf);
    const operation = opf & OPERATION;
    if (operation !== (other & OPERATION)) return false;
    if (((opf | other) & UNMERGEABLE) !== 0) return false;
    if (operation > WRITE && operation !== DISCARD) return false;
    if (((opf ^ other) & ATOMIC) !== 0) return false;
    if (priority(request) !== priority(next)) return false;
    const behind = getPointer(next + field.bio);
    if (isAnotherStream(request, behind)) return false;
    if (operation === DISCARD && get16(maxDiscardSegmentsAt) > 1) {
      if (!joinDiscards(request, next)) return false;
    } else {
      const lo = get64Lo(request + field.sector);
      const end = (lo + (get32(request + field.dataLen) >>> 9)) | 0;
      const carry = (end >>> 0) < (lo >>> 0) ? 1 : 0;
      if (
        end !== get64Lo(next + field.sector) ||
        ((get64Hi(request + field.sector) + carry) | 0) !==
          get64Hi(next + field.sector)
      ) return false;
      if (!joinData(request, next)) return false;
    }
    const tail = getPointer(request + field.biotail);
    setPointer(tail + bioField.next, behind);
    setPointer(request + field.biotail, getPointer(next + field.biotail));
    const bytes = get32(request + field.dataLen) + get32(next + field.dataLen);
    set32(request + field.dataLen, bytes | 0);
    setPointer(next + field.bio, 0);
    return true;
  };

  /** blk_rq_merge_ok(): hint and stream of the data are one in a request. */
  const isAnotherStream = (request: number, bio: number): boolean => {
    if (hintAt < 0) return false;
    const own = getPointer(request + field.bio);
    if (get8(own + hintAt) !== get8(bio + hintAt)) return true;
    return streamAt >= 0 && get8(own + streamAt) !== get8(bio + streamAt);
  };

  const attempt = (
    request: number,
    bio: number,
    segments: number,
  ): number => {
    const opf = get32(request + field.opf);
    const other = get32(bio + bioField.opf);
    const operation = opf & OPERATION;
    if (operation !== (other & OPERATION)) return NONE;
    if (((opf | other) & UNMERGEABLE) !== 0) return NONE;
    if (operation > WRITE && operation !== DISCARD) {
      return NONE;
    }
    touchBio(bio);
    const rqLo = get64Lo(request + field.sector);
    const rqHi = get64Hi(request + field.sector);
    const bioLo = get64Lo(bio + bioField.sector);
    const bioHi = get64Hi(bio + bioField.sector);
    const several = operation === DISCARD &&
      get16(maxDiscardSegmentsAt) > 1;
    let isBack = false;
    if (!several) {
      const end = (rqLo + (get32(request + field.dataLen) >>> 9)) | 0;
      const carry = (end >>> 0) < (rqLo >>> 0) ? 1 : 0;
      isBack = end === bioLo && ((rqHi + carry) | 0) === bioHi;
      if (!isBack) {
        const bioEnd = (bioLo + (get32(bio + bioField.size) >>> 9)) | 0;
        const over = (bioEnd >>> 0) < (bioLo >>> 0) ? 1 : 0;
        if (bioEnd !== rqLo || ((bioHi + over) | 0) !== rqHi) return NONE;
      }
    }
    if (((opf ^ other) & ATOMIC) !== 0) return NONE;
    if (priority(request) !== get16(bio + bioField.ioprio)) return NONE;
    if (isAnotherStream(request, bio)) return NONE;
    if (hasMetadata && operation !== DISCARD && !hasRoom(request, 1)) {
      return NONE;
    }
    if (several) return discard(request, bio);
    return isBack
      ? back(request, bio, segments, operation)
      : frontMerge(request, bio, segments, operation);
  };
  return { attempt, join };
}

/** min_not_zero() */
function lowest(a: number, b: number): number {
  return a === 0 ? b : b === 0 || a < b ? a : b;
}
