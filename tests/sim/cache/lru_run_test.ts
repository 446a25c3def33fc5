/**
 * The loop in WebAssembly against the levels alone, over random hierarchies and
 * traces: counts, lines in their order, and what a copy-back makes of them.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CacheLevelConfig } from "../../../sim/cache/config.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import {
  createReferenceBatch,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";

/** Mostly what the loop takes: LRU, ways in fours; the rest is for others. */
const shape = fc.record({
  ways: fc.constantFrom(4, 8, 12, 16, 20, 32, 3),
  sets: fc.constantFrom(1, 2, 4, 16),
});
const firstLevels = fc.record({
  data: shape,
  fetch: fc.oneof(fc.constantFrom("unified", "none"), shape, shape),
  lineBytes: fc.constantFrom(4, 16, 32, 64, 128),
  prefetch: fc.constantFrom("none", "none", "none", "none", "none", "nextLine"),
});
const lowerLevel = fc.record({
  ...{ ways: fc.constantFrom(4, 4, 8, 12, 2), sets: fc.constantFrom(2, 8, 32) },
  policy: fc.constantFrom("lru", "lru", "lru", "lru", "lru", "fifo", "plru"),
  inclusion: fc.constantFrom("none", "none", "inclusive", "exclusive"),
  write: fc.constantFrom("back", "back", "back", "back", "back", "through"),
  allocate: fc.constantFrom(true, true, true, false),
});

const hierarchies = fc.record({
  first: firstLevels,
  below: fc.array(lowerLevel, { maxLength: 3 }).map(possible),
}).map(({ first, below }): CacheLevelConfig[] => {
  const { data, fetch, lineBytes, prefetch } = first;
  const level = (name: string, { ways, sets }: typeof data) => ({
    ...{ name, ways, lineBytes, prefetch },
    sizeBytes: ways * sets * lineBytes,
  });
  return [
    ...(fetch === "unified" ? [level("L1", data)] : [
      ...(typeof fetch === "string"
        ? []
        : [{ ...level("L1I", fetch), holds: "instruction" as const }]),
      { ...level("L1D", data), holds: "data" as const },
    ]),
    ...below.map(({ ways, sets, ...rules }, at) => ({
      ...rules,
      ...{ name: `L${at + 2}`, ways, lineBytes },
      // Tree-PLRU wants a power of two.
      ...(rules.policy === "plru" && { ways: 4 }),
      sizeBytes: (rules.policy === "plru" ? 4 : ways) * sets * lineBytes,
    })),
  ];
});

/** An exclusive level, and those above it, keep writes. */
function possible<Level extends { inclusion: string }>(
  levels: readonly Level[],
): Level[] {
  return levels.some(({ inclusion }) => inclusion === "exclusive")
    ? levels.map((level) => ({ ...level, write: "back", allocate: true }))
    : [...levels];
}

/** Runs in few lines, as programs have them, and leaps between them. */
const references = fc.array(
  fc.record({
    line: fc.oneof(fc.nat(7), fc.nat(127)),
    offset: fc.nat(127),
    // The border between the words of an address is crossed, too.
    hi: fc.constantFrom(0, 0, 0, 0x1f, -1),
    high: fc.constantFrom(false, false, false, true),
    sizeBytes: fc.constantFrom(1, 4, 8, 8, 16, 64, 200),
    kind: fc.constantFrom(...Object.values(REFERENCE_KIND)),
    again: fc.constantFrom(1, 2, 5, 9),
  }),
  { minLength: 1, maxLength: 200 },
).map((runs) =>
  runs.flatMap(({ line, offset, hi, high, again, ...rest }) =>
    Array.from({ length: again }, (_, i) => ({
      lo: ((high ? 0xffff_e000 : 0) + line * 64 + offset + i * 8) | 0,
      ...{ hi, ...rest },
    }))
  )
);
type Reference = { lo: number; hi: number; sizeBytes: number; kind: number };

function fill(batch: ReferenceBatch, trace: readonly Reference[]): void {
  trace.forEach(({ lo, hi, sizeBytes, kind }, at) => {
    batch.addressLo[at] = lo;
    batch.addressHi[at] = hi;
    batch.sizeAndKind[at] = sizeBytes << 2 | kind;
  });
  batch.length = trace.length;
}

