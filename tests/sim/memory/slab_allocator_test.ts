import { assert, assertEquals } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { createBioCache } from "../../../sim/block/bio_cache.ts";
import { AccessRecorder } from "../../../sim/trace/access_batch.ts";
import { Footprint } from "../../../sim/trace/footprint.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { Slab } from "../../../sim/memory/slab.ts";
import {
  createFreeObjects,
  type SlabAllocator,
} from "../../../sim/memory/slab_allocator.ts";
import { TracingView } from "../../../sim/trace/tracer.ts";

const SHAPE = {
  structure: "object",
  objectBytes: 256,
  strideBytes: 256,
  count: 4,
  freePointerOffset: 128,
};
const ALLOCATORS: readonly SlabAllocator[] = [
  "freelist",
  "sheaf",
  "dma_pool",
  "unseen",
];

/** Memory, and distinct lines by structure of what is done to it. */
function traced(abiName = "lp64", initOnAlloc = false) {
  const abi = findAbi(abiName);
  const recorder = new AccessRecorder(0, (batch) => footprint?.take(batch));
  let footprint: Footprint | undefined;
  const memory = new KernelMemory({
    abi,
    sizeBytes: 1 << 16,
    initOnAlloc,
    wrap: (plain) => new TracingView(plain, recorder),
    onFreelist: (inside, _taken, zeroes = false) => {
      recorder.inAllocator = inside && !zeroes;
      recorder.inZeroing = inside && zeroes;
    },
  });
  const lines = (work: () => void): Record<string, number> => {
    footprint = new Footprint({
      regions: memory.regions,
      parts: [],
      stages: ["all"],
    });
    recorder.enabled = true;
    work();
    recorder.flush();
    recorder.enabled = false;
    footprint.endIo();
    return Object.fromEntries(
      Object.entries(footprint.totals().structures)
        .map(([name, sums]) => [name, sums.lines]),
    );
  };
  return { memory, lines };
}

Deno.test("every allocator gives out last what was freed last", () => {
  for (const abi of abis) {
    for (const allocator of ALLOCATORS) {
      const memory = new KernelMemory({ abi, sizeBytes: 65536 });
      const slab = new Slab(memory, { ...SHAPE, allocator });
      const [a, b, c, d] = Array.from({ length: 4 }, () => slab.take()) as [
        number,
        number,
        number,
        number,
      ];
      const name = `${allocator}, ${abi.name}`;
      assertEquals([b - a, c - b, d - c], [256, 256, 256], name);
      assertEquals([slab.take(), slab.live], [0, 4], name);
      slab.give(a);
      slab.give(c);
      assertEquals([slab.take(), slab.take(), slab.live], [c, a, 4], name);
    }
  }
});

Deno.test("sheaves touch no free object, a freelist and a pool do", () => {
  const of = (allocator: SlabAllocator) => {
    const { memory, lines } = traced();
    const slab = new Slab(memory, { ...SHAPE, allocator });
    return lines(() => slab.give(slab.take()));
  };
  // The head and the middle of the object.
  assertEquals(of("freelist"), { "slab freelist": 2 });
  // kmem_cache 0 and 44; lock and main; size at 24 and objects[3] at 32 + 24.
  assertEquals(of("sheaf"), {
    kmem_cache: 1,
    slub_percpu_sheaves: 1,
    slab_sheaf: 1,
  });
  // lock, next_block and nr_active; the link is the block's.
  assertEquals(of("dma_pool"), { dma_pool: 1, object: 1 });
  assertEquals(of("unseen"), {});
});

