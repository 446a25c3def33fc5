/**
 * The walk from a request to its physical segments: rest of the vector, cut by
 * the limits, joined with what follows where it is adjacent
 * (block/blk-mq-dma.c blk_map_iter_next, blockspec 2.9).
 */
import type { RequestContext } from "./block_context.ts";
import { fieldOffset } from "../kernel/path_structs.ts";

/** The segment that the walk is at. */
export interface RequestSegment {
  /** Physical address, low 32 bits. */
  physLo: number;
  /** Physical address, high 32 bits. */
  physHi: number;
  lengthBytes: number;
  /** The P2P flag that the segment's vector carries. */
  flag: number;
  /** The bio that it begins in. */
  bio: number;
}

/** A walk over the segments of one request at a time. */
export interface RequestSegments {
  /** Begins with the first bio of a request. */
  readonly start: (request: number) => void;
  /** Steps to the next segment; false at the end. */
  readonly next: () => boolean;
  /** Where the walk is; one object, overwritten by `next`. */
  readonly segment: RequestSegment;
}

export interface RequestSegmentsOptions extends RequestContext {
  /** Whether segments of unlike flags must stay apart. */
  readonly flagsMatter: boolean;
  /** Whether adjacent vectors inside a bio are joined (7.x) or only at its end. */
  readonly joinsInside?: boolean | undefined;
  /** Asked before adjacent memory is joined; default: always joined. */
  readonly mayJoin?:
    | ((
      lastLo: number,
      lastHi: number,
      nextLo: number,
      nextHi: number,
      flag: number,
    ) => boolean)
    | undefined;
}

export function createRequestSegments(
  options: RequestSegmentsOptions,
): RequestSegments {
  const { memory, codec, bios, requests, limitsAt, flagsMatter } = options;
  const { joinsInside = true, mayJoin } = options;
  const { get16, get32, getPointer, getLong, offsetMask } = memory;
  const { field } = bios;
  const bioAt = requests.field.bio;
  const boundaryAt = limitsAt +
    fieldOffset(options.structs.queueLimits, "seg_boundary_mask");
  const maxBytesAt = limitsAt +
    fieldOffset(options.structs.queueLimits, "max_segment_size");
  const longest = codec.longestBytes;
  const segment: RequestSegment = {
    physLo: 0,
    physHi: 0,
    lengthBytes: 0,
    flag: 0,
    bio: 0,
  };
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn } = memory;
  const BIO = memory.reserveOwn(6);
  const ARRAY = BIO + 4;
  const MAX_VECS = BIO + 8;
  const IDX = BIO + 12;
  const DONE = BIO + 16;
  const LEFT = BIO + 20;

  /**
   * get_max_segment_size(), except for 2^31 bytes and more, which no I/O has.
   */
  const mostBytes = (lo: number): number => {
    const room = getLong(boundaryAt) & ~lo;
    const limit = get32(maxBytesAt);
    const inWindow = room < 0 || room === 0x7fffffff ? 0x7fffffff : room + 1;
    const most = limit < 0 || limit > inWindow ? inWindow : limit;
    return most < longest ? most : longest;
  };

  const enter = (next: number): void => {
    setOwn(BIO, next);
    if (next === 0) return;
    const bio = next & offsetMask;
    setOwn(ARRAY, getPointer(bio + field.ioVec));
    setOwn(MAX_VECS, get16(bio + field.maxVecs));
    setOwn(IDX, get32(bio + field.idx));
    setOwn(DONE, get32(bio + field.done));
    setOwn(LEFT, get32(bio + field.size));
  };
  const start = (request: number): void => enter(getPointer(request + bioAt));

  const next = (): boolean => {
    while (getOwn(LEFT) === 0) {
      if (getOwn(BIO) === 0) return false;
      enter(getPointer(getOwn(BIO) + field.next));
      if (getOwn(BIO) === 0) return false;
    }
    segment.bio = getOwn(BIO);
    // Locals that V8 knows to be int32; what the closure keeps is written once.
    let table = getOwn(ARRAY);
    let vecs = getOwn(MAX_VECS);
    let at = getOwn(IDX);
    let from = getOwn(DONE);
    let rest = getOwn(LEFT);
    const vecLo = codec.physLo(table, vecs, at);
    const vecHi = codec.physHi(table, vecs, at);
    const vecLength = codec.length(table, vecs, at);
    const flag = flagsMatter ? codec.flag(table, vecs, at) : 0;
    const lo = (vecLo + from) | 0;
    const hi = (lo >>> 0) < (vecLo >>> 0) ? (vecHi + 1) | 0 : vecHi;
    let length = Math.min((vecLength - from) | 0, rest);
    // __blk_bvec_map_sg(): what is in one page is below every limit, and they
    // are asked where another bio follows (6.x).
    let most = !joinsInside && (lo & 4095) + length <= 4096
      ? -1
      : mostBytes(lo);
    if (most >= 0 && length > most) {
      // Cut inside the vector: nothing can be joined after it.
      from = (from + most) | 0;
      rest = (rest - most) | 0;
      length = most;
    } else {
      rest = (rest - length) | 0;
      // bvec_iter_advance_single() asks for the length once more.
      from = (from + length) | 0;
      if (from === codec.length(table, vecs, at)) {
        from = 0;
        at = (at + 1) | 0;
      }
      // Join what follows, in this bio and in the next ones.
      for (;;) {
        if (rest === 0) {
          const following = getPointer(getOwn(BIO) + field.next);
          if (following === 0) {
            setOwn(BIO, 0);
            break;
          }
          enter(following);
          table = getOwn(ARRAY);
          vecs = getOwn(MAX_VECS);
          at = getOwn(IDX);
          from = getOwn(DONE);
          rest = getOwn(LEFT);
          if (rest === 0) continue;
        } else if (!joinsInside) break;
        if (most < 0) most = mostBytes(lo);
        // mp_bvec_iter_bvec(): the whole of it, whether it joins or not.
        const nextLo = codec.physLo(table, vecs, at);
        const nextLength = codec.length(table, vecs, at);
        const nextFlag = flagsMatter ? codec.flag(table, vecs, at) : 0;
        const piece = Math.min((nextLength - from) | 0, rest);
        if (length + piece > most) break;
        if (((lo + length) | 0) !== ((nextLo + from) | 0)) break;
        const carry = ((lo + length) >>> 0) < (lo >>> 0) ? 1 : 0;
        const nextCarry = ((nextLo + from) >>> 0) < (nextLo >>> 0) ? 1 : 0;
        const nextHi = (codec.physHi(table, vecs, at) + nextCarry) | 0;
        if (((hi + carry) | 0) !== nextHi) break;
        if (nextFlag !== flag) break;
        if (
          mayJoin !== undefined && !mayJoin(
            (lo + length - 1) | 0,
            ((lo + length - 1) >>> 0) < (lo >>> 0) ? (hi + 1) | 0 : hi,
            (nextLo + from) | 0,
            nextHi,
            flag,
          )
        ) break;
        length = (length + piece) | 0;
        rest = (rest - piece) | 0;
        from = (from + piece) | 0;
        if (from === codec.length(table, vecs, at)) {
          from = 0;
          at = (at + 1) | 0;
        }
      }
    }
    setOwn(IDX, at);
    setOwn(DONE, from);
    setOwn(LEFT, rest);
    segment.physLo = lo;
    segment.physHi = hi;
    segment.lengthBytes = length;
    segment.flag = flag;
    return true;
  };
  return { start, next, segment };
}
