/**
 * The software queue of a CPU: requests that wait for the hardware queue to
 * run (struct blk_mq_ctx), a list that merging scans from its end.
 */
import { fieldOffset, type KernelStructs } from "../kernel/path_structs.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { MERGE, type Merge } from "./merge.ts";
import type { RequestTable } from "./request.ts";

/** Requests that a bio is tried with (blk_bio_list_merge). */
const MERGE_TRIES = 8;

const NONE: number = MERGE.none;

/** A list of requests, linked in both directions. */
export interface SoftwareQueue {
  readonly append: (request: number) => void;
  /** Takes the first request; 0 if there is none. */
  readonly takeFirst: () => number;
  readonly isPending: () => boolean;
  /**
   * blk_bio_list_merge(): tries a bio with the last requests, the newest
   * first; the answer of the first that is a candidate, else of `MERGE.none`.
   */
  readonly tryMerge: (bio: number, segments: number) => number;
}

/**
 * Makes a software queue.
 *
 * @param parts Requests, where their structs' fields are, and what tries to
 * merge a bio into one.
 */
export function createSoftwareQueue(
  memory: KernelMemory,
  parts: {
    requests: RequestTable;
    structs: KernelStructs;
    attempt: Merge["attempt"];
  },
): SoftwareQueue {
  const { requests, attempt } = parts;
  const { getPointer, setPointer } = memory;
  const { next, previous } = requests.field;
  // Each CPU has its own: rq_lists[HCTX_TYPE_DEFAULT], first and last.
  const headAt = requests.contextAt +
    fieldOffset(parts.structs.blkMqCtx, "rq_lists");
  const tailAt = headAt + memory.abi.pointerBytes;
  /** Whether there is a request: a bit of ctx_map for the hardware queue. */
  let isPending = false;

  const append = (request: number): void => {
    const tail = getPointer(tailAt);
    setPointer(request + previous, tail);
    setPointer(request + next, 0);
    setPointer(tail === 0 ? headAt : tail + next, request);
    setPointer(tailAt, request);
    isPending = true;
  };
  const takeFirst = (): number => {
    if (!isPending) return 0;
    const request = getPointer(headAt);
    if (request === 0) return 0;
    const following = getPointer(request + next);
    setPointer(headAt, following);
    setPointer(following === 0 ? tailAt : following + previous, 0);
    isPending = following !== 0;
    return request;
  };
  const tryMerge = (bio: number, segments: number): number => {
    // list_empty_careful()
    if (getPointer(headAt) === 0) return NONE;
    let request = getPointer(tailAt);
    for (let i = 0; i < MERGE_TRIES && request !== 0; i++) {
      const how = attempt(request, bio, segments);
      if (how !== NONE) return how;
      request = getPointer(request + previous);
    }
    return NONE;
  };
  return {
    append,
    takeFirst,
    isPending: () => isPending,
    tryMerge,
  };
}
