/**
 * What functions of the block layer load and store of bios, requests, limits
 * and software queues beside what the path's own stages work with
 * (`touched_fields.ts`).
 */
import type { TouchSite } from "./touch_site.ts";

/** The sites. An element of an array of pointers is `hctxs[1]`. */
export const BLOCK_TOUCH_SITES = {
  // A bio is submitted: block/blk-core.c, blk-cgroup.c, blk-mq.c.
  bioSubmit: {
    struct: "bio",
    functions: [
      { name: "submit_bio/bio_set_ioprio", reads: ["bi_ioprio"] },
      { name: "submit_bio_noacct/bdev_get_queue", reads: ["bi_bdev"] },
      {
        name: "submit_bio_noacct_nocheck/blk_cgroup_bio_start",
        reads: ["bi_blkg"],
      },
    ],
  },
  // The same in 6.x: block/blk-core.c, blk-cgroup.h.
  bioSubmit6x: {
    struct: "bio",
    functions: [
      {
        name: "submit_bio_noacct_nocheck/bio_issue_init",
        updates: ["bi_issue"],
      },
    ],
  },
  // It may be merged: block/blk-merge.c.
  bioMerge: {
    struct: "bio",
    functions: [
      {
        name: "blk_rq_merge_ok",
        reads: ["bi_write_hint", "bi_write_stream", "bi_ioprio"],
      },
    ],
  },
  // It becomes a request: block/blk-mq.c.
  bioPrepare: {
    struct: "bio",
    functions: [
      { name: "blk_mq_bio_to_request", reads: ["bi_bvec_gap_bit"] },
    ],
  },
  // It ends: block/bio.c.
  bioEnd: {
    struct: "bio",
    functions: [
      { name: "bio_endio/rq_qos_done_bio", reads: ["bi_bdev"] },
      { name: "bio_endio", reads: ["bi_blkg"] },
    ],
  },
  // A bio is submitted: block/blk-core.c, blk-mq.c.
  limitsSubmit: {
    struct: "queue_limits",
    functions: [
      { name: "submit_bio_noacct", reads: ["features"] },
      {
        name: "blk_mq_submit_bio/bio_unaligned",
        reads: ["logical_block_size"],
      },
      {
        name: "blk_mq_submit_bio/bio_may_need_split",
        reads: ["dma_alignment"],
      },
      {
        name: "blk_mq_submit_bio/blk_get_integrity",
        reads: ["integrity.metadata_size"],
      },
    ],
  },
  // The same in 6.x: block/bio-integrity.c, include/linux/blkdev.h.
  limitsSubmit6x: {
    struct: "queue_limits",
    functions: [
      { name: "bio_integrity_prep", reads: ["integrity.tuple_size"] },
      { name: "submit_bio_noacct/bdev_is_zoned", reads: ["zoned"] },
    ],
  },
  // The same of a write: block/fops.c.
  limitsWrite: {
    struct: "queue_limits",
    functions: [
      {
        name: "blkdev_direct_IO/bdev_max_write_streams",
        reads: ["max_write_streams"],
      },
    ],
  },
  // The hardware queue of this CPU is found (block/blk-mq.h
  // blk_mq_map_queue()): reads may have another than writes.
  contextMapRead: {
    struct: "blk_mq_ctx",
    functions: [{ name: "blk_mq_map_queue", reads: ["hctxs[1]"] }],
  },
  contextMapWrite: {
    struct: "blk_mq_ctx",
    functions: [{ name: "blk_mq_map_queue", reads: ["hctxs[0]"] }],
  },
  // A completion's CPU is compared: block/blk-mq.c.
  contextComplete: {
    struct: "blk_mq_ctx",
    functions: [{ name: "blk_mq_complete_request_remote", reads: ["cpu"] }],
  },
  // A tag becomes a request: block/blk-mq.c.
  requestInit: {
    struct: "request",
    functions: [
      {
        name: "blk_mq_rq_ctx_init",
        writes: ["queuelist.next", "queuelist.prev"],
      },
      { name: "blk_mq_rq_late_init", reads: ["q"], writes: ["alloc_time_ns"] },
    ],
  },
  // A bio becomes a request's: block/blk-mq.c, blk-wbt.c.
  requestPrepare: {
    struct: "request",
    functions: [
      { name: "blk_account_io_start", reads: ["q"], updates: ["rq_flags"] },
      { name: "wbt_track", updates: ["wbt_flags"] },
    ],
  },
  // The driver owns it: block/blk-mq.c, blk-wbt.c, blk-timeout.c.
  requestStart: {
    struct: "request",
    functions: [
      {
        name: "blk_mq_start_request",
        reads: ["q", "mq_hctx", "state"],
        updates: ["rq_flags"],
      },
      { name: "wbt_issue", reads: ["io_start_time_ns", "wbt_flags"] },
      { name: "blk_add_timer", updates: ["timeout"] },
    ],
  },
  // It is mapped by an iterator: block/blk-mq-dma.c.
  requestMapIter: {
    struct: "request",
    functions: [
      {
        name: "blk_dma_map_iter_start/req_phys_gap_mask",
        reads: ["phys_gap_bit"],
      },
    ],
  },
  // It may get an SGL: drivers/nvme/host/pci.c.
  requestUseSgls: {
    struct: "request",
    functions: [
      {
        name: "nvme_pci_use_sgls",
        reads: ["phys_gap_bit", "nr_integrity_segments"],
      },
    ],
  },
  // A completion is its own: block/blk-mq.c, include/linux/blk-mq.h.
  requestComplete: {
    struct: "request",
    functions: [
      {
        name: "blk_mq_complete_request_remote",
        reads: ["mq_ctx", "mq_hctx"],
      },
      { name: "blk_mq_add_to_batch", reads: ["rq_flags", "end_io"] },
      { name: "rq_list_add_tail", writes: ["queuelist.next"] },
    ],
  },
  // It ends: block/blk-mq.c, blk-stat.c, blk-wbt.c.
  requestEnd: {
    struct: "request",
    functions: [
      {
        name: "blk_mq_end_request_batch/rq_list_pop",
        updates: ["queuelist.next"],
      },
      { name: "blk_complete_request", reads: ["end_io"] },
      { name: "blk_account_io_completion", reads: ["part"] },
      { name: "blk_stat_add", reads: ["q", "io_start_time_ns"] },
      { name: "blk_account_io_done", reads: ["part", "start_time_ns"] },
      { name: "wbt_done", updates: ["wbt_flags"] },
      {
        name: "blk_mq_end_request_batch",
        reads: ["mq_hctx"],
        updates: ["ref"],
      },
    ],
  },
} as const satisfies Readonly<Record<string, TouchSite>>;
