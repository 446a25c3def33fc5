/**
 * What all elevators share (block/elevator.c, blk_mq_sched_try_merge() of
 * block/blk-merge.c): the request that was merged with last, a hash of requests
 * by their end, and the merging of requests that have become adjacent.
 */
import type { RequestContext } from "./block_context.ts";
import { createEndHash } from "./end_hash.ts";
import { MERGE, type Merge } from "./merge.ts";
import { REQ_FLAG } from "../kernel/operation.ts";
import type { QueueSettings } from "./queue_settings.ts";

const NONE: number = MERGE.none;
const BACK = MERGE.back;
const FRONT = MERGE.front;
const FAILED = MERGE.failed;
const NOMERGE = REQ_FLAG.nomerge;
const UNMERGEABLE = REQ_FLAG.nomerge | REQ_FLAG.fua | REQ_FLAG.preflush;

/**
 * An elevator's part in merging: what it answers and what it is informed of.
 */
export interface ElevatorOps {
  /** A request that a bio may be put in front of; 0 for none. */
  readonly findFront: (bio: number) => number;
  /** The request after one in order of sectors; 0 for none. */
  readonly latter: (request: number) => number;
  /** The request before one in order of sectors; 0 for none. */
  readonly former: (request: number) => number;
  /** A request begins earlier now. */
  readonly frontMerged: (request: number) => void;
  /** A request has taken the bios of another one, which is to be forgotten. */
  readonly requestsMerged: (request: number, gone: number) => void;
}

export interface ElevatorOptions
  extends Pick<RequestContext, "memory" | "bios" | "requests"> {
  readonly merge: Merge;
  /** nomerges of sysfs. */
  readonly nomerges: QueueSettings["nomerges"];
  /** Called with a bio that has joined a request, and how (one of `MERGE`). */
  readonly onMerged: (bio: number, how: number) => void;
  readonly ops: ElevatorOps;
}

export interface Elevator {
  /** blk_mq_sched_try_merge(): says whether the bio has joined a request. */
  readonly tryMerge: (bio: number, segments: number) => boolean;
  /**
   * elv_attempt_insert_merge(): joins a request that comes in to one that
   * waits; says whether it did.
   */
  readonly insertMerge: (request: number) => boolean;
  /** Makes a request known that waits from now on. */
  readonly remember: (request: number) => void;
  /** Forgets a request that waits no longer. */
  readonly forget: (request: number) => void;
}

export function createElevator(options: ElevatorOptions): Elevator {
  const { memory, bios, requests, nomerges, onMerged, ops } = options;
  const { attempt, join } = options.merge;
  const { get32, get64Lo, get64Hi, getPointer, setPointer } = memory;
  const { field } = requests;
  const { sector: bioSector } = bios.field;
  const { latter, former, findFront, frontMerged, requestsMerged } = ops;
  const hash = createEndHash(memory, requests);
  // request_queue.last_merge
  const lastAt = memory.reserve("request_queue", memory.abi.pointerBytes, {
    name: "request_queue of the elevator",
  });
  const last = (): number => getPointer(lastAt);

  /** attempt_merge() of two that both wait, or of one that comes in. */
  const joinRequests = (request: number, next: number): boolean => {
    if (next === 0 || request === 0) return false;
    if (!join(request, next)) {
      dropIfFull(request);
      return false;
    }
    requestsMerged(request, next);
    hash.reposition(request);
    setPointer(lastAt, request);
    return true;
  };

  /** req_set_nomerge(): what takes no more is not tried first again. */
  const dropIfFull = (request: number): void => {
    if (last() !== request) return;
    if ((get32(request + field.opf) & NOMERGE) !== 0) setPointer(lastAt, 0);
  };

  const tryMerge = (bio: number, segments: number): boolean => {
    if (nomerges === 2) return false;
    let request = last();
    let how = request === 0 ? NONE : attempt(request, bio, segments);
    if (how === NONE && nomerges === 0) {
      request = hash.find(get64Lo(bio + bioSector), get64Hi(bio + bioSector));
      if (request !== 0) how = attempt(request, bio, segments);
      if (how === NONE) {
        request = findFront(bio);
        if (request !== 0) how = attempt(request, bio, segments);
      }
    }
    if (how === FAILED) dropIfFull(request);
    if (how <= 0) return false;
    onMerged(bio, how);
    if (how === BACK) {
      if (joinRequests(request, latter(request))) return true;
      hash.reposition(request);
      setPointer(lastAt, request);
    } else if (how === FRONT) {
      if (joinRequests(former(request), request)) return true;
      frontMerged(request);
      setPointer(lastAt, request);
    }
    return true;
  };

  const insertMerge = (added: number): boolean => {
    if (nomerges === 2) return false;
    if ((get32(added + field.opf) & UNMERGEABLE) !== 0) return false;
    if (joinRequests(last(), added)) return true;
    if (nomerges === 1) return false;
    let request = added;
    for (;;) {
      const at = request + field.sector;
      const before = hash.find(get64Lo(at), get64Hi(at));
      if (!joinRequests(before, request)) return request !== added;
      // A grown request may now be adjacent to yet another one.
      request = before;
    }
  };

  const remember = (request: number): void => {
    if ((get32(request + field.opf) & UNMERGEABLE) !== 0) return;
    hash.add(request);
    if (last() === 0) setPointer(lastAt, request);
  };
  const forget = (request: number): void => {
    hash.remove(request);
    if (last() === request) setPointer(lastAt, 0);
  };
  return { tryMerge, insertMerge, remember, forget };
}
