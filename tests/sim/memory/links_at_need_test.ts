/** Slabs whose free objects are linked shortly before they are taken. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { Slab } from "../../../sim/memory/slab.ts";
import type { SlabAllocator } from "../../../sim/memory/slab_allocator.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";

const ALLOCATORS: readonly SlabAllocator[] = [
  "freelist",
  "cpu_slab",
  "sheaf",
  "dma_pool",
  "unseen",
];

/** What a slab gives out by and by, and all accesses that a trace has of it. */
function played(
  of: {
    abi: (typeof abis)[number];
    allocator: SlabAllocator;
    count: number;
    scatterSeed: number | undefined;
    linksAtOnce: boolean;
  },
  steps: readonly boolean[],
): { taken: number[]; accesses: string[]; bytes: Uint8Array } {
  const { abi, scatterSeed, linksAtOnce } = of;
  const accesses: string[] = [];
  const memory = new KernelMemory({
    abi,
    sizeBytes: 1 << 17,
    linksAtOnce,
    wrap: (view) =>
      new Proxy(view, {
        get: (target, name) => {
          const value = Reflect.get(target, name, target);
          if (typeof value !== "function") return value;
          return (...words: number[]) => {
            const found = Reflect.apply(value, target, words);
            // What a link was set to is read as an offset: low half alone.
            accesses.push(`${String(name)} ${words.slice(0, 2)} ${found}`);
            return found;
          };
        },
      }),
    scatter: scatterSeed === undefined
      ? undefined
      : randomStream(scatterSeed, "scatter"),
  });
  const slab = new Slab(memory, {
    structure: "object",
    objectBytes: 48,
    strideBytes: 64,
    count: of.count,
    freePointerOffset: 24,
    allocator: of.allocator,
  });
  accesses.length = 0;
  const taken: number[] = [];
  const inUse: number[] = [];
  for (const takes of steps) {
    const given = takes ? undefined : inUse.shift();
    if (given !== undefined) slab.give(given);
    else {
      const object = slab.take();
      taken.push(object);
      if (object !== 0) inUse.push(object);
    }
  }
  assertEquals(slab.live, inUse.length);
  return { taken, accesses, bytes: memory.bytes() };
}

Deno.test("Slab that links at need gives the same objects, by the same accesses", () => {
  fc.assert(fc.property(
    fc.record({
      abi: fc.constantFrom(...abis),
      allocator: fc.constantFrom(...ALLOCATORS),
      count: fc.integer({ min: 1, max: 70 }),
      scatterSeed: fc.option(fc.integer({ min: 1, max: 99 }), {
        nil: undefined,
      }),
    }),
    // More is taken than given, so that the end of the list is seen.
    fc.array(fc.oneof(fc.boolean(), fc.constant(true)), {
      minLength: 30,
      maxLength: 120,
    }),
    (of, steps) => {
      const atOnce = played({ ...of, linksAtOnce: true }, steps);
      const atNeed = played({ ...of, linksAtOnce: false }, steps);
      assertEquals(atNeed.taken, atOnce.taken);
      assertEquals(atNeed.accesses, atOnce.accesses);
      // What was taken has the links that it would have had, in each byte.
      for (const object of new Set(atNeed.taken)) {
        if (object === 0) continue;
        assertEquals(
          atNeed.bytes.slice(object, object + 64),
          atOnce.bytes.slice(object, object + 64),
        );
      }
    },
  ));
});

Deno.test("Slab that links at need touches no object that nobody takes", () => {
  const abi = findAbi("lp64");
  for (const allocator of ["freelist", "cpu_slab", "dma_pool"] as const) {
    const of = { abi, allocator, count: 1000, scatterSeed: undefined };
    const touched = (linksAtOnce: boolean) => {
      const { taken: [first = 0], bytes } = played(
        { ...of, linksAtOnce },
        [true],
      );
      // Lines of the 1000 objects in which there is a link.
      return Array.from(
        { length: 1000 },
        (_, i) => bytes.subarray(first + i * 64, first + (i + 1) * 64),
      ).filter((object) => object.some((byte) => byte !== 0)).length;
    };
    // All but the last, whose link is NULL; and the first 16.
    assertEquals(touched(true), 999, allocator);
    assertEquals(touched(false), 16, allocator);
  }
});

Deno.test("Slab of two workers links its objects at once", () => {
  const abi = findAbi("lp64");
  for (const sharing of ["submits", "completes"] as const) {
    assert(
      new KernelMemory({ abi, sizeBytes: 65536, sharing }).linksAtOnce,
      sharing,
    );
  }
});
