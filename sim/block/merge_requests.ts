/** Two requests that wait become one (block/blk-merge.c attempt_merge()). */
import { REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import { type Junction, lowestBit } from "./junction.ts";
import {
  type MergeOptions,
  type MergeRules,
  UNMERGEABLE as UNMERGEABLE_FLAGS,
} from "./merge_rules.ts";

// Constants of its own: bench/HOT_PATH.md.
const UNMERGEABLE = UNMERGEABLE_FLAGS;
const WRITE = REQ_OP.write;
const DISCARD = REQ_OP.discard;
const OPERATION = REQ_OP_MASK;
const ATOMIC = REQ_FLAG.atomic;

/**
 * attempt_merge(): joins to a request the one right after it, which then has no
 * bios and is to be forgotten; says whether it did.
 */
export type JoinRequests = (request: number, next: number) => boolean;

export function createJoinRequests(
  options: MergeOptions,
  junction: Junction,
  rules: MergeRules,
): JoinRequests {
  const { memory, bios, requests, profile } = options;
  const { metadataBytes = 0 } = options;
  const { get8, set8, get16, set16, get32, set32 } = memory;
  const { get64Lo, get64Hi, getPointer, setPointer } = memory;
  const { field: bioField } = bios;
  const { field, priority } = requests;
  const { willGap, metadataGaps, joinGaps } = junction;
  const { addSegments, close, hasRoom, maxSectors } = rules;
  const { isAnotherStream, isFullOfDiscards, mergesDiscards } = rules;
  const { tracksGaps } = profile;
  const hasMetadata = metadataBytes > 0;

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
      const bit = lowestBit(
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
    if (isFullOfDiscards(bios, bytes)) {
      close(request);
      return false;
    }
    set16(request + field.segments, bios + get16(next + field.segments));
    return true;
  };

  return (request, next) => {
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
    if (operation === DISCARD && mergesDiscards()) {
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
}
