/**
 * Blocks of the loop in WebAssembly against the levels alone: references behind
 * another one of their set, in every CPU that the lab knows and where levels
 * take lines away from those above.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CacheLevelConfig } from "../../../sim/cache/config.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import { cpuPreset, cpuPresetNames } from "../../../sim/cache/presets.ts";
import { REFERENCE_KIND } from "../../../sim/cache/reference.ts";
import { assertSame, type Reference } from "./batch_and_single.ts";

/** References of a block, as in lru_run.as. */
const BLOCK = 16;

/** Bytes between lines that are in one set of any first level of a preset. */
const SAME_SET_BYTES = 1 << 20;

/** Few lines of fewer sets, equal in their low words or not, near borders. */
const reference: fc.Arbitrary<Reference> = fc.record({
  line: fc.oneof(fc.nat(1), fc.nat(9)),
  set: fc.oneof(fc.nat(1), fc.nat(7)),
  hi: fc.constantFrom(0, 0, 0, 1),
  offset: fc.constantFrom(0, 8, 56, 60, 250),
  sizeBytes: fc.constantFrom(4, 8, 8, 16, 300),
  kind: fc.constantFrom(0, 0, 1, 1, 2, 2, 2, 3),
}).map(({ line, set, offset, ...rest }) => ({
  lo: line * SAME_SET_BYTES + set * 256 + offset,
  ...rest,
}));

/** Whole blocks and a rest, most references again and again. */
const traces = fc.array(
  fc.tuple(reference, fc.constantFrom(1, 1, 2, 5)),
  { minLength: 1, maxLength: 6 * BLOCK },
).map((runs) => runs.flatMap(([found, times]) => Array(times).fill(found)));

for (const name of cpuPresetNames) {
  Deno.test(`run() of blocks equals access() one by one: ${name}`, () => {
    const { levels } = cpuPreset(name);
    // The first levels of the preset above small ones: large ones take long to
    // make, and never lose a line.
    const small = levels.map((level) =>
      (level.sizeBytes ?? 0) > 1 << 18
        ? { ...level, sizeBytes: Number(level.ways) * level.lineBytes * 16 }
        : level
    );
    fc.assert(
      fc.property(traces, (trace) => assertSame(small, trace)),
      { numRuns: 25 },
    );
  });
}

const FIRST = { ways: 8, lineBytes: 64, sizeBytes: 1 << 15 };
const SPLIT: readonly CacheLevelConfig[] = [
  { ...FIRST, name: "L1I", holds: "instruction" },
  { ...FIRST, name: "L1D", holds: "data" },
];
for (const inclusion of ["none", "inclusive", "exclusive"] as const) {
  Deno.test(`run() of blocks equals access() one by one: ${inclusion} below`, () => {
    // Two sets of four lines: they are lost, and so are those above.
    const last = { name: "L2", ways: 4, lineBytes: 64, sizeBytes: 512 };
    fc.assert(
      fc.property(traces, (trace) => {
        assertSame([...SPLIT, { ...last, inclusion }], trace);
      }),
      { numRuns: 200 },
    );
  });
}

Deno.test("run() of a block: a write behind a read of its line finds it clean", () => {
  const { read, write } = REFERENCE_KIND;
  const at = (line: number, kind: number): Reference => ({
    ...{ lo: line * SAME_SET_BYTES, hi: 0, sizeBytes: 8 },
    kind,
  });
  // Both lines are there and clean; in the block, the second moves to the front.
  const warm = Array(BLOCK).fill(at(1, read));
  warm[0] = at(0, read);
  assertSame(SPLIT, [
    ...warm,
    ...[at(0, read), at(0, write), at(1, write), at(0, read)],
    ...Array(BLOCK - 4).fill(at(0, read)),
  ]);
});

Deno.test("run() of a block: a miss takes a line away that another set has", () => {
  const at = (set: number): Reference => ({
    ...{ lo: set * 256, hi: 0, sizeBytes: 8 },
    kind: REFERENCE_KIND.read,
  });
  const last = { name: "L2", ways: 4, lineBytes: 64, sizeBytes: 512 };
  // Four lines fill their set below, 0 the oldest; 4 drives it out.
  assertSame([...SPLIT, { ...last, inclusion: "inclusive" }], [
    ...[at(0), at(1), at(2), at(3), ...Array(BLOCK - 4).fill(at(3))],
    ...[at(0), at(4), at(0), ...Array(BLOCK - 3).fill(at(0))],
  ]);
});

Deno.test("run() of a block: one piece of a reference takes a line away, the next does not", () => {
  const at = (lo: number, sizeBytes: number): Reference => ({
    ...{ lo, hi: 0, sizeBytes },
    kind: REFERENCE_KIND.read,
  });
  const last = { name: "L2", ways: 4, lineBytes: 64, sizeBytes: 512 };
  // Two sets below: lines 0, 2, 4 and 6 are in the first, and 8 drives 0 out,
  // with which it leaves the first level; 9 has room in the other set.
  const lines = [0, 2, 4, 6].map((line) => at(line * 64, 8));
  assertSame([...SPLIT, { ...last, inclusion: "inclusive" }], [
    ...[...lines, ...Array(BLOCK - 4).fill(at(6 * 64, 8))],
    ...[at(8 * 64, 128), ...Array(BLOCK - 1).fill(at(0, 8))],
  ]);
});

for (const [name, kind] of Object.entries(REFERENCE_KIND)) {
  Deno.test(`run() counts more of one kind than a byte can say: ${name}`, () => {
    // Four of a block are counted in each byte, which 64 blocks overflow.
    const most = 2 * 63 * BLOCK + BLOCK - 1;
    const around = [1, 2].flatMap((bytes) => {
      const blocks = bytes * 63 * BLOCK;
      return [-1, 0, 1, BLOCK - 1].map((more) => blocks + more);
    });
    const lengths = [BLOCK - 1, BLOCK, 2 * BLOCK - 1, 64 * BLOCK, ...around];
    for (const length of lengths) {
      const caches = createHierarchy({ levels: SPLIT });
      const batch = caches.createBatch(most + BLOCK);
      // What stands behind the references is of all other kinds, and not read.
      batch.sizeAndKind.forEach((_, at) => {
        const other = (kind + 1 + at % 3) & 3;
        batch.sizeAndKind[at] = 8 << 2 | (at < length ? kind : other);
      });
      batch.length = length;
      caches.run(batch);
      const { references, levels } = caches.counts();
      const counted = (...kinds: number[]) => kinds.includes(kind) ? length : 0;
      const { read, write, instruction, modify } = REFERENCE_KIND;
      const expected = [
        counted(read, modify),
        counted(write, modify),
        counted(instruction),
      ];
      const { reads, writes, instructions } = references;
      assertEquals([reads, writes, instructions], expected, `${length}`);
      const [fetching, data] = levels;
      const accesses = [
        ...[data?.readAccesses, data?.writeAccesses],
        fetching?.instructionAccesses,
      ];
      assertEquals(accesses, expected, `${length} in the first levels`);
    }
  });
}
