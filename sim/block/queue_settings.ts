/** Settings of a queue that are no limits of the device's requests. */
export interface QueueSettings {
  /** Tags: requests at once. */
  readonly tags: number;
  /** nomerges of sysfs: 0 merges, 1 only with the plug, 2 never. */
  readonly nomerges: 0 | 1 | 2;
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
  nomerges: 0,
  writeCache: true,
  fua: true,
  zoned: false,
  p2p: true,
});
