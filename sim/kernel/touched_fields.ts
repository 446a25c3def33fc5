/**
 * What kernel functions load and store beside what the path's own stages work
 * with: each function, and the fields that it touches there. A stage calls a
 * site; which fields are touched is decided here and nowhere else.
 *
 * As recorded of Debian 7.2.13 on amd64, every load and store of an I/O
 * (oracle/footprint/README.md). A field that a kernel has not is left out, and
 * so is one that the stage itself touches the same way.
 */

/** Fields that one kernel function touches. */
export interface TouchingFunction {
  /** The function, an inlined one behind the one that it is in. */
  readonly name: string;
  /** Fields that are loaded. */
  readonly reads?: readonly string[];
  /** Fields that are loaded, changed and stored. */
  readonly updates?: readonly string[];
  /** Fields that are stored. */
  readonly writes?: readonly string[];
}

/** A place in the path, and what is touched there of one object. */
export interface TouchSite {
  /** Tag of the struct. */
  readonly struct: string;
  /** The functions, in the order in which they run. */
  readonly functions: readonly TouchingFunction[];
}

/**
 * The sites, by their names in the path. An element of an array of pointers is
 * `hctxs[1]`.
 */
export const TOUCH_SITES = {
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
  // The driver has it: block/blk-mq.c, blk-wbt.c, blk-timeout.c.
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
  // The driver's part is set up: drivers/nvme/host/core.c, pci.c.
  iodPrepare: {
    struct: "nvme_iod",
    functions: [
      {
        name: "nvme_setup_cmd/nvme_clear_nvme_request",
        writes: ["req.retries", "req.flags", "req.status"],
      },
      { name: "nvme_setup_cmd", reads: ["req.cmd", "req.genctr"] },
      { name: "nvme_prep_rq", writes: ["nr_dma_vecs", "meta_total_len"] },
    ],
  },
  // What drivers/nvme/host/pci.c of 6.x does otherwise: its iod has a
  // scatterlist, and an address and a length of what was mapped as one.
  iodPrepare6x: {
    struct: "nvme_iod",
    functions: [
      {
        name: "nvme_prep_rq",
        writes: ["aborted", "sgt.nents", "meta_sgt.nents"],
      },
    ],
  },
  iodFinish6x: {
    struct: "nvme_iod",
    functions: [
      { name: "nvme_map_data", reads: ["dma_len"], writes: ["first_dma"] },
    ],
  },
  iodUnmap6x: {
    struct: "nvme_iod",
    functions: [{ name: "nvme_unmap_data", reads: ["dma_len", "first_dma"] }],
  },
  // The same, and kernel/dma/mapping.c.
  iodMap6x: {
    struct: "nvme_iod",
    functions: [
      {
        name: "nvme_map_data",
        reads: ["sgt.sgl"],
        writes: ["sgt.orig_nents"],
      },
      { name: "nvme_map_data/nvme_pci_use_sgls", reads: ["req.flags"] },
      { name: "dma_map_sgtable", reads: ["sgt.orig_nents"] },
    ],
  },
  // The data is mapped by an iterator: block/blk-mq-dma.c.
  iodMapIter: {
    struct: "nvme_iod",
    functions: [
      {
        name: "blk_dma_map_iter_start",
        writes: ["dma_state.addr", "dma_state.__size"],
      },
    ],
  },
  // It may get an SGL: drivers/nvme/host/pci.c.
  iodUseSgls: {
    struct: "nvme_iod",
    functions: [{ name: "nvme_pci_use_sgls", reads: ["req.flags"] }],
  },
  // A completion is its own: drivers/nvme/host/pci.c, nvme.h.
  iodComplete: {
    struct: "nvme_iod",
    functions: [
      {
        name: "nvme_try_complete_req",
        reads: ["req.ctrl"],
        updates: ["req.genctr"],
        writes: ["req.result", "req.status"],
      },
      { name: "blk_mq_add_to_batch", reads: ["req.status"] },
    ],
  },
  // The data is unmapped: drivers/nvme/host/pci.c.
  iodUnmap: {
    struct: "nvme_iod",
    functions: [{ name: "nvme_unmap_data", reads: ["total_len"] }],
  },
  // It had been mapped by an iterator: block/blk-mq-dma.c.
  iodUnmapIter: {
    struct: "nvme_iod",
    functions: [
      { name: "blk_rq_dma_unmap/dma_use_iova", reads: ["dma_state.__size"] },
    ],
  },
  // A command goes into the ring: drivers/nvme/host/pci.c.
  queuePush: {
    struct: "nvme_queue",
    functions: [
      { name: "nvme_queue_rq", reads: ["dev", "flags"] },
      { name: "spin_lock", updates: ["sq_lock"] },
      { name: "nvme_sq_copy_cmd", reads: ["sq_cmds", "sqes", "q_depth"] },
    ],
  },
  // The device is told of commands: drivers/nvme/host/pci.c.
  queueRing: {
    struct: "nvme_queue",
    functions: [
      {
        name: "nvme_write_sq_db",
        reads: ["q_db", "dbbuf_sq_db", "dbbuf_sq_ei"],
        writes: ["last_sq_tail"],
      },
      { name: "spin_unlock", writes: ["sq_lock"] },
    ],
  },
  // Completions are looked for: drivers/nvme/host/pci.c.
  queuePoll: {
    struct: "nvme_queue",
    functions: [{ name: "nvme_cqe_pending", reads: ["cqes"] }],
  },
  // One was found: drivers/nvme/host/pci.c.
  queueHandle: {
    struct: "nvme_queue",
    functions: [
      { name: "nvme_handle_cqe", reads: ["qid"] },
      { name: "nvme_update_cq_head", reads: ["q_depth"] },
    ],
  },
  completionHandle: {
    struct: "nvme_completion",
    functions: [{ name: "nvme_handle_cqe", reads: ["result"] }],
  },
  // The device is told that they were taken: drivers/nvme/host/pci.c.
  queueRingCompletion: {
    struct: "nvme_queue",
    functions: [
      {
        name: "nvme_ring_cq_doorbell",
        reads: ["dev", "q_db", "dbbuf_cq_db", "dbbuf_cq_ei"],
      },
    ],
  },
  // A descriptor list is taken or given back: drivers/nvme/host/pci.c. Both
  // pools are loaded and one of them is chosen.
  queuePool: {
    struct: "nvme_queue",
    functions: [
      {
        name: "nvme_dma_pool",
        reads: ["descriptor_pools.large", "descriptor_pools.small"],
      },
    ],
  },
} as const satisfies Readonly<Record<string, TouchSite>>;

/** Name of a site. */
export type TouchSiteName = keyof typeof TOUCH_SITES;
