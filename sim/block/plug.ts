/**
 * The plug: requests that a task holds back until it has submitted all it
 * wants to (struct blk_plug, block/blk-core.c, blockspec 2.8).
 */
import type { RequestContext } from "./block_context.ts";
import { fieldOffset } from "../kernel/path_structs.ts";

/**
 * BLK_MAX_REQUEST_COUNT: a plug of one queue is flushed at this many; with
 * requests of several queues, which no path here has, at twice as many.
 */
const MAX_PLUGGED = 32;
/** BLK_PLUG_FLUSH_SIZE: bytes of the request at the head that flush it. */
const PLUG_FLUSH_BYTES = 128 << 10;

/** The plug of one task. */
export interface Plug {
  /** Begins an empty plug, for this many I/Os. */
  readonly start: (ios: number) => void;
  /** I/Os that the next allocation should take requests for; then 1. */
  readonly takeIos: () => number;
  /** The request added last, 0 for none. */
  readonly newest: () => number;
  /** Whether it is to be flushed before another request is added. */
  readonly isFull: (checksBytes: boolean) => boolean;
  readonly add: (request: number) => void;
  /** Requests in it. */
  readonly count: () => number;
  /** Takes the list out: its head, linked by `next` in issue order. */
  readonly takeList: () => number;
  /** The same in order of submission, whatever the list's own order is. */
  readonly takeSubmitted: () => number;
  /** Keeps a list of requests that were allocated ahead. */
  readonly cache: (first: number) => void;
  /** Takes one of them, 0 for none. */
  readonly takeCached: () => number;
}

export function createPlug(
  context: Pick<
    RequestContext,
    "memory" | "structs" | "requests" | "profile"
  >,
): Plug {
  const { memory, structs, requests, profile } = context;
  const { get16, set16, get32, getPointer, setPointer, clear64, clearLong } =
    memory;
  const { field } = requests;
  const { blkPlug } = structs;
  const pointerBytes = memory.abi.pointerBytes;
  // The task's stack holds it; a tail pointer exists since lists are FIFO.
  const plug = memory.reserve("blk_plug", blkPlug.sizeBytes + pointerBytes);
  const maybe = (...names: string[]) =>
    names.map((name) => blkPlug.fields[name]).find((found) => found);
  const headAt = plug + fieldOffset(blkPlug, "mq_list");
  const hasTail = (maybe("mq_list")?.sizeBytes ?? 0) > pointerBytes;
  const tailAt = hasTail ? headAt + pointerBytes : plug + blkPlug.sizeBytes;
  const cachedAt = plug +
    (maybe("cached_rqs", "cached_rq")?.offsetBytes ?? pointerBytes);
  const iosAt = plug + fieldOffset(blkPlug, "nr_ios");
  const countAt = plug + fieldOffset(blkPlug, "rq_count");
  const clockAt = maybe("cur_ktime")?.offsetBytes;
  const isLifo = profile.plugOrder === "lifo";

  const start = (ios: number): void => {
    clearLong(headAt);
    clearLong(tailAt);
    clearLong(cachedAt);
    set16(iosAt, Math.min(ios, MAX_PLUGGED));
    set16(countAt, 0);
    if (clockAt !== undefined) clear64(plug + clockAt);
  };
  const takeIos = (): number => {
    const ios = get16(iosAt);
    if (ios > 1) set16(iosAt, 1);
    return ios;
  };
  const newest = (): number => getPointer(isLifo ? headAt : tailAt);
  const isFull = (checksBytes: boolean): boolean => {
    const count = get16(countAt);
    if (count === 0) return false;
    if (count >= MAX_PLUGGED) return true;
    // rq_list_peek(): the head, which is the newest or the oldest.
    return checksBytes &&
      (get32(getPointer(headAt) + field.dataLen) >>> 0) >= PLUG_FLUSH_BYTES;
  };
  const add = (request: number): void => {
    if (isLifo) {
      setPointer(request + field.next, getPointer(headAt));
      setPointer(headAt, request);
    } else {
      clearLong(request + field.next);
      const tail = getPointer(tailAt);
      setPointer(tail === 0 ? headAt : tail + field.next, request);
      setPointer(tailAt, request);
    }
    set16(countAt, get16(countAt) + 1);
  };
  const takeList = (): number => {
    const head = getPointer(headAt);
    clearLong(headAt);
    clearLong(tailAt);
    set16(countAt, 0);
    return head;
  };
  const takeSubmitted = (): number => {
    let request = takeList();
    if (!isLifo) return request;
    let turned = 0;
    while (request !== 0) {
      const following = getPointer(request + field.next);
      setPointer(request + field.next, turned);
      turned = request;
      request = following;
    }
    return turned;
  };
  const takeCached = (): number => {
    const request = getPointer(cachedAt);
    if (request !== 0) {
      setPointer(cachedAt, getPointer(request + field.next));
    }
    return request;
  };
  return {
    start,
    takeIos,
    newest,
    isFull,
    add,
    count: () => get16(countAt),
    takeList,
    takeSubmitted,
    cache: (first) => setPointer(cachedAt, first),
    takeCached,
  };
}
