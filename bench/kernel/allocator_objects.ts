/** What a CPU keeps of slab caches (mm/slub.c) and of block devices' bios. */
import type { ObjectSearch } from "./found_objects.ts";

/** A CPU's part of a cache, by the member that leads to it: 6.x, then 7.x. */
const CPU_PARTS = [
  ["cpu_slab", "kmem_cache_cpu"],
  ["cpu_sheaves", "slub_percpu_sheaves"],
] as const;

export function addAllocators({ data, members, found }: ObjectSearch): void {
  const pool = data.symbols.find("blkdev_dio_pool");
  found.add(pool, "bio_set", "bio_set blkdev_dio_pool");
  found.add(
    members.perCpu(pool, "bio_set", "cache"),
    "bio_alloc_cache",
    "bio_alloc_cache (percpu)",
  );
  const caches = data.symbols.find("slab_caches");
  for (const cache of members.list(caches, "kmem_cache", "list")) {
    for (const [member, type] of CPU_PARTS) {
      if (data.types.offsetOf("kmem_cache", member) === undefined) continue;
      const at = members.perCpu(cache, "kmem_cache", member);
      found.add(at, type, `slub percpu ${member}`);
    }
  }
}
