import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { Slab } from "../../../sim/memory/slab.ts";

Deno.test("counters of shared memory do what those of own memory do, on every ABI", () => {
  const step = fc.record({
    what: fc.constantFrom("add32", "or32", "clear32", "exchange32"),
    value: fc.integer(),
  });
  for (const abi of abis) {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const run = (sharing?: "submits") => {
          const memory = new KernelMemory({
            abi,
            sizeBytes: 8192,
            ...(sharing ? { sharing } : {}),
          });
          const at = memory.reserve("counter", 4);
          const answers = steps.map(({ what, value }) => {
            const { [what]: act } = memory.counters as unknown as Record<
              string,
              (at: number, value: number) => number | undefined
            >;
            const answer = act?.(at, value);
            return answer === undefined ? null : answer | 0;
          });
          return { answers, value: memory.get32(at) };
        };
        assertEquals(run("submits"), run(), abi.name);
      }),
      { numRuns: 50 },
    );
  }
});

Deno.test("Slab gets back what the other side frees, when its own list is empty", () => {
  const abi = findAbi("lp64");
  const options = {
    structure: "bio",
    objectBytes: 64,
    strideBytes: 64,
    count: 3,
    freePointerOffset: 32,
  };
  const memory = new KernelMemory({
    abi,
    sizeBytes: 1 << 16,
    sharing: "submits",
  });
  const slab = new Slab(memory, options);
  const before = Array.from(new Uint8Array(memory.buffer));
  const there = new KernelMemory({
    abi,
    sizeBytes: 1 << 16,
    buffer: memory.buffer,
    sharing: "completes",
  });
  const other = new Slab(there, options);
  // Made from the same options, it lies in the same place.
  assertEquals(Array.from(new Uint8Array(memory.buffer)), before);

  const [a, b, c] = [slab.take(), slab.take(), slab.take()];
  assertEquals([slab.take(), slab.live], [0, 3]);
  other.give(a);
  other.give(c);
  assertEquals([slab.live, there.remoteFrees], [1, 2]);
  // The list is taken whole, the object freed last first.
  assertEquals([slab.take(), slab.take(), slab.take()], [c, a, 0]);
  slab.give(b);
  assertEquals([slab.take(), slab.live], [b, 3]);
});
