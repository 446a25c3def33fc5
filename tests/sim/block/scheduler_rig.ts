/**
 * A block layer with a scheduler above a driver of one tag: what is submitted
 * behind the first two requests waits in the scheduler.
 */
import {
  page,
  type QueueRig,
  queueRig,
  type QueueRigOptions,
} from "./queue_rig.ts";
import type { RigIo } from "./queue_rig.ts";

/** First sectors of the request at the driver and the one that waits for it. */
export const ISSUED = 100_000;
export const PICKED = 200_000;

/** An I/O of a page, or of so many sectors, at a sector. */
export function at(sector: number, more: Partial<RigIo> = {}): RigIo {
  return { sector, stretches: [page(sector / 8)], ...more };
}

/** A rig whose driver takes one request at a time. */
export interface HeldRig extends QueueRig {
  /** Submits I/Os, each by a system call of its own. */
  readonly call: (...ios: readonly RigIo[]) => void;
  /** Lets all complete: first sectors of the requests, behind the first two. */
  readonly drained: () => number[];
  /** The same with the length of each. */
  readonly drainedRequests: () => [sector: number, sectors: number][];
}

/**
 * Makes the rig; the two requests of `ISSUED` and `PICKED` are on their way.
 *
 * @param options What it is made for.
 * @returns The rig.
 */
export function heldRig(options: QueueRigOptions = {}): HeldRig {
  const rig = queueRig({
    ...options,
    settings: {
      scheduler: "mq-deadline",
      tags: 64,
      asyncDepth: 64,
      driverTags: 1,
      ...options.settings,
    },
  });
  const call = (...ios: readonly RigIo[]): void => {
    for (const io of ios) {
      rig.submit(io);
      rig.layer.queue.yieldCpu();
    }
  };
  call(at(ISSUED), at(PICKED));
  const drainedRequests = (): [number, number][] => {
    rig.layer.queue.drain();
    return rig.requests().slice(2).map(({ sector, sectors }) => [
      sector,
      sectors,
    ]);
  };
  return {
    ...rig,
    call,
    drainedRequests,
    drained: () => drainedRequests().map(([sector]) => sector),
  };
}
