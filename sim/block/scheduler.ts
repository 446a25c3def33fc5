/**
 * What an I/O scheduler is to the queue (struct elevator_mq_ops,
 * block/elevator.h): where requests wait, which bios join them there, and
 * which request is issued next.
 */
import type { Dispatch, DispatchParts } from "./dispatch.ts";

/** HZ of Debian's kernels: jiffies a second. */
export const HZ = 250;
export const JIFFY_NS: number = 1e9 / HZ;

/** A way to schedule. */
export interface SchedulerPolicy {
  /** Its name in sysfs. */
  readonly name: string;
  /** What it does, in a line. */
  readonly summary: string;
  /**
   * Whether requests have tags of a scheduler, nr_requests of them, and one of
   * the driver only as they are issued.
   */
  readonly hasOwnTags: boolean;
  readonly create: (parts: DispatchParts) => Dispatch;
}

/** What an elevator is made from. */
export interface SchedulerParts extends
  Pick<
    DispatchParts,
    | "memory"
    | "bios"
    | "requests"
    | "merge"
    | "profile"
    | "settings"
    | "jiffies"
    | "onMerged"
  > {
  /**
   * Called with a request that has come in, and was not merged into another.
   */
  readonly onInserted: (request: number) => void;
  /** Called with a request that another one has taken the bios of. */
  readonly onAbsorbed: (request: number) => void;
  /** Frees such a request. */
  readonly free: (request: number) => void;
}

/** An elevator of one queue. */
export interface Scheduler {
  /**
   * blk_mq_sched_bio_merge(): merges a bio into a request that waits; says
   * whether it did.
   */
  readonly tryMerge: (bio: number, segments: number) => boolean;
  /** Takes a list of requests in, linked by `next` in order of submission. */
  readonly insert: (first: number) => void;
  /** Takes out the request to be issued next; 0 if there is none. */
  readonly takeNext: () => number;
  /** limit_depth(): tags that a bio of these flags may take; 0 for all. */
  readonly limitDepth: (opf: number) => number;
  /** Whether any request waits. */
  readonly hasWork: () => boolean;
  /** Called with a request that is about to be freed. */
  readonly finish: (request: number) => void;
}