/** Takes a trace in batches and one by one, and compares all there is. */
function assertEqualInBulk(
  levels: readonly CacheLevelConfig[],
  trace: readonly Reference[],
  isCopied: boolean,
): void {
  const bulk = createHierarchy({ levels });
  const single = createHierarchy({ levels });
  const batch = isCopied
    ? createReferenceBatch(trace.length)
    : bulk.createBatch(trace.length);
  fill(batch, trace);
  for (const { lo, hi, sizeBytes, kind } of trace) {
    single.accessHalves(lo, hi, sizeBytes, kind);
  }
  bulk.run(batch);
  assertEquals(bulk.counts(), single.counts());
  assertEquals(bulk.residentLines(), single.residentLines());
  // On the same state, and behind calls of the levels' own methods.
  bulk.accessHalves(4096, 0, 200, REFERENCE_KIND.modify);
  single.accessHalves(4096, 0, 200, REFERENCE_KIND.modify);
  bulk.run(batch);
  for (const { lo, hi, sizeBytes, kind } of trace) {
    single.accessHalves(lo, hi, sizeBytes, kind);
  }
  bulk.flush();
  single.flush();
  assertEquals(bulk.counts(), single.counts());
  assertEquals(bulk.residentLines(), single.residentLines());
}

for (const place of ["where it stands", "as a copy"]) {
  Deno.test(`run() of a batch ${place} equals access() one by one: random hierarchies`, () => {
    fc.assert(
      fc.property(hierarchies, references, (levels, trace) => {
        assertEqualInBulk(levels, trace, place === "as a copy");
      }),
      { numRuns: 300 },
    );
  });
}

/** Lines that fetches, reads and writes share, and that all levels hand on. */
const sharedLines = fc.array(
  fc.record({
    lo: fc.nat(31).map((line) => line * 64),
    hi: fc.constant(0),
    sizeBytes: fc.constantFrom(8, 64),
    kind: fc.constantFrom(...Object.values(REFERENCE_KIND)),
  }),
  { minLength: 200, maxLength: 400 },
);

for (const last of ["exclusive", "inclusive"] as const) {
  Deno.test(`run() equals access() one by one: lines shared above an ${last} level`, () => {
    const first = { sizeBytes: 512, ways: 4, lineBytes: 64 };
    const levels: CacheLevelConfig[] = [
      { ...first, name: "L1I", holds: "instruction" },
      { ...first, name: "L1D", holds: "data" },
      { ...first, name: "L2", sizeBytes: 1024, inclusion: last },
      { ...first, name: "L3", sizeBytes: 1024, inclusion: "exclusive" },
    ];
    fc.assert(
      fc.property(sharedLines, (trace) => {
        assertEqualInBulk(levels, trace, true);
      }),
      { numRuns: 50 },
    );
  });
}

const LEVELS: readonly CacheLevelConfig[] = [
  { name: "L1", sizeBytes: 32768, ways: 8, lineBytes: 64 },
  { name: "L2", sizeBytes: 1 << 20, ways: 16, lineBytes: 64 },
];

Deno.test("createBatch() after the first gives batches that are copied", () => {
  const caches = createHierarchy({ levels: LEVELS });
  const [first, second] = [caches.createBatch(5), caches.createBatch(9000)];
  fill(first, Array(5).fill({ lo: 64, hi: 0, sizeBytes: 8, kind: 0 }));
  fill(second, Array(9000).fill({ lo: 128, hi: 0, sizeBytes: 8, kind: 1 }));
  caches.run(second);
  caches.run(first);
  const { references, levels: [l1] } = caches.counts();
  assertEquals(references, {
    ...{ reads: 5, writes: 9000 },
    ...{ instructions: 0, ignored: 0 },
  });
  assert(l1 !== undefined);
  assertEquals([l1.readMisses, l1.writeMisses], [1, 1]);
});

Deno.test("run() takes a part of a batch where it stands", () => {
  const caches = createHierarchy({ levels: LEVELS });
  const batch = caches.createBatch(64);
  for (let at = 0; at < 64; at++) {
    batch.addressLo[at] = at * 64;
    batch.sizeAndKind[at] = 8 << 2;
  }
  caches.run({
    length: 7,
    addressLo: batch.addressLo.subarray(10),
    addressHi: batch.addressHi.subarray(10),
    sizeAndKind: batch.sizeAndKind.subarray(10),
  });
  assertEquals(
    caches.residentLines()[0]?.toSorted((a, b) => Number(a - b)),
    Array.from({ length: 7 }, (_, i) => BigInt(640 + i * 64)),
  );
});
