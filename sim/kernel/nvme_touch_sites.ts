/**
 * What functions of the NVMe driver, and those that it maps data with, load and
 * store of its own structures beside what the path's own stages work with
 * (`touched_fields.ts`).
 */
import type { TouchSite } from "./touch_site.ts";

export const NVME_TOUCH_SITES = {
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
  // The device is notified of commands: drivers/nvme/host/pci.c.
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
  // The device is notified that they were taken: drivers/nvme/host/pci.c.
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
