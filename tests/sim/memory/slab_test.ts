import { assertEquals, assertNotEquals } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { Slab } from "../../../sim/memory/slab.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";

const SHAPE = {
  structure: "object",
  objectBytes: 48,
  strideBytes: 64,
  count: 3,
  freePointerOffset: 24,
};

Deno.test("Slab gives out again first what was freed last", () => {
  for (const abi of abis) {
    const memory = new KernelMemory({ abi, sizeBytes: 65536 });
    const slab = new Slab(memory, SHAPE);
    const [a, b, c] = [slab.take(), slab.take(), slab.take()];
    // Neighbours in order at first, 64 bytes apart.
    assertEquals([b - a, c - b], [64, 64], abi.name);
    assertEquals(slab.take(), 0, abi.name);
    slab.give(a);
    slab.give(c);
    assertEquals([slab.take(), slab.take()], [c, a], abi.name);
  }
});

Deno.test("Slab counts what is in use", () => {
  const [abi] = abis;
  if (abi === undefined) throw new TypeError("no ABI");
  const slab = new Slab(new KernelMemory({ abi, sizeBytes: 65536 }), SHAPE);
  const a = slab.take();
  const b = slab.take();
  slab.give(a);
  assertEquals(slab.live, 1);
  slab.give(b);
  assertEquals(slab.live, 0);
});

Deno.test("Slab gives out objects in random order where memory is scattered", () => {
  const orderOf = (seed: number) => {
    const memory = new KernelMemory({
      abi: findAbi("lp64"),
      sizeBytes: 1 << 20,
      scatter: randomStream(seed, "scatter"),
    });
    const slab = new Slab(memory, { ...SHAPE, count: 40 });
    const [first] = memory.regions.slice(-1);
    return Array.from(
      { length: 40 },
      () => (slab.take() - (first?.offset ?? 0)) / 64,
    );
  };
  const ascending = Array.from({ length: 40 }, (_, i) => i);
  assertEquals(orderOf(1), orderOf(1));
  assertNotEquals(orderOf(1), orderOf(2));
  assertNotEquals(orderOf(1), ascending);
  // Each of them once, all the same.
  assertEquals(orderOf(1).toSorted((a, b) => a - b), ascending);
});
