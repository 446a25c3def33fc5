/**
 * Caches that are used again against caches that are new.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { HierarchyPool } from "../../../sim/cache/hierarchy_pool.ts";
import { cpuPreset, cpuPresetNames } from "../../../sim/cache/presets.ts";
import {
  createReferenceBatch,
  REFERENCE_KIND,
} from "../../../sim/cache/reference.ts";

/** Strides that fill sets of first and of last levels, and a few lines. */
const traces = fc.array(
  fc.record({
    first: fc.nat(1 << 20),
    stride: fc.constantFrom(8, 64, 4096, 1 << 16, 1 << 21),
    times: fc.integer({ min: 1, max: 60 }),
    kind: fc.constantFrom(REFERENCE_KIND.read, REFERENCE_KIND.write),
  }),
  { minLength: 1, maxLength: 12 },
).map((runs) =>
  runs.flatMap(({ first, stride, times, kind }) =>
    Array.from({ length: times }, (_, i) => ({ at: first + i * stride, kind }))
  )
);

function batchOf(trace: readonly { at: number; kind: number }[]) {
  const batch = createReferenceBatch(trace.length);
  trace.forEach(({ at, kind }, i) => {
    batch.addressLo[i] = at;
    batch.addressHi[i] = 1;
    batch.sizeAndKind[i] = 8 << 2 | kind;
  });
  batch.length = trace.length;
  return batch;
}

for (const name of cpuPresetNames) {
  Deno.test(`caches that are used again count as new ones: ${name}`, () => {
    const levels = cpuPreset(name).levels.filter(({ holds }) =>
      holds !== "instruction"
    );
    // What is kept is told by ways, of which four are compared at once.
    const isKept = levels.every(({ ways }) => Number(ways) % 4 === 0);
    assertEquals(isKept, name !== "golden_cove");
    const pool = new HierarchyPool();
    fc.assert(
      fc.property(traces, traces, (before, trace) => {
        const used = pool.take({ levels });
        used.run(batchOf(before));
        pool.giveBack(used);
        const again = pool.take({ levels });
        assertEquals(again === used, isKept);
        const fresh = new HierarchyPool().take({ levels });
        again.run(batchOf(trace));
        fresh.run(batchOf(trace));
        assertEquals(again.counts(), fresh.counts());
        assertEquals(again.residentLines(), fresh.residentLines());
        pool.giveBack(again);
      }),
      { numRuns: 5 },
    );
  });
}

const LEVELS = [
  { name: "L1", sizeBytes: 512, ways: 4, lineBytes: 64 },
  { name: "L2", sizeBytes: 4096, ways: 4, lineBytes: 64 },
];

Deno.test("a pool keeps what it was given back, and only what was its own", () => {
  const pool = new HierarchyPool();
  const first = pool.take({ levels: LEVELS });
  const second = pool.take({ levels: LEVELS });
  assert(first !== second);
  first.run(batchOf([{ at: 64, kind: REFERENCE_KIND.read }]));
  pool.giveBack(first);
  pool.giveBack(first);
  const third = pool.take({ levels: LEVELS });
  assert(third === first);
  assert(pool.take({ levels: LEVELS }) !== first);
  new HierarchyPool().giveBack(second);
  pool.giveBack(third);
});

Deno.test("a pool does not keep what the levels' own methods have worked on", () => {
  const pool = new HierarchyPool();
  const caches = pool.take({ levels: LEVELS });
  caches.run(batchOf([{ at: 64, kind: REFERENCE_KIND.read }]));
  caches.access(64, 8, REFERENCE_KIND.read);
  pool.giveBack(caches);
  assert(pool.take({ levels: LEVELS }) !== caches);
});

Deno.test("a pool keeps two of a kind at most, and lends none as another kind", () => {
  const pool = new HierarchyPool();
  const lent = Array.from({ length: 3 }, () => pool.take({ levels: LEVELS }));
  for (const caches of lent) {
    caches.run(batchOf([{ at: 64, kind: REFERENCE_KIND.read }]));
    pool.giveBack(caches);
  }
  const others = LEVELS.map((level) => ({ ...level, ways: 2 }));
  assert(!lent.includes(pool.take({ levels: others })));
  const again = lent.map(() => lent.includes(pool.take({ levels: LEVELS })));
  assertEquals(again, [true, true, false]);
});

Deno.test("a pool keeps caches of the 16 kinds that came back last", () => {
  const pool = new HierarchyPool();
  const kinds = Array.from({ length: 17 }, (_, i) => ({
    levels: LEVELS.map((level) => ({ ...level, name: `${level.name} ${i}` })),
  }));
  const lent = kinds.map((kind) => pool.take(kind));
  for (const caches of lent) {
    caches.run(batchOf([{ at: 64, kind: REFERENCE_KIND.read }]));
    pool.giveBack(caches);
  }
  const again = kinds.map((kind) => lent.includes(pool.take(kind)));
  assertEquals(again, kinds.map((_, i) => i > 0));
});
