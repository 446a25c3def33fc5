/** The NVMe driver's objects of a disk (drivers/nvme/host/pci.c). */
import type { ObjectSearch } from "./found_objects.ts";

/** Where the driver's objects are reached from. */
export interface NvmeParts {
  /** The first hardware context. */
  readonly hctx: number | undefined;
  readonly gendisk: number | undefined;
}

/**
 * Adds the driver's objects of a disk.
 *
 * @param parts Where it begins: a hardware context, and the disk.
 */
export function addNvme(
  { data, members, found }: ObjectSearch,
  { hctx, gendisk }: NvmeParts,
): void {
  const queue = members.pointer(hctx, "blk_mq_hw_ctx", "driver_data");
  found.add(queue, "nvme_queue");
  const depth = members.word(queue, "nvme_queue", "q_depth") & 0xffff;
  found.bytes(
    members.pointer(queue, "nvme_queue", "sq_cmds"),
    "nvme SQ",
    Math.max(depth, 1) * 64,
  );
  found.bytes(
    members.pointer(queue, "nvme_queue", "cqes"),
    "nvme CQ",
    Math.max(depth, 1) * 16,
  );
  found.bytes(members.pointer(queue, "nvme_queue", "q_db"), "nvme doorbell", 8);
  const dev = members.pointer(queue, "nvme_queue", "dev");
  found.add(dev, "nvme_dev");
  const device = members.pointer(dev, "nvme_dev", "dev");
  const inPci = data.types.offsetOf("pci_dev", "dev");
  if (device !== undefined && inPci !== undefined) {
    found.add(device - inPci, "pci_dev", "pci_dev (struct device)");
  }
  const ns = members.pointer(gendisk, "gendisk", "private_data");
  found.add(ns, "nvme_ns");
  found.add(members.pointer(ns, "nvme_ns", "head"), "nvme_ns_head");

  const pools = [
    [members.pointer(dev, "nvme_dev", "prp_small_pool"), "small, 256 B"],
    [members.pointer(dev, "nvme_dev", "prp_page_pool"), "large, 4096 B"],
    [
      members.pointer(queue, "nvme_queue", "descriptor_pools.small"),
      "small, 256 B",
    ],
    [
      members.pointer(queue, "nvme_queue", "descriptor_pools.large"),
      "large, 4096 B",
    ],
  ] as const;
  for (const [pool, words] of pools) {
    if (pool === undefined) continue;
    found.add(pool, "dma_pool", `dma_pool (${words.split(",")[0]})`);
    const pageBytes = members.word(pool, "dma_pool", "allocation");
    const pages = members.address(pool, "dma_pool", "page_list");
    for (const page of members.list(pages, "dma_page", "page_list")) {
      const at = members.pointer(page, "dma_page", "vaddr");
      if (at === undefined) continue;
      found.bytes(at, `PRP/SGL list (${words})`, pageBytes);
    }
  }
}
