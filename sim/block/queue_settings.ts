/** Settings of a queue that are not limits of the device's requests. */
import type { PathProfile } from "../kernel/profile.ts";

/** Settings of a queue. */
export interface QueueSettings {
  /** nr_requests of sysfs: requests at once, waiting ones included. */
  readonly tags: number;
  /** Requests that the driver has at once; without a scheduler it is `tags`. */
  readonly driverTags: number;
  /** Name of the scheduler, such as `mq-deadline`; `none` for none. */
  readonly scheduler: string;
  /** front_merges of mq-deadline: whether it looks for requests to precede. */
  readonly frontMerges: 0 | 1;
  /** fifo_batch of mq-deadline: requests of a batch. */
  readonly fifoBatch: number;
  /** writes_starved of mq-deadline: batches of reads before one of writes. */
  readonly writesStarved: number;
  /** nomerges of sysfs: 0 merges, 1 only with the plug, 2 never. */
  readonly nomerges: 0 | 1 | 2;
  /** async_depth of mq-deadline: requests of `tags` that writes may have. */
  readonly asyncDepth: number;
  /** Whether the device has a volatile write cache. */
  readonly writeCache: boolean;
  /** Whether it takes REQ_FUA. */
  readonly fua: boolean;
  /** Whether it is zoned. */
  readonly zoned: boolean;
  /** Whether the queue takes P2P memory (BLK_FEAT_PCI_P2PDMA). */
  readonly p2p: boolean;
}

/** An NVMe queue of 1024 entries, one of which stays empty. */
export const NVME_QUEUE_SETTINGS: QueueSettings = Object.freeze({
  tags: 1023,
  driverTags: 1023,
  scheduler: "none",
  frontMerges: 1,
  fifoBatch: 16,
  writesStarved: 2,
  asyncDepth: 1023,
  nomerges: 0,
  writeCache: true,
  fua: true,
  zoned: false,
  p2p: true,
});

/** BLKDEV_DEFAULT_RQ (include/linux/blkdev.h). */
const DEFAULT_REQUESTS = 128;

/**
 * Completes the settings of an NVMe queue.
 *
 * @returns All of them. Where a scheduler is named, nr_requests is what
 *   blk_mq_init_sched() makes it, unless it is given.
 */
export function nvmeQueueSettings(
  given: Partial<QueueSettings>,
  profile: PathProfile,
): QueueSettings {
  const settings = { ...NVME_QUEUE_SETTINGS, ...given };
  const { scheduler, driverTags } = settings;
  const atFirst = scheduler === "none"
    ? driverTags
    : 2 * Math.min(driverTags, DEFAULT_REQUESTS);
  const tags = given.tags ?? atFirst;
  const asyncDepth = given.asyncDepth ??
    (profile.asyncDepthFollows ? tags : atFirst);
  return { ...settings, tags, asyncDepth };
}
