import { assertEquals } from "@std/assert";
import { comparedRecordings } from "../../recorded_footprints.ts";

/** Structures of a folder of recordings, and which are not equal. */
async function compared(folder: string) {
  const { footprints } = await comparedRecordings(folder);
  const all = footprints.filter(({ covered }) => covered).flatMap((
    { workload, structures },
  ) =>
    structures.map(({ name, equal, reason }) => ({
      of: `${workload}, ${name}`,
      equal,
      reason,
    }))
  );
  return {
    workloads: footprints.length,
    covered: footprints.filter(({ covered }) => covered).length,
    structures: all.length,
    unequal: [
      ...new Set(all.filter(({ equal }) => !equal).map(({ of }) => of)),
    ],
    unexplained: all.filter(({ equal, reason }) => !equal && !reason).length,
  };
}

Deno.test("lines of all structures are those of Debian's 7.2", async () => {
  assertEquals(await compared("footprint"), {
    workloads: 27,
    covered: 24,
    structures: 471,
    unequal: [],
    unexplained: 0,
  });
});

Deno.test("and of 6.12: other sizes, interfaces and buffers, and a scatterlist", async () => {
  const { unequal, ...sums } = await compared("footprint_6.12");
  assertEquals(sums, {
    workloads: 66,
    covered: 66,
    structures: 1368,
    unexplained: 0,
  });
  // Two caches' kmem_cache_cpu of 32 bytes share a line, or one has two.
  assertEquals(unequal, [
    "x_512k_pread_r_huge, slub percpu cpu_slab",
    "x_512k_uring_r_huge, slub percpu cpu_slab",
    "x_512k_pread_r_scattered, slub percpu cpu_slab",
  ]);
});
