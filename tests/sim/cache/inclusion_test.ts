/**
 * Inclusive and exclusive levels have no outside oracle: what defines them is
 * checked after every single reference instead.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type {
  CacheLevelConfig,
  ReplacementPolicy,
} from "../../../sim/cache/config.ts";
import {
  type CacheHierarchy,
  createHierarchy,
} from "../../../sim/cache/hierarchy.ts";

const policy = fc.constantFrom<ReplacementPolicy>(
  "lru",
  "fifo",
  "plru",
  "random",
);

const references = fc.array(
  fc.record({
    address: fc.nat(2047),
    size: fc.constantFrom(1, 8, 64, 100),
    kind: fc.nat(3),
  }),
  { minLength: 1, maxLength: 150, size: "max" },
);

function smallLevels(
  policies: readonly ReplacementPolicy[],
  kinds: readonly ("none" | "inclusive" | "exclusive")[],
): CacheLevelConfig[] {
  const first = {
    sizeBytes: 256,
    ways: 2,
    lineBytes: 64,
    policy: policies[0] ?? "lru",
  } as const;
  return [
    { ...first, name: "L1I", holds: "instruction" },
    { ...first, name: "L1D", holds: "data" },
    ...kinds.map((inclusion, index) => ({
      name: `L${index + 2}`,
      sizeBytes: 512 << index,
      ways: 4,
      lineBytes: 64,
      policy: policies[index + 1] ?? "lru",
      inclusion,
    })),
  ];
}

function stepThrough(
  caches: CacheHierarchy,
  steps: readonly { address: number; size: number; kind: number }[],
  check: (held: bigint[][]) => void,
): void {
  for (const { address, size, kind } of steps) {
    caches.accessHalves(address, 0, size, kind);
    check(caches.residentLines());
  }
}

function isSubset(upper: bigint[] = [], lower: bigint[] = []): boolean {
  return upper.every((line) => lower.includes(line));
}

Deno.test("an inclusive L2 holds every line of both first levels", () => {
  fc.assert(
    fc.property(fc.array(policy, { minLength: 2 }), references, (p, steps) => {
      const levels = smallLevels(p, ["inclusive"]);
      stepThrough(createHierarchy({ levels }), steps, ([l1i, l1d, l2]) => {
        assert(isSubset(l1i, l2) && isSubset(l1d, l2));
      });
    }),
    { numRuns: 60, seed: 20190626 },
  );
});

Deno.test("an inclusive L3 holds every line of L1 and L2, whatever L2 is", () => {
  fc.assert(
    fc.property(
      fc.array(policy, { minLength: 3 }),
      fc.constantFrom("none", "inclusive", "exclusive"),
      references,
      (p, middle, steps) => {
        const levels = smallLevels(p, [middle, "inclusive"]);
        stepThrough(
          createHierarchy({ levels }),
          steps,
          ([l1i, l1d, l2, l3]) => {
            assert(isSubset(l1i, l3) && isSubset(l1d, l3) && isSubset(l2, l3));
          },
        );
      },
    ),
    { numRuns: 100, seed: 20190626 },
  );
});

Deno.test("an inclusive level never misses a write-back from above", () => {
  fc.assert(
    fc.property(fc.array(policy, { minLength: 2 }), references, (p, steps) => {
      const caches = createHierarchy({ levels: smallLevels(p, ["inclusive"]) });
      stepThrough(caches, steps, () => {});
      caches.flush();
      assertEquals(caches.counts().levels[2]?.writeMisses, 0);
    }),
    { numRuns: 60, seed: 20190626 },
  );
});

Deno.test("an inclusive level with longer lines gives up all short ones", () => {
  // L2: one set of two 128-byte lines. Three of them: the first leaves, and
  // both of its 64-byte lines leave L1, one of them dirty.
  const caches = createHierarchy({
    levels: [
      { name: "L1", sizeBytes: 1024, ways: "full", lineBytes: 64 },
      {
        name: "L2",
        sizeBytes: 256,
        ways: 2,
        lineBytes: 128,
        inclusion: "inclusive",
      },
    ],
  });
  caches.accessHalves(0, 0, 4, 0);
  caches.accessHalves(64, 0, 4, 1);
  caches.accessHalves(128, 0, 4, 0);
  caches.accessHalves(256, 0, 4, 0);
  const [l1, l2] = caches.counts().levels;
  assertEquals(caches.residentLines(), [[128n, 256n], [128n, 256n]]);
  assertEquals([l1?.invalidations, l1?.dirtyInvalidations], [2, 1]);
  // The dirty data leaves with the L2 line, although L2 was never written.
  assertEquals([l2?.writebacks, l2?.bytesToNext], [1, 128]);
});

Deno.test("an exclusive L2 shares no line with the first levels", () => {
  fc.assert(
    fc.property(fc.array(policy, { minLength: 3 }), references, (p, steps) => {
      const levels = smallLevels(p, ["exclusive", "exclusive"]);
      stepThrough(
        createHierarchy({ levels }),
        steps,
        ([l1i = [], l1d = [], l2 = [], l3 = []]) => {
          const above = [...l1i, ...l1d];
          assert(!above.some((line) => l2.includes(line)));
          assert(!l2.some((line) => l3.includes(line)));
        },
      );
    }),
    { numRuns: 60, seed: 20190626 },
  );
});

Deno.test("an exclusive hierarchy holds as many lines as all levels together", () => {
  // LRU over 4 + 8 lines: 12 lines fit, and a second pass hits them all.
  const caches = createHierarchy({
    levels: [
      { name: "L1", sizeBytes: 256, ways: "full", lineBytes: 64 },
      {
        name: "L2",
        sizeBytes: 512,
        ways: "full",
        lineBytes: 64,
        inclusion: "exclusive",
      },
    ],
  });
  for (let pass = 0; pass < 2; pass++) {
    for (let line = 0; line < 12; line++) {
      caches.accessHalves(line * 64, 0, 4, 1);
    }
  }
  const [l1, l2] = caches.counts().levels;
  assertEquals([l1?.writeMisses, l2?.readMisses], [24, 12]);
  // 12 dirty lines, none of which ever had to leave for memory.
  assertEquals(l2?.bytesToNext, 0);
  caches.flush();
  assertEquals(caches.counts().levels[1]?.bytesToNext, 12 * 64);
});

Deno.test("no dirty line is lost: every line written leaves for memory", () => {
  fc.assert(
    fc.property(
      fc.array(policy, { minLength: 3 }),
      fc.constantFrom("none", "inclusive", "exclusive"),
      fc.constantFrom("none", "inclusive", "exclusive"),
      references,
      (p, second, third, steps) => {
        const levels = smallLevels(p, [second, third]);
        const caches = createHierarchy({ levels });
        const written = new Set<number>();
        for (const { address, size, kind } of steps) {
          caches.accessHalves(address, 0, size, kind);
          if ((kind & 1) === 0) continue;
          for (let at = address; at < address + size; at++) {
            written.add(at >> 6);
          }
        }
        caches.flush();
        const toMemory = caches.counts().levels[3]?.bytesToNext ?? 0;
        assert(toMemory >= written.size * 64, `${toMemory} bytes`);
        if (written.size === 0) assertEquals(toMemory, 0);
        // Flushed is flushed: nothing dirty is left.
        caches.flush();
        assertEquals(caches.counts().levels[3]?.bytesToNext, toMemory);
      },
    ),
    { numRuns: 150, seed: 20190626 },
  );
});
