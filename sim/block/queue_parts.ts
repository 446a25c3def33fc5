/** What a queue of the block layer is made from, and what it offers. */
import type { RequestContext } from "./block_context.ts";
import type { Merge } from "./merge.ts";
import type { BlockObserver } from "./observe.ts";
import type { Plug } from "./plug.ts";
import type { BlockQueueCounts } from "./queue_counts.ts";
import type { QueueSettings } from "./queue_settings.ts";
import type { Split } from "./split.ts";

/** The driver below a queue. */
export interface BlockDriver {
  /** Takes a request; a status other than 0 fails it at once. */
  readonly queue: (request: number) => number;
  /** All of a batch is queued: tell the device. */
  readonly commit: () => void;
  /** Sleeps until requests are complete; calls `complete` for them. */
  readonly wait: () => void;
  /** Sends an empty flush and waits for it. */
  readonly flush: () => void;
}

/** Stages of the path that the queue goes through, as `onStage` has them. */
export interface QueueStages {
  /** Splitting. */
  readonly split: number;
  /** Merging, plugging. */
  readonly merge: number;
  /** Making requests. */
  readonly request: number;
}

export interface BlockQueueOptions extends RequestContext {
  readonly split: Split;
  /** Cuts the front off a bio; 0 where no bio is free. */
  readonly splitFront: (bio: number, sectors: number) => number;
  readonly merge: Merge;
  /** The submitting task's plug. */
  readonly plug: Plug;
  readonly settings: QueueSettings;
  readonly driver: BlockDriver;
  readonly endBio: (bio: number, status: number) => void;
  readonly observer?: BlockObserver | undefined;
  /** Jiffies of simulated time, where there is some. */
  readonly jiffies?: (() => number) | undefined;
  readonly onStage: (stage: number) => void;
  readonly stages: QueueStages;
  /** Whether bios come from a system call of direct I/O; default: yes. */
  readonly isDirect?: boolean | undefined;
}

export interface BlockQueue {
  /** submit_bio(): takes a bio through split, merge and request. */
  readonly submitBio: (bio: number) => void;
  /** The same by another task, which has no plug. */
  readonly submitElsewhere: (bio: number) => void;
  /** blk_start_plug_nr_ios(): false if there is a plug already. */
  readonly startPlug: (ios: number) => boolean;
  /** blk_finish_plug() */
  readonly finishPlug: () => void;
  /** Completes a request (blk_mq_end_request). */
  readonly complete: (request: number, status: number) => void;
  /** io_schedule() of a submitter that waits for memory or a tag. */
  readonly sleep: () => void;
  /** The submitter waits for its I/O: what is plugged goes out first. */
  readonly wait: () => void;
  /** Lets everything in the queue complete. */
  readonly drain: () => void;
  /** Takes the completions that are there; what waited for them continues. */
  readonly reap: () => void;
  /** The submitter returns to user space: workers of the queue get the CPU. */
  readonly yieldCpu: () => void;
  /** This many requests were completed by another worker. */
  readonly completedElsewhere: (requests: number) => void;
  readonly freeTags: () => number;
  readonly counts: BlockQueueCounts;
}
