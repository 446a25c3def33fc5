/** The structures that the path keeps in memory, by their names in C. */
import type { KernelStructs } from "./path_structs.ts";

/** Which tag each of the path's structures has. */
export const PATH_STRUCTS: Readonly<Record<keyof KernelStructs, string>> =
  Object.freeze({
    bio: "bio",
    request: "request",
    nvmeIod: "nvme_iod",
    page: "page",
    devPagemap: "dev_pagemap",
    queueLimits: "queue_limits",
    blkPlug: "blk_plug",
    blkMqCtx: "blk_mq_ctx",
    nvmeQueue: "nvme_queue",
  });
