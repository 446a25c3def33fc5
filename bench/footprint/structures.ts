/**
 * Which structure of a recording is which of the lab, and why the two differ
 * where they do. A difference that is mended is a line less here.
 *
 * @module
 */
import type { RecordedCell } from "./recorded_cell.ts";

/** A structure of the lab and of a recording. */
export interface SameStructure {
  /** The lab's name. */
  readonly lab: string;
  /** The recording's name. */
  readonly recorded: string;
  /** Cells in which it is so; default: all. */
  readonly when?: (cell: RecordedCell) => boolean;
  /**
   * Whether its place in a line is another in each boot: its lines are then a
   * range over all boots of a kernel.
   */
  readonly placedByBoot?: true;
  /**
   * Whether the lab has only a part of it: it is compared where the lab touches
   * that.
   */
  readonly inPart?: true;
  /** Tag of its struct, if its fields are compared, too. */
  readonly tag?: string;
}

/** The structures, in the order of the report. */
export const SAME_STRUCTURES: readonly SameStructure[] = [
  {
    lab: "bio_vec",
    recorded: "bio_vec (registered buffer)",
    when: ({ registered }) => registered,
  },
  {
    lab: "bio_vec",
    recorded: "bio_vec",
    when: ({ registered }) => !registered,
  },
  { lab: "io_mapped_ubuf", recorded: "io_mapped_ubuf (header)" },
  { lab: "page", recorded: "struct page (data)" },
  // On the stack of a synchronous I/O.
  { lab: "bio", recorded: "bio", placedByBoot: true, tag: "bio" },
  { lab: "blkdev_dio", recorded: "blkdev_dio" },
  { lab: "request", recorded: "request", tag: "request" },
  { lab: "nvme_iod", recorded: "nvme_iod", tag: "nvme_iod" },
  { lab: "nvme descriptor 256", recorded: "PRP/SGL list (small, 256 B)" },
  { lab: "nvme descriptor page", recorded: "PRP/SGL list (large, 4096 B)" },
  { lab: "nvme sq", recorded: "nvme SQ" },
  { lab: "nvme cq", recorded: "nvme CQ", tag: "nvme_completion" },
  { lab: "nvme doorbell", recorded: "nvme doorbell" },
  { lab: "nvme_queue", recorded: "nvme_queue", tag: "nvme_queue" },
  // Inside request_queue, whose objects of 920 bytes are not line-aligned.
  {
    lab: "queue_limits",
    recorded: "queue_limits",
    placedByBoot: true,
    tag: "queue_limits",
  },
  {
    lab: "sbitmap_word",
    recorded: "sbitmap_word (tags)",
    tag: "sbitmap_word",
  },
  { lab: "sbitmap hint", recorded: "sbitmap alloc_hint (percpu)" },
  { lab: "blk_mq_ctx", recorded: "blk_mq_ctx (percpu)", tag: "blk_mq_ctx" },
  { lab: "dev_pagemap", recorded: "dev_pagemap", tag: "dev_pagemap" },
  { lab: "pci_p2pdma_pagemap", recorded: "pci_p2pdma_pagemap (tail)" },
  { lab: "request_queue", recorded: "request_queue", inPart: true },
  { lab: "blk_mq_hw_ctx", recorded: "blk_mq_hw_ctx", inPart: true },
  { lab: "block_device", recorded: "block_device(+bdev_inode)", inPart: true },
  { lab: "bio_set", recorded: "bio_set blkdev_dio_pool" },
  { lab: "bio_alloc_cache", recorded: "bio_alloc_cache (percpu)" },
  { lab: "kmem_cache", recorded: "kmem_cache" },
  { lab: "slub_percpu_sheaves", recorded: "slub percpu cpu_sheaves" },
  { lab: "slab_sheaf", recorded: "slab_sheaf" },
  { lab: "dma_pool 256", recorded: "dma_pool (small)" },
  { lab: "dma_pool page", recorded: "dma_pool (large)" },
];

/** A difference that is known. */
export interface KnownDifference {
  /** The recording's name, or the lab's where a recording has none. */
  readonly structure: string;
  /** Cells in which there is one; default: all. */
  readonly when?: (cell: RecordedCell) => boolean;
  /** Why, with the kernel's function. */
  readonly reason: string;
}

const isPinned = ({ registered }: RecordedCell): boolean => !registered;

const isSplit = ({ bytes, limits }: RecordedCell): boolean =>
  bytes > limits.maxSectors * 512;

/** The differences; the first that fits is told. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    structure: "struct page (data)",
    when: ({ kind }) => kind === "huge",
    reason:
      "pin counts and flags of a folio lie in its second page, too; the " +
      "lab counts references in the head (mm/gup.c try_grab_folio_fast), and " +
      "the kernel's gup of a huge page writes a word that is not struct page",
  },
  {
    structure: "struct page (data)",
    when: isPinned,
    reason:
      "bio_set_pages_dirty, folio_mapping and folio_unlock (block/bio.c) " +
      "read and write more words of the same lines; the lab pins and unpins",
  },
  {
    structure: "struct page (data)",
    when: ({ depth }) => depth > 1,
    reason: "the recording knows the data of one I/O: pages of a batch are " +
      "`struct page (data?)`, 26 for 32 I/Os as buffers were taken at random",
  },
  {
    structure: "struct page (data)",
    reason: "nvme_prep_rq (drivers/nvme/host/pci.c) reads flags and " +
      "compound_info, the lab the zone alone",
  },
  {
    structure: "bio",
    reason: "a split bio and its clone come from the bio_set of the queue " +
      "(bio_split, block/bio.c), which the lab places line-aligned",
  },
  {
    structure: "blkdev_dio",
    reason: "the kernel's lies in front of the bio and counts no references " +
      "of a single bio (__blkdev_direct_IO_async)",
  },
  ...["request", "nvme_iod", "PRP/SGL list (large, 4096 B)"].map((
    structure,
  ) => ({
    structure,
    when: isSplit,
    reason: "where an I/O becomes several requests, one is often completed " +
      "before the next takes its tag and its list, and those are the same; " +
      "the lab completes either each so, or all behind the last",
  })),
  {
    structure: "blk_plug",
    when: ({ depth }) => depth > 1,
    reason: "a plug lies on the stack of the task, and is counted there",
  },
  {
    structure: "slab_sheaf",
    reason: "which pointers of a sheaf are taken depends on how full it is: " +
      "the first four lie in the line of its header (struct slab_sheaf, " +
      "mm/slub.c)",
  },
  {
    structure: "slab freelist",
    reason: "a link in a free object (mm/slub.c before 7.0) is counted with " +
      "the object in a recording",
  },
];
