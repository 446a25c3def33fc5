/**
 * The merge stage: a bio joins a request that is not issued yet
 * (block/blk-merge.c blk_attempt_bio_merge, blockspec 2.7).
 */
import { createTouch } from "../kernel/touch.ts";
import { REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import { createJunction } from "./junction.ts";
import { createJoinRequests, type JoinRequests } from "./merge_requests.ts";
import {
  createMergeRules,
  type MergeOptions,
  UNMERGEABLE as UNMERGEABLE_FLAGS,
} from "./merge_rules.ts";

/** How an attempt to merge ended. */
export const MERGE = {
  /** The request is not a candidate: another may be. */
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
const DISCARDED = MERGE.discard;
const UNMERGEABLE = UNMERGEABLE_FLAGS;
const WRITE = REQ_OP.write;
const DISCARD = REQ_OP.discard;
const OPERATION = REQ_OP_MASK;
const ATOMIC = REQ_FLAG.atomic;

export interface Merge {
  /** Tries a bio of this many segments; answers one of `MERGE`. */
  readonly attempt: (request: number, bio: number, segments: number) => number;
  readonly join: JoinRequests;
}

export function createMerge(options: MergeOptions): Merge {
  const { memory, bios, requests, profile } = options;
  const { metadataBytes = 0 } = options;
  const { get16, set16, get32, set32, set64, get64Lo, get64Hi } = memory;
  const { getPointer, setPointer } = memory;
  const { field: bioField } = bios;
  const { field, priority } = requests;
  const junction = createJunction(options);
  const { willGap, metadataGaps, joinGaps } = junction;
  const rules = createMergeRules(options);
  const { addSegments, close, hasRoom, maxSectors } = rules;
  const { isAnotherStream, isFullOfDiscards, mergesDiscards } = rules;
  const touchBio = createTouch(memory, options.structs.bio, "bioMerge");
  const { tracksGaps } = profile;
  const hasMetadata = metadataBytes > 0;

  const refuse = (request: number): number => {
    close(request);
    return FAILED;
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
    if (isFullOfDiscards(bios, bytes)) return refuse(request);
    set16(request + field.segments, bios + 1);
    setPointer(getPointer(request + field.biotail) + bioField.next, bio);
    setPointer(request + field.biotail, bio);
    set32(request + field.dataLen, bytes | 0);
    return DISCARDED;
  };

  const attempt: Merge["attempt"] = (request, bio, segments) => {
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
    const several = operation === DISCARD && mergesDiscards();
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
  return { attempt, join: createJoinRequests(options, junction, rules) };
}