Deno.test("init_on_alloc zeroes what is asked for, as lines of its own", () => {
  for (const abi of abis) {
    const { memory, lines } = traced(abi.name, true);
    const slab = new Slab(memory, {
      ...SHAPE,
      allocator: "sheaf",
      zeroes: true,
    });
    const plain = new Slab(memory, {
      ...SHAPE,
      structure: "bio",
      allocator: "sheaf",
    });
    const object = slab.take();
    memory.set32(object + 252, 1);
    slab.give(object);
    const touched = lines(() => {
      slab.take();
      plain.take();
    });
    assertEquals(memory.get32(object + 252), 0, abi.name);
    // 256 bytes are 4 lines; a cache of SLAB_TYPESAFE_BY_RCU has none.
    assertEquals(touched["init_on_alloc"], 4, abi.name);
    assertEquals([touched["object"], touched["bio"]], [undefined, undefined]);
  }
  const { memory, lines } = traced("lp64", false);
  const slab = new Slab(memory, { ...SHAPE, zeroes: true });
  assertEquals(lines(() => slab.take())["init_on_alloc"], undefined);
});

Deno.test("a bio that ends in an interrupt comes again with 15 others", () => {
  for (const abi of abis) {
    const memory = new KernelMemory({ abi, sizeBytes: 65536 });
    const bioSet = memory.reserve("bio_set", 144);
    const bios = memory.reserve("bio", 64 * 300, { strideBytes: 64 });
    const cache = createBioCache(memory, { next: 0, bioSet });
    for (let i = 0; i < 15; i++) assert(cache.give(bios + i * 64));
    // ALLOC_CACHE_THRESHOLD: 15 are not worth the move.
    assertEquals(cache.take(), 0, abi.name);
    cache.give(bios + 15 * 64);
    // The last one first.
    assertEquals(cache.take(), bios + 15 * 64, abi.name);
    assertEquals([cache.take(), cache.count()], [bios + 14 * 64, 14]);
    // ALLOC_CACHE_MAX: what is more goes to the slab.
    for (let i = 16; cache.give(bios + i * 64); i++);
    assertEquals(cache.count(), 257, abi.name);
  }
});

Deno.test("a list that no trace sees has 32-bit links in the ABI's byte order", () => {
  // As unseen_give() of bench/native/path/slab.h, whose any32 is the machine's:
  // a link that TypeScript writes is one that C follows.
  for (const abi of abis) {
    const { memory } = traced(abi.name);
    const slab = new Slab(memory, { ...SHAPE, allocator: "unseen" });
    const [one, other] = [slab.take(), slab.take()];
    const linkOf = (
      object: number,
    ) => [...memory.bytes().subarray(object + 128, object + 132)];
    slab.give(other);
    slab.give(one);
    const bytes = [other >>> 24, other >>> 16, other >>> 8, other]
      .map((byte) => byte & 0xff);
    assertEquals(
      linkOf(one),
      abi.littleEndian ? bytes.toReversed() : bytes,
      abi.name,
    );
    // Not two of its bytes are alike, or the order could not be seen.
    assert(new Set(bytes.slice(2)).size === 2, `${other}`);
    assertEquals([slab.take(), slab.take()], [one, other], abi.name);
  }
});

Deno.test("fill() leaves the memory that give() of each object leaves", () => {
  for (const abi of abis) {
    for (const kind of [...ALLOCATORS, "cpu_slab"] as const) {
      const [filled, given] = [0, 1].map((each) => {
        const memory = new KernelMemory({ abi, sizeBytes: 1 << 16 });
        const free = createFreeObjects(memory, kind, {
          ...{ name: "object", count: 9, freePointerOffset: 128 },
        });
        const first = memory.reserve("object", 9 * 256, { alignBytes: 4096 });
        // In an order of their own, as luck of placement has them.
        const objects = [8, 2, 5, 0, 7, 1, 3, 6, 4].map((i) => first + i * 256);
        if (each === 1) objects.forEach((object) => free.give(object));
        else {
          free.fill(objects.slice(0, 5));
          free.fill(objects.slice(5));
        }
        return memory.bytes().slice();
      });
      assertEquals(filled, given, `${abi.name} ${kind}`);
    }
  }
});
