/**
 * Requests by the sector after them, where a bio can be put after one
 * (elv_rqhash_add() and its neighbours of block/elevator.c).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { REQ_FLAG } from "../kernel/operation.ts";
import type { RequestTable } from "./request.ts";

/** ELV_HASH_BITS */
const HASH_BITS = 6;
/** RQF_HASHED; its bit differs from kernel to kernel. */
const HASHED = 1 << 16;
const UNMERGEABLE = REQ_FLAG.nomerge | REQ_FLAG.fua | REQ_FLAG.preflush;
/** GOLDEN_RATIO_64 (include/linux/hash.h), and the one of 32 bits. */
const GOLDEN_LO = 0x80b5_83eb | 0;
const GOLDEN_HI = 0x61c8_8646 | 0;
const GOLDEN_32 = 0x61c8_8647 | 0;

export interface EndHash {
  readonly add: (request: number) => void;
  /** Takes a request out, if it is in. */
  readonly remove: (request: number) => void;
  /** elv_rqhash_reposition(): a request ends elsewhere now. */
  readonly reposition: (request: number) => void;
  /** The request that was added last of those that end there; 0 for none. */
  readonly find: (lo: number, hi: number) => number;
}

export function createEndHash(
  memory: KernelMemory,
  requests: RequestTable,
): EndHash {
  const { get32, set32, get64Lo, get64Hi, getPointer, setPointer } = memory;
  const { pointerBytes, longBytes } = memory.abi;
  const { field } = requests;
  const is64Bit = longBytes === 8;
  const buckets = memory.reserve(
    "elevator_queue",
    pointerBytes << HASH_BITS,
  );
  const linkAt = field.hash;
  const backAt = field.hash + pointerBytes;
  /** The key that `keyOf` has found. */
  let keyLo = 0;
  let keyHi = 0;

  /** rq_hash_key() */
  const keyOf = (request: number): void => {
    const lo = get64Lo(request + field.sector);
    keyLo = (lo + (get32(request + field.dataLen) >>> 9)) | 0;
    const carry = (keyLo >>> 0) < (lo >>> 0) ? 1 : 0;
    keyHi = (get64Hi(request + field.sector) + carry) | 0;
  };
  /** hash_min(): where the bucket of a sector is. */
  const bucketOf = (lo: number, hi: number): number => {
    const top = is64Bit
      ? (multiplyHigh(lo, GOLDEN_LO) + Math.imul(lo, GOLDEN_HI) +
        Math.imul(hi, GOLDEN_LO)) | 0
      : Math.imul(lo, GOLDEN_32);
    return buckets + (top >>> (32 - HASH_BITS)) * pointerBytes;
  };

  const add = (request: number): void => {
    keyOf(request);
    const bucket = bucketOf(keyLo, keyHi);
    const first = getPointer(bucket);
    const node = request + linkAt;
    setPointer(node, first);
    if (first !== 0) setPointer(first + pointerBytes, node);
    setPointer(bucket, node);
    setPointer(request + backAt, bucket);
    set32(request + field.flags, get32(request + field.flags) | HASHED);
  };
  const unlink = (request: number): void => {
    const next = getPointer(request + linkAt);
    const back = getPointer(request + backAt);
    setPointer(back, next);
    if (next !== 0) setPointer(next + pointerBytes, back);
    set32(request + field.flags, get32(request + field.flags) & ~HASHED);
  };
  const remove = (request: number): void => {
    if ((get32(request + field.flags) & HASHED) !== 0) unlink(request);
  };
  const find = (lo: number, hi: number): number => {
    let node = getPointer(bucketOf(lo, hi));
    while (node !== 0) {
      const request = node - linkAt;
      node = getPointer(node);
      if ((get32(request + field.opf) & UNMERGEABLE) !== 0) {
        unlink(request);
        continue;
      }
      keyOf(request);
      if (keyLo === lo && keyHi === hi) return request;
    }
    return 0;
  };
  return {
    add,
    remove,
    reposition: (request) => {
      remove(request);
      add(request);
    },
    find,
  };
}

/** The upper half of the product of two unsigned words. */
function multiplyHigh(a: number, b: number): number {
  const aLo = a & 0xffff;
  const aHi = a >>> 16;
  const bLo = b & 0xffff;
  const bHi = b >>> 16;
  const low = aLo * bLo;
  const middle = aHi * bLo + (low >>> 16);
  const other = aLo * bHi + (middle & 0xffff);
  return (aHi * bHi + (middle >>> 16) + (other >>> 16)) | 0;
}
