/**
 * Which structure of a recording is which of the lab, and why the two differ
 * where they do. A difference that is mended is a line less here.
 */
import type { RecordedCell } from "./recorded_cell.ts";

export interface SameStructure {
  readonly lab: string;
  readonly recorded: string;
  /** Other names for it; the first is used. */
  readonly alsoRecorded?: RegExp;
  /** What names of fields begin with, where it is a part of that structure. */
  readonly part?: string;
  /**
   * Whether a recorder may have no name for it and count it as memory of a CPU
   * or of a slab cache, so that its absence from a file means nothing.
   */
  readonly mayBeUntold?: true;
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
  readonly tag?: string | undefined;
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
  {
    lab: "io_mapped_ubuf",
    recorded: "io_mapped_ubuf (header)",
    mayBeUntold: true,
  },
  {
    lab: "page",
    recorded: "struct page (data)",
    // Of a batch a recorder may know the data of its last I/O alone.
    alsoRecorded: /^struct page \(data\?\)$/,
  },
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
  { lab: "bio_set", recorded: "bio_set blkdev_dio_pool", mayBeUntold: true },
  {
    lab: "bio_alloc_cache",
    recorded: "bio_alloc_cache (percpu)",
    mayBeUntold: true,
  },
  // io_submit_state_start() of io_uring keeps it in its context.
  {
    lab: "blk_plug",
    recorded: "io_ring_ctx",
    part: "submit_state.plug.",
    mayBeUntold: true,
  },
  { lab: "kmem_cache", recorded: "kmem_cache" },
  { lab: "slub_percpu_sheaves", recorded: "slub percpu cpu_sheaves" },
  {
    lab: "kmem_cache_cpu",
    recorded: "slub percpu cpu_slab",
    alsoRecorded: /^(slub percpu (?!cpu_sheaves)|kmem_cache_cpu\b)/,
    mayBeUntold: true,
  },
  // The link of a free bio is after its vectors.
  {
    lab: "slab freelist",
    recorded: "slab bio",
    alsoRecorded: /^slab bio-\d+$/,
    mayBeUntold: true,
  },
  {
    lab: "scatterlist",
    recorded: "scatterlist",
    alsoRecorded: /scatterlist|iod_mempool|^slab kmalloc-4k$/,
    mayBeUntold: true,
  },
  { lab: "slab_sheaf", recorded: "slab_sheaf" },
  { lab: "dma_pool 256", recorded: "dma_pool (small)" },
  { lab: "dma_pool page", recorded: "dma_pool (large)" },
  { lab: "pci_dev", recorded: "pci_dev (struct device)" },
  { lab: "nvme_dev", recorded: "nvme_dev" },
];

export const UNCOMPARED: ReadonlySet<string> = new Set([
  "aio_kiocb",
  "page of other memory",
]);

export interface KnownDifference {
  /** The recording's name, or the lab's where a recording has none. */
  readonly structure: string;
  /** Cells in which there is one; default: all. */
  readonly when?: (cell: RecordedCell) => boolean;
  /** Why, with the kernel's function. */
  readonly reason: string;
}

const isSplit = ({ bytes, limits }: RecordedCell): boolean =>
  bytes > limits.maxSectors * 512;

const is6x1 = ({ kernel }: RecordedCell): boolean => kernel === "6.1";
const isHuge6x1 = (cell: RecordedCell): boolean =>
  is6x1(cell) && cell.kind === "huge" && cell.registered;

/** The differences; the first that fits is reported. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  ...["dma_pool (small)", "dma_pool (large)", "PRP/SGL list (large, 4096 B)"]
    .map((structure) => ({
      structure,
      when: is6x1,
      reason: "6.1 keeps the next free block of a page as an offset in the " +
        "page, and has no list of blocks (dma_pool_alloc, mm/dmapool.c before " +
        "6.4)",
    })),
  {
    structure: "blk_mq_ctx (percpu)",
    when: (cell) => is6x1(cell) && cell.isWrite,
    reason: "6.1 hands a plugged direct write to the software queue and " +
      "kblockd (blk_mq_insert_requests, block/blk-mq-sched.c)",
  },
  {
    structure: "bio_set blkdev_dio_pool",
    when: is6x1,
    reason:
      "6.1 takes a bio from the pool without the per-CPU cache, and asks " +
      "more of it (bio_alloc_bioset, block/bio.c)",
  },
  {
    structure: "bio_vec (registered buffer)",
    when: is6x1,
    reason: "6.1 registers a vector a page, also of a huge page, after a " +
      "header of another size (io_sqe_buffer_register, io_uring/rsrc.c)",
  },
  ...["scatterlist", "bio", "request", "nvme_iod", "nvme SQ", "kmem_cache"].map(
    (
      structure,
    ) => ({
      structure,
      when: isHuge6x1,
      reason: "6.1 registers a vector a page, so that a huge page is many " +
        "segments, and more than 127 of them several requests " +
        "(io_sqe_buffer_register, io_uring/rsrc.c)",
    }),
  ),
  {
    structure: "scatterlist",
    when: is6x1,
    reason: "6.1 has the pointers to list pages after the entries of the " +
      "request (nvme_pci_iod_list, drivers/nvme/host/pci.c)",
  },
  {
    structure: "struct page (data)",
    when: ({ kind, kernel }) => kind === "huge" && kernel === "6.1",
    reason:
      "6.1 pins and releases a huge page by its head, and reads no struct " +
      "page of those between (bio_iov_iter_get_pages and bio_release_pages, " +
      "block/bio.c)",
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
      "the lab completes either each so, or all after the last",
  })),
  {
    structure: "slub percpu cpu_slab",
    reason:
      "struct kmem_cache_cpu has 32 bytes and no line of its own: those " +
      "of two caches share one, or one lies in two, as per-CPU memory was given " +
      "out (alloc_kmem_cache_cpus, mm/slub.c)",
  },
  {
    structure: "slab_sheaf",
    reason: "which pointers of a sheaf are taken depends on how full it is: " +
      "the first four lie in the line of its header (struct slab_sheaf, " +
      "mm/slub.c)",
  },
];
