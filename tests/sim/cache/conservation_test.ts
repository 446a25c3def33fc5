/** Laws that the counts obey in every run, whatever the hierarchy. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CacheLevelConfig } from "../../../sim/cache/config.ts";
import type { LevelCounts } from "../../../sim/cache/counts.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import { REFERENCE_KIND } from "../../../sim/cache/reference.ts";

const references = fc.array(
  fc.record({
    address: fc.nat(8191),
    size: fc.integer({ min: 1, max: 200 }),
    kind: fc.nat(2),
  }),
  { minLength: 1, maxLength: 200, size: "max" },
);

const level = (name: string, lines: number): fc.Arbitrary<CacheLevelConfig> =>
  fc.record({
    name: fc.constant(name),
    sizeBytes: fc.constant(lines * 64),
    ways: fc.constantFrom<number | "full">(1, 2, 4, "full"),
    lineBytes: fc.constantFrom(16, 32, 64),
    policy: fc.constantFrom("lru", "fifo", "plru", "random"),
    write: fc.constantFrom("back", "through"),
    allocate: fc.boolean(),
    prefetch: fc.constantFrom("none", "nextLine"),
  });

const missesOf = (counts: LevelCounts) =>
  counts.readMisses + counts.writeMisses + counts.instructionMisses;

Deno.test("counts obey the laws of conservation", () => {
  fc.assert(
    fc.property(level("L1", 8), level("L2", 32), references, (l1, l2, all) => {
      const caches = createHierarchy({ levels: [l1, l2], missClasses: true });
      let pieces = 0;
      for (const { address, size, kind } of all) {
        caches.accessHalves(address, 0, size, kind);
        pieces += Math.floor((address + size - 1) / l1.lineBytes) -
          Math.floor(address / l1.lineBytes) + 1;
      }
      const { levels: [upper, lower] } = caches.counts();
      if (!upper || !lower) throw new Error("a level is missing");
      assertEquals(
        upper.readAccesses + upper.writeAccesses + upper.instructionAccesses,
        pieces,
      );
      assertEquals(pieces, all.length + upper.splits);
      for (const counts of [upper, lower]) {
        assert(counts.readMisses <= counts.readAccesses);
        assert(counts.writeMisses <= counts.writeAccesses);
        assert(counts.instructionMisses <= counts.instructionAccesses);
        assert(counts.prefetchMisses <= counts.prefetches);
        const { read, write, instruction } = counts.missClasses ?? {};
        for (
          const [classes, misses] of [
            [read, counts.readMisses],
            [write, counts.writeMisses],
            [instruction, counts.instructionMisses],
          ] as const
        ) {
          if (!classes) throw new Error("no classes");
          const { compulsory, capacity, conflict } = classes;
          assertEquals(compulsory + capacity + conflict, misses);
        }
        // A direct-mapped cache of one set, or a full one, has no conflicts.
        const shape = counts === upper ? l1 : l2;
        if (shape.ways === "full" && shape.policy === "lru") {
          assertEquals(read?.conflict, 0);
        }
      }
      // What one level asks for, the next one sees, in bytes.
      const fetched = missesOf(upper) + upper.prefetchMisses;
      assert(upper.bytesFromNext <= fetched * l1.lineBytes);
      assertEquals(
        lower.readAccesses + lower.instructionAccesses + lower.writeAccesses -
            lower.splits > 0,
        upper.bytesFromNext + upper.bytesToNext > 0,
      );
      if (l1.lineBytes === l2.lineBytes) {
        assertEquals(
          lower.readAccesses + lower.instructionAccesses,
          upper.bytesFromNext / l1.lineBytes,
        );
        if (l1.write === "back" && l1.allocate) {
          assertEquals(lower.writeAccesses, upper.writebacks);
        }
      }
    }),
    { numRuns: 200, seed: 20190626 },
  );
});

Deno.test("miss classes say why: compulsory, then conflict, then capacity", () => {
  // Direct-mapped, 2 sets of 64 bytes; lines 0, 2 and 4 share set 0.
  const caches = createHierarchy({
    levels: [{ name: "L1", sizeBytes: 128, ways: 1, lineBytes: 64 }],
    missClasses: true,
  });
  const read = (line: number) =>
    caches.accessHalves(line * 64, 0, 4, REFERENCE_KIND.read);
  [0, 2].forEach(read); // both never seen: compulsory
  read(0); // two lines fit a full cache, not this set: conflict
  read(4); // never seen: compulsory; the full LRU cache now holds 0 and 4
  read(2); // out of the full cache too: capacity
  assertEquals(caches.counts().levels[0]?.missClasses?.read, {
    compulsory: 3,
    capacity: 1,
    conflict: 1,
  });
});

Deno.test("next-line prefetch fetches the next line on a read miss only", () => {
  const caches = createHierarchy({
    levels: [{
      name: "L1",
      sizeBytes: 1024,
      ways: 4,
      lineBytes: 64,
      prefetch: "nextLine",
    }],
  });
  caches.accessHalves(0, 0, 4, REFERENCE_KIND.read); // miss: lines 0 and 1 come
  caches.accessHalves(64, 0, 4, REFERENCE_KIND.read); // hit, no prefetch
  caches.accessHalves(128, 0, 4, REFERENCE_KIND.write); // a write prefetches nothing
  caches.accessHalves(192, 0, 4, REFERENCE_KIND.read); // miss: 3 and 4
  const [l1] = caches.counts().levels;
  assertEquals([l1?.readMisses, l1?.writeMisses], [2, 1]);
  assertEquals([l1?.prefetches, l1?.prefetchMisses], [2, 2]);
  assertEquals(l1?.bytesFromNext, 5 * 64);
});

Deno.test("addresses are 64-bit: equal low words do not hit, and they wrap", () => {
  const caches = createHierarchy({
    levels: [{ name: "L1", sizeBytes: 4096, ways: 4, lineBytes: 64 }],
  });
  caches.accessHalves(0x1000, 0, 8, REFERENCE_KIND.read);
  caches.accessHalves(0x1000, 1, 8, REFERENCE_KIND.read);
  caches.accessHalves(0x1000, -1, 8, REFERENCE_KIND.read);
  caches.accessHalves(-4, -1, 8, REFERENCE_KIND.write); // the last line, and line 0
  const [l1] = caches.counts().levels;
  assertEquals([l1?.readMisses, l1?.writeMisses, l1?.splits], [3, 2, 1]);
  assertEquals(
    caches.residentLines()[0]?.sort((a, b) => a < b ? -1 : 1),
    [0n, 0x1000n, 0x1_0000_1000n, 0xffff_ffff_0000_1000n, 2n ** 64n - 64n],
  );
});
