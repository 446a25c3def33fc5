/**
 * What is between the submitter's requests and the driver: with a scheduler
 * they wait there, without one they go through.
 */
import type { RequestContext } from "./block_context.ts";
import type { BlockEvents } from "./block_events.ts";
import type { Merge } from "./merge.ts";
import type { Plug } from "./plug.ts";
import type { BlockQueueCounts } from "./queue_counts.ts";
import type { BlockDriver } from "./queue_parts.ts";
import type { QueueSettings } from "./queue_settings.ts";

export interface DispatchParts extends RequestContext {
  readonly merge: Merge;
  /** The submitting task's plug. */
  readonly plug: Plug;
  readonly settings: QueueSettings;
  readonly driver: BlockDriver;
  /** Where merged requests are counted. */
  readonly counts: BlockQueueCounts;
  /** Called with events; undefined without an observer. */
  readonly tell: BlockEvents | undefined;
  /** Jiffies of simulated time; they stand still where there is none. */
  readonly jiffies: () => number;
  /** Called with a bio that has joined a request, and how (one of `MERGE`). */
  readonly onMerged: (bio: number, how: number) => void;
  /** Gives a request to the driver, without telling the device. */
  readonly start: (request: number) => void;
  readonly isBusy: () => boolean;
  /** The submitter goes to sleep: what it holds back goes out. */
  readonly beforeSleep: () => void;
  /** Lets everything in the queue complete. */
  readonly drain: () => void;
}

/** The way of requests to the driver. */
export interface Dispatch {
  /** Merges a bio into a request that waits; says whether it did. */
  readonly tryMerge: (bio: number, segments: number) => boolean;
  /** Takes a request for a bio of these flags; 0 if there is no tag. */
  readonly take: (opf: number) => number;
  /** The same, sleeping until there is one. */
  readonly waitAndTake: (opf: number) => number;
  /** Whether requests for such bios may be taken several at once. */
  readonly takesBatches: (opf: number) => boolean;
  /** Gives a request's tag back; what waits for it may go on. */
  readonly free: (request: number) => void;
  /** A request of a task that has no plug. */
  readonly issue: (request: number) => void;
  /** The same of a list of requests, linked by `next`, past a scheduler. */
  readonly issueFirst: (first: number) => void;
  /** The requests of the plug, of a task that continues or one that sleeps. */
  readonly issuePlugged: (fromSchedule: boolean) => void;
  /** Does what was left to a worker; the submitter does not run meanwhile. */
  readonly work: () => void;
  /**
   * Issues what waits although the driver has nothing; says whether there was
   * anything.
   */
  readonly runIdle: () => boolean;
  /** Whether any request waits. */
  readonly hasPending: () => boolean;
}
