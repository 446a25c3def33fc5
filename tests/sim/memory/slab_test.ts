import { assertEquals } from "@std/assert";
import { abis } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { Slab } from "../../../sim/memory/slab.ts";

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
