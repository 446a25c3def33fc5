/** What a CPU keeps of slab caches (mm/slub.c) and of block devices' bios. */
import type { FoundObjects } from "./found_objects.ts";
import { type KernelData, KernelObject, listed } from "./kernel_object.ts";

/** A CPU's part of a cache, by the member that leads to it: 6.x, then 7.x. */
const CPU_PARTS = [
  ["cpu_slab", "kmem_cache_cpu"],
  ["cpu_sheaves", "slub_percpu_sheaves"],
] as const;

export function addAllocators(data: KernelData, found: FoundObjects): void {
  const at = data.symbols.find("blkdev_dio_pool");
  const pool = new KernelObject(data, "bio_set", at);
  found.add(pool, "bio_set blkdev_dio_pool");
  found.add(
    pool.toPerCpu("cache", "bio_alloc_cache"),
    "bio_alloc_cache (percpu)",
  );
  const head = data.symbols.find("slab_caches");
  for (const cache of listed(data, "kmem_cache", { head, link: "list" })) {
    for (const [member, type] of CPU_PARTS) {
      if (cache.address(member) === undefined) continue;
      found.add(cache.toPerCpu(member, type), `slub percpu ${member}`);
    }
  }
}
