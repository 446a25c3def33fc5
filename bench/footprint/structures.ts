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
  { lab: "bio", recorded: "bio", placedByBoot: true },
  { lab: "blkdev_dio", recorded: "blkdev_dio" },
  { lab: "request", recorded: "request" },
  { lab: "nvme_iod", recorded: "nvme_iod" },
  { lab: "nvme descriptor 256", recorded: "PRP/SGL list (small, 256 B)" },
  { lab: "nvme descriptor page", recorded: "PRP/SGL list (large, 4096 B)" },
  { lab: "nvme sq", recorded: "nvme SQ" },
  { lab: "nvme cq", recorded: "nvme CQ" },
  { lab: "nvme doorbell", recorded: "nvme doorbell" },
  { lab: "nvme_queue", recorded: "nvme_queue" },
  // Inside request_queue, whose objects of 920 bytes are not line-aligned.
  { lab: "queue_limits", recorded: "queue_limits", placedByBoot: true },
  { lab: "sbitmap_word", recorded: "sbitmap_word (tags)" },
  { lab: "sbitmap hint", recorded: "sbitmap alloc_hint (percpu)" },
  { lab: "blk_mq_ctx", recorded: "blk_mq_ctx (percpu)" },
  { lab: "dev_pagemap", recorded: "dev_pagemap" },
  { lab: "p2pdma_provider", recorded: "pci_p2pdma_pagemap (tail)" },
  { lab: "request_queue", recorded: "request_queue", inPart: true },
  { lab: "blk_mq_hw_ctx", recorded: "blk_mq_hw_ctx", inPart: true },
  { lab: "block_device", recorded: "block_device(+bdev_inode)", inPart: true },
  { lab: "bio_set", recorded: "bio_set blkdev_dio_pool", inPart: true },
  { lab: "kmem_cache_cpu", recorded: "slub percpu cpu_sheaves", inPart: true },
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

/** The differences; the first that fits is told. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    structure: "bio_vec",
    reason: "init_on_alloc zeroes the whole array of 16, 64, 128 or 256 " +
      "vectors (mm/slub.c slab_want_init_on_alloc); the lab zeroes nothing",
  },
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
  {
    structure: "request",
    reason: "where an I/O becomes two requests, the first is often completed " +
      "before the second takes its tag, and the tag is the same; the lab " +
      "issues both first",
  },
  {
    structure: "nvme_iod",
    reason: "nvme_prep_rq clears nr_dma_vecs (184) and meta_total_len (200), " +
      "nvme_setup_cmd and completion use req.* (0 to 39); the lab has a " +
      "compact nvme_iod",
  },
  {
    structure: "PRP/SGL list (small, 256 B)",
    reason: "dma_pool_alloc zeroes the block (init_on_alloc), and the free " +
      "list's link and its owner lie in it (mm/dmapool.c)",
  },
  {
    structure: "PRP/SGL list (large, 4096 B)",
    reason: "dma_pool_alloc zeroes the block (init_on_alloc); the block of a " +
      "first request is often free again for the second",
  },
  {
    structure: "nvme SQ",
    reason: "the SQE is copied there, 8 stores of 8 bytes (nvme_sq_copy_cmd)",
  },
  {
    structure: "nvme CQ",
    reason:
      "nvme_poll_cq reads the phase of the next entry, too, which is in " +
      "the next line every fourth time",
  },
  {
    structure: "nvme doorbell",
    reason: "a doorbell of the SQ and one of the CQ are beside each other",
  },
  {
    structure: "nvme_queue",
    reason:
      "sq_lock (24) and sq_cmds (32), cqes (72), q_db (96) and the ring " +
      "positions, and the dbbuf pointers (128 to 152) are three lines " +
      "(drivers/nvme/host/pci.c); the lab has the positions alone",
  },
  {
    structure: "queue_limits",
    reason: "at offset 112 of request_queue, whose objects are not " +
      "line-aligned; dma_alignment (176), max_segments (156) and " +
      "integrity.metadata_size (186) are read, too",
  },
  {
    structure: "sbitmap_word (tags)",
    reason: "completion in a batch clears `word` itself " +
      "(sbitmap_queue_clear_batch, lib/sbitmap.c); the lab sets `cleared`",
  },
  {
    structure: "sbitmap alloc_hint (percpu)",
    reason: "the kernel reads the hint at allocation, and sets it at both ends",
  },
  {
    structure: "blk_mq_ctx (percpu)",
    reason: "cpu (64) and hctxs (88) lie in another line than the lists " +
      "(block/blk-mq.h), by place in the per-CPU area; the lab has one line",
  },
  {
    structure: "blk_plug",
    reason: "a plug lies on the stack, and pread and one SQE have none; the " +
      "lab looks into current->plug",
  },
  {
    structure: "dev_pagemap",
    reason: "page->pgmap pointers are compared, and pgmap->type is read once " +
      "a mapping (pci_p2pdma_state, drivers/pci/p2pdma.c); the lab reads it " +
      "for each page",
  },
  {
    structure: "pci_p2pdma_pagemap (tail)",
    reason: "the provider is behind the pgmap, read once a mapping",
  },
  ...[
    "request_queue",
    "blk_mq_hw_ctx",
    "block_device(+bdev_inode)",
    "bio_set blkdev_dio_pool",
  ].map((structure) => ({
    structure,
    reason: "the lab has of it what bios and requests need, in one line; " +
      "statistics, limits of cgroups and state of the queue are not modelled",
  })),
  ...["slub percpu cpu_sheaves", "slab freelist"].map((structure) => ({
    structure,
    reason: "7.2 allocates from per-CPU sheaves and the per-CPU bio cache " +
      "(mm/slub.c, block/bio.c), without a link in the free object; the lab " +
      "has SLUB's list of 6.12",
  })),
];
