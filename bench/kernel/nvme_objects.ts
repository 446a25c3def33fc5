/** The NVMe driver's objects of a disk (drivers/nvme/host/pci.c). */
import type { FoundObjects } from "./found_objects.ts";
import { type KernelData, KernelObject, listed } from "./kernel_object.ts";

/** @param from Where it begins: a hardware context, and the disk. */
export function addNvme(
  data: KernelData,
  found: FoundObjects,
  { hctx, gendisk }: {
    readonly hctx: KernelObject;
    readonly gendisk: KernelObject;
  },
): void {
  const queue = hctx.to("driver_data", "nvme_queue");
  found.add(queue);
  const depth = Math.max(queue.word("q_depth") & 0xffff, 1);
  found.bytes(queue.pointer("sq_cmds"), "nvme SQ", depth * 64);
  found.bytes(queue.pointer("cqes"), "nvme CQ", depth * 16);
  found.bytes(queue.pointer("q_db"), "nvme doorbell", 8);
  const dev = queue.to("dev", "nvme_dev");
  found.add(dev);
  const device = dev.pointer("dev");
  const inPci = data.types.offsetOf("pci_dev", "dev");
  if (device !== undefined && inPci !== undefined) {
    const pci = new KernelObject(data, "pci_dev", device - inPci);
    found.add(pci, "pci_dev (struct device)");
  }
  const ns = gendisk.to("private_data", "nvme_ns");
  found.add(ns);
  found.add(ns.to("head", "nvme_ns_head"));

  const pools = [
    [dev.to("prp_small_pool", "dma_pool"), "small", "256 B"],
    [dev.to("prp_page_pool", "dma_pool"), "large", "4096 B"],
    [queue.to("descriptor_pools.small", "dma_pool"), "small", "256 B"],
    [queue.to("descriptor_pools.large", "dma_pool"), "large", "4096 B"],
  ] as const;
  for (const [pool, which, size] of pools) {
    if (pool.at === undefined) continue;
    found.add(pool, `dma_pool (${which})`);
    const pageBytes = pool.word("allocation");
    const head = pool.address("page_list");
    for (const page of listed(data, "dma_page", { head, link: "page_list" })) {
      const at = page.pointer("vaddr");
      if (at === undefined) continue;
      found.bytes(at, `PRP/SGL list (${which}, ${size})`, pageBytes);
    }
  }
}
