/**
 * The hot loop against the levels alone: every reference of a random trace
 * goes into one hierarchy in batches and into another one by one.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CacheLevelConfig } from "../../../sim/cache/config.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import {
  createReferenceBatch,
  REFERENCE_KIND,
} from "../../../sim/cache/reference.ts";
import { assertSame } from "./batch_and_single.ts";

const L2 = { name: "L2", sizeBytes: 4096, ways: 4, lineBytes: 64 } as const;

/** Hierarchies that take another way through the loop each. */
const hierarchies: Readonly<Record<string, readonly CacheLevelConfig[]>> = {
  "equal first levels": [
    {
      name: "L1I",
      sizeBytes: 512,
      ways: 2,
      lineBytes: 64,
      holds: "instruction",
    },
    { name: "L1D", sizeBytes: 512, ways: 2, lineBytes: 64, holds: "data" },
    L2,
  ],
  "first levels of other lines, ways and sets": [
    { name: "L1D", sizeBytes: 768, ways: 3, lineBytes: 64, holds: "data" },
    {
      name: "L1I",
      sizeBytes: 512,
      ways: 1,
      lineBytes: 32,
      holds: "instruction",
    },
    L2,
  ],
  "more ways than words of a line": [
    { name: "L1", sizeBytes: 512, ways: 8, lineBytes: 4 },
    L2,
  ],
  "one unified first level": [
    { name: "L1", sizeBytes: 512, ways: 4, lineBytes: 32 },
    L2,
  ],
  "an inclusive level below": [
    {
      name: "L1I",
      sizeBytes: 512,
      ways: 2,
      lineBytes: 64,
      holds: "instruction",
    },
    { name: "L1D", sizeBytes: 1024, ways: 4, lineBytes: 64, holds: "data" },
    {
      name: "L2",
      sizeBytes: 1024,
      ways: 4,
      lineBytes: 64,
      inclusion: "inclusive",
    },
  ],
  "an exclusive level below": [
    {
      name: "L1I",
      sizeBytes: 512,
      ways: 2,
      lineBytes: 64,
      holds: "instruction",
    },
    { name: "L1D", sizeBytes: 1024, ways: 4, lineBytes: 64, holds: "data" },
    {
      name: "L2",
      sizeBytes: 2048,
      ways: 4,
      lineBytes: 64,
      inclusion: "exclusive",
    },
  ],
  "prefetching first levels": [
    {
      name: "L1",
      sizeBytes: 512,
      ways: 2,
      lineBytes: 64,
      prefetch: "nextLine",
    },
    L2,
  ],
  "prefetching into the set of the miss": [
    {
      name: "L1",
      sizeBytes: 128,
      ways: 2,
      lineBytes: 64,
      prefetch: "nextLine",
    },
    L2,
  ],
  "FIFO": [
    { name: "L1", sizeBytes: 512, ways: 4, lineBytes: 64, policy: "fifo" },
    L2,
  ],
};

/** Few lines, so that sets fill up; lengths that cross one or more lines. */
const references = fc.array(
  fc.record({
    line: fc.nat(47),
    offset: fc.nat(63),
    // The border between the words of an address is crossed, too.
    hi: fc.constantFrom(0, 0x1f, -1),
    high: fc.boolean(),
    sizeBytes: fc.constantFrom(1, 4, 8, 16, 64, 200),
    kind: fc.constantFrom(...Object.values(REFERENCE_KIND)),
  }),
  { minLength: 1, maxLength: 300 },
);

for (const [what, levels] of Object.entries(hierarchies)) {
  Deno.test(`run() of a batch equals access() one by one: ${what}`, () => {
    fc.assert(
      fc.property(references, (trace) => {
        assertSame(
          levels,
          trace.map(({ line, offset, high, ...rest }) => ({
            lo: ((high ? 0xffff_f800 : 0) + line * 64 + offset) | 0,
            ...rest,
          })),
        );
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("run() goes on where the batch before ended", () => {
  const levels = hierarchies["equal first levels"] ?? [];
  const caches = createHierarchy({ levels });
  const batch = createReferenceBatch(20_000);
  batch.sizeAndKind.fill(8 << 2);
  batch.length = 20_000;
  caches.run(batch);
  caches.run(batch);
  const { references, levels: [, l1d] } = caches.counts();
  assertEquals(references.reads, 40_000);
  // One line: its first read misses, 39999 hit.
  assert(l1d !== undefined);
  assertEquals([l1d.readAccesses, l1d.readMisses], [40_000, 1]);
});
