/**
 * The software queue of a CPU: requests that wait for the hardware queue to
 * run (struct blk_mq_ctx), a list that merging scans from its end.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { RequestTable } from "./request.ts";

/** A list of requests, linked in both directions. */
export interface SoftwareQueue {
  /** Adds a request at the end. */
  readonly append: (request: number) => void;
  /** Takes the first request; 0 where there is none. */
  readonly takeFirst: () => number;
  /** The last request, 0 for none; `previous` leads to the others. */
  readonly tail: () => number;
  /** Turns a list that is linked by `next` around. */
  readonly reverse: (first: number) => number;
}

/**
 * Makes a software queue.
 *
 * @param memory Kernel memory.
 * @param requests Requests.
 * @returns The queue, empty.
 */
export function createSoftwareQueue(
  memory: KernelMemory,
  requests: RequestTable,
): SoftwareQueue {
  const { getPointer, setPointer } = memory;
  const { next, previous } = requests.field;
  // Each CPU has its own, on cache lines of its own.
  const headAt = memory.reserve("blk_mq_ctx", 64);
  const tailAt = headAt + memory.abi.pointerBytes;

  const append = (request: number): void => {
    const tail = getPointer(tailAt);
    setPointer(request + previous, tail);
    setPointer(request + next, 0);
    setPointer(tail === 0 ? headAt : tail + next, request);
    setPointer(tailAt, request);
  };
  const takeFirst = (): number => {
    const request = getPointer(headAt);
    if (request === 0) return 0;
    const following = getPointer(request + next);
    setPointer(headAt, following);
    setPointer(following === 0 ? tailAt : following + previous, 0);
    return request;
  };
  const reverse = (first: number): number => {
    let turned = 0;
    let request = first;
    while (request !== 0) {
      const following = getPointer(request + next);
      setPointer(request + next, turned);
      turned = request;
      request = following;
    }
    return turned;
  };
  return { append, takeFirst, tail: () => getPointer(tailAt), reverse };
}
