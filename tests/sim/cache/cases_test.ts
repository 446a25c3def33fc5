/**
 * Address traces that were once read wrongly (tests/data/cases/), with the
 * counts of Dinero IV v7 for a unified cache of 256 bytes, 1 way, 16 B lines.
 */
import { assertEquals } from "@std/assert";
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";

const CASES = new URL("../../data/cases/", import.meta.url);

/** [accesses, misses] of reads, writes and fetches, and splits. */
async function count(name: string) {
  const file = await Deno.open(new URL(name, CASES));
  const { batches } = await readAddressTrace(name, file.readable);
  const caches = createHierarchy({
    levels: [{ name: "l1", sizeBytes: 256, ways: 1, lineBytes: 16 }],
  });
  for await (const batch of batches) caches.run(batch);
  const [level] = caches.counts().levels;
  return {
    reads: [level?.readAccesses, level?.readMisses],
    writes: [level?.writeAccesses, level?.writeMisses],
    fetches: [level?.instructionAccesses, level?.instructionMisses],
    splits: level?.splits,
  };
}

Deno.test("classic-unaligned: address AND NOT 3, 4 bytes (-informat d)", async () => {
  assertEquals(await count("classic-unaligned.din"), {
    ...{ reads: [2, 2], writes: [1, 0], fetches: [1, 1], splits: 0 },
  });
});

Deno.test("classic-small-third: a third column is no size (-informat d)", async () => {
  assertEquals(await count("classic-small-third.din"), {
    ...{ reads: [3, 1], writes: [0, 0], fetches: [0, 0], splits: 0 },
  });
});

Deno.test("extended-comment: text behind the size is a comment (-informat D)", async () => {
  assertEquals(await count("extended-comment.din"), {
    ...{ reads: [1, 1], writes: [1, 1], fetches: [1, 1], splits: 0 },
  });
});

Deno.test("trailing-blank: a blank at the end of lackey's lines", async () => {
  // Both lie in line 0x10 to 0x1f.
  assertEquals(await count("trailing-blank.lackey"), {
    ...{ reads: [1, 1], writes: [1, 0], fetches: [0, 0], splits: 0 },
  });
});
