import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { regionNamed } from "../../../sim/memory/region_named.ts";
import { Slab } from "../../../sim/memory/slab.ts";
import { slabHeadName } from "../../../sim/memory/free_objects.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import { smallMap } from "../small_map.ts";

function memory(): KernelMemory {
  return new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 1 << 20 });
}

Deno.test("regionNamed() finds by name, or by the structure's", () => {
  const arena = memory();
  const first = arena.reserve("block_device", 64, { name: "of bios" });
  const second = arena.reserve("block_device", 64);
  assertEquals(regionNamed(arena.regions, "of bios").offset, first);
  assertEquals(regionNamed(arena.regions, "block_device").offset, second);
});

Deno.test("regionNamed() refuses a name that none has, or two", () => {
  const arena = memory();
  arena.reserve("bio", 64);
  assertThrows(
    () => regionNamed(arena.regions, "bios"),
    RangeError,
    'Cannot find region "bios" of kernel memory: 0 of its 1 regions',
  );
  arena.reserve("bio", 64);
  assertThrows(
    () => regionNamed(arena.regions, "bio"),
    RangeError,
    "2 of its 2 regions have that name, expected one",
  );
});

Deno.test("a slab's freelist head is found by the slab's name", () => {
  const arena = memory();
  const slabs = [16, 64].map((capacity) =>
    new Slab(arena, {
      structure: "bio_vec",
      name: `bio_vec of ${capacity}`,
      objectBytes: capacity * 16,
      strideBytes: capacity * 16,
      count: 4,
      freePointerOffset: 0,
    })
  );
  for (const [index, capacity] of [16, 64].entries()) {
    const name = `bio_vec of ${capacity}`;
    const { offset } = regionNamed(arena.regions, name);
    const head = regionNamed(arena.regions, slabHeadName(name));
    // The first object is the first of the list.
    assertEquals(arena.getPointer(head.offset), offset);
    assertEquals(slabs[index]?.take(), offset);
  }
});

Deno.test("no two regions of a path have one name", () => {
  for (const scheduler of ["none", "mq-deadline"] as const) {
    for (const recognition of ["page", "range", "segment"] as const) {
      const { memory } = openPath({
        layout: "phys_flags",
        abi: "lp64",
        kernel: "7.2",
        recognition,
        limits: QUEUE_LIMIT_PRESETS.nvme_prp,
        map: smallMap(true),
        depth: 4,
        machine: {
          ...PLAIN_MACHINE,
          iommu: true,
          integrity: "t10",
          settings: { scheduler },
        },
      });
      const names = memory.regions.map(({ name, structure }) =>
        name ?? structure
      );
      assertEquals(
        names.filter((name, index) => names.indexOf(name) !== index),
        [],
        `${scheduler}, ${recognition}`,
      );
    }
  }
});
