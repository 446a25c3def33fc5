/** A footprint in WebAssembly counts what sets of bytes and lines hold. */
import { assertEquals, assertThrows } from "@std/assert";
import { randomStream } from "../../../sim/random/random_stream.ts";
import { createReferenceBatch } from "../../../sim/cache/reference.ts";
import {
  type AccessBatch,
  ALLOCATOR_FLAG,
  ZEROING_FLAG,
} from "../../../sim/trace/access_batch.ts";
import {
  Footprint,
  type FootprintTotals,
  ZEROING_STRUCTURE,
} from "../../../sim/trace/footprint.ts";
import {
  ALLOCATOR_STRUCTURE,
  RegionIndex,
} from "../../../sim/memory/region_index.ts";

const STAGES = ["submit", "map", "complete"];
// Objects of 24 bytes share lines of every size; those of 192 have a part.
const REGIONS = [
  { structure: "word", offset: 4096, sizeBytes: 24, strideBytes: 0 },
  { structure: "hint", offset: 4120, sizeBytes: 240, strideBytes: 24 },
  { structure: "bio", offset: 4480, sizeBytes: 192 * 40, strideBytes: 192 },
  { structure: "page", offset: 16384, sizeBytes: 1 << 16, strideBytes: 64 },
];
const PARTS = [{ of: "bio", offset: 104, structure: "bio_vec" }];
const END = 16384 + (1 << 16);

interface Access {
  readonly at: number;
  readonly sizeBytes: number;
  readonly isWrite: boolean;
  readonly stage: number;
  readonly flags: number;
}

function batchOf(accesses: readonly Access[]): AccessBatch {
  const batch: AccessBatch = {
    ...createReferenceBatch(accesses.length),
    stage: new Uint8Array(accesses.length),
    length: accesses.length,
  };
  accesses.forEach(({ at, sizeBytes, isWrite, stage, flags }, i) => {
    batch.addressLo[i] = at;
    batch.sizeAndKind[i] = sizeBytes << 2 | (isWrite ? 1 : 0);
    batch.stage[i] = stage | flags;
  });
  return batch;
}

/** Sums by `structure/stage`, either of which may be `*`, from sets. */
function expected(
  groups: readonly (readonly Access[])[],
  lineBytes: number,
  index: RegionIndex,
): Map<string, number[]> {
  const sums = new Map<string, number[]>();
  for (const group of groups) {
    const touched = new Map<string, Set<number>[]>();
    for (const { at, sizeBytes, isWrite, stage, flags } of group) {
      const other = flags === 0
        ? undefined
        : flags === ZEROING_FLAG
        ? ZEROING_STRUCTURE
        : ALLOCATOR_STRUCTURE;
      const structureAt = (byte: number) =>
        other ?? index.structures[index.find(byte)] as string;
      const straddles = Math.floor(at / lineBytes) !==
        Math.floor((at + sizeBytes - 1) / lineBytes);
      const name = STAGES[stage] as string;
      for (const structure of [structureAt(at), "*"]) {
        for (const key of [`${structure}/${name}`, `${structure}/*`]) {
          const sum = sums.get(key) ?? [0, 0, 0, 0, 0];
          sums.set(key, sum);
          for (const [i, more] of [true, isWrite, straddles].entries()) {
            sum[i] = (sum[i] as number) + Number(more);
          }
        }
      }
      for (let byte = at; byte < at + sizeBytes; byte++) {
        for (const structure of [structureAt(byte), "*"]) {
          for (const key of [`${structure}/${name}`, `${structure}/*`]) {
            const sets = touched.get(key) ?? [new Set(), new Set()];
            touched.set(key, sets);
            sets[0]?.add(byte);
            sets[1]?.add(Math.floor(byte / lineBytes));
          }
        }
      }
    }
    for (const [key, sets] of touched) {
      const sum = sums.get(key) ?? [0, 0, 0, 0, 0];
      sums.set(key, sum);
      sets.forEach((set, i) => sum[3 + i] = (sum[3 + i] as number) + set.size);
    }
  }
  return sums;
}

/** The same of a footprint; what has no accesses is left out. */
function found(totals: FootprintTotals): Map<string, number[]> {
  const { total, structures, stages, structuresInStages } = totals;
  const listed = [
    ["*/*", total] as const,
    ...Object.entries(structures).map(([name, one]) =>
      [`${name}/*`, one] as const
    ),
    ...Object.entries(stages).map(([name, one]) => [`*/${name}`, one] as const),
    ...structuresInStages.map((one) =>
      [`${one.structure}/${one.stage}`, one] as const
    ),
  ];
  return new Map(
    listed.filter(([, { accesses }]) => accesses > 0).map((
      [key, { accesses, writes, straddles, bytes, lines }],
    ) => [key, [accesses, writes, straddles, bytes, lines]]),
  );
}

const sorted = (sums: Map<string, number[]>) =>
  [...sums].sort(([a], [b]) => a < b ? -1 : 1);

/** Compares a footprint with sets of bytes and lines. */
function assertCounted(
  groups: readonly (readonly Access[])[],
  lineBytes: number,
  { regions = REGIONS, parts = PARTS } = {},
): void {
  const footprint = new Footprint({
    ...{ regions, parts, stages: STAGES, lineBytes },
  });
  for (const group of groups) {
    if (group.length > 0) footprint.take(batchOf(group));
    footprint.endIo();
  }
  // An access that begins in one structure may end in another, which then
  // has bytes and no accesses, and is left out.
  const index = new RegionIndex(regions, parts);
  const sums = sorted(expected(groups, lineBytes, index))
    .filter(([, [accesses = 0]]) => accesses > 0);
  assertEquals(sorted(found(footprint.totals())), sums, `${lineBytes}`);
}

Deno.test("Footprint counts what sets of bytes and lines hold", () => {
  const random = randomStream(1, "footprint");
  for (const lineBytes of [16, 32, 64, 128, 256]) {
    // The third group touches more lines than there are slots at first.
    const groups = [40, 3, 6000, 0, 200].map((accesses) =>
      Array.from({ length: accesses }, (): Access => {
        const sizeBytes = 2 ** random.below(4);
        const isNear = random.below(3) > 0;
        return {
          at: isNear
            ? 4000 + random.below(1000)
            : random.below(END + 200 - sizeBytes),
          sizeBytes,
          isWrite: random.below(2) === 1,
          stage: random.below(STAGES.length),
          flags: [0, 0, 0, ZEROING_FLAG, ALLOCATOR_FLAG][
            random.below(5)
          ] as number,
        };
      })
    );
    assertCounted(groups, lineBytes);
  }
});

const read = (at: number, more: Partial<Access> = {}): Access => ({
  ...{ at, sizeBytes: 8, isWrite: false, stage: 0, flags: 0, ...more },
});

Deno.test("Footprint counts accesses to the bytes of those before", () => {
  // Of one structure, where the first access takes a slot, and the others find it.
  const line = 16384 + 256;
  const run = [read(line), read(line + 8), read(line + 16, { isWrite: true })];
  const lasts: readonly Access[][] = [
    [],
    // Reaches out of the line, by those who were there, and is there again.
    [read(line + 252), read(line + 24)],
    // By others, in another stage, in the next line; and back.
    [read(line, { flags: ZEROING_FLAG }), read(line + 24)],
    [read(line, { flags: ALLOCATOR_FLAG }), read(line + 24)],
    [read(line + 32, { stage: 1 }), read(line + 24, { stage: 1 }), read(line)],
    [read(line + 256), read(line + 264), read(line + 24)],
    // Behind all regions, where no line has a place.
    [read(END + 4096), read(END + 4096), read(line + 24)],
  ];
  for (const lineBytes of [16, 32, 64, 128, 256]) {
    for (const last of lasts) {
      const border = line + lineBytes - 4;
      const group = [...run, ...last, ...run, read(border), read(line + 40)];
      assertCounted([group, [...run, ...last], group], lineBytes);
    }
  }
});

Deno.test("Footprint counts runs of accesses as sets of bytes and lines", () => {
  const random = randomStream(2, "footprint");
  for (const lineBytes of [16, 32, 64, 128, 256]) {
    const groups = [400, 30, 2000].map((accesses) => {
      let now = read(4096);
      return Array.from({ length: accesses }, (): Access => {
        const isAgain = random.below(8) > 0;
        now = {
          at: isAgain
            ? now.at + ([0, 1, 8, 16, 0, -8][random.below(6)] as number)
            : 4000 + random.below(14_000),
          sizeBytes: 2 ** random.below(4),
          isWrite: random.below(2) === 1,
          stage: isAgain ? now.stage : random.below(STAGES.length),
          flags: isAgain ? now.flags : [0, 0, ZEROING_FLAG, ALLOCATOR_FLAG][
            random.below(4)
          ] as number,
        };
        return now;
      });
    });
    assertCounted(groups, lineBytes);
  }
});

Deno.test("Footprint counts others in lines of many structures, group by group", () => {
  // More than the first words of the memory have place for, by 4 bytes each.
  const regions = Array.from({ length: 200 }, (_, i) => ({
    ...{ structure: `s${i}`, offset: 4096 + i * 64, sizeBytes: 64 },
    strideBytes: 64,
  }));
  const own = regions.map(({ offset }) => read(offset));
  for (const flags of [ZEROING_FLAG, ALLOCATOR_FLAG]) {
    const others = regions.map(({ offset }) => read(offset + 16, { flags }));
    assertCounted([own, others, own, others], 64, { regions, parts: [] });
  }
});

Deno.test("Footprint counts in the first line behind its tables", () => {
  // Pairs that share lines, 14 lines in all: with two more, the table of where
  // their slots are ends at a line of this machine, and the next table begins.
  const pairs = Array.from({ length: 8 }, (_, i) => ({
    ...{ structure: `s${i}`, offset: 64 * 10 + i * 32, sizeBytes: 32 },
    strideBytes: 32,
  }));
  // One before them: so that some of their numbers look like a slot's address.
  const alone = { structure: "alone", offset: 64 * 9, sizeBytes: 64 };
  const regions = [{ ...alone, strideBytes: 64 }, ...pairs];
  const end = 64 * 14;
  for (const first of [0, 2, 4, 6]) {
    // The first one that is touched has the first record of shared lines.
    const own = [first, ...pairs.keys()].map((i) => read(64 * 10 + i * 32));
    const behind = [0, 64, 128, 192].flatMap((at) => [
      ...[read(end + at), read(end + at + 8), read(end + at + 8)],
    ]);
    const group = [...own, ...behind, ...own];
    assertCounted([group, group], 64, { regions, parts: [] });
  }
});

Deno.test("Footprint counts more shared lines than it has room to keep", () => {
  // 0xffff - 0x100 of them, of which the last stands for all others.
  const kept = 0xffff - 0x100 - 1;
  const lines = [kept, 40, 40];
  const starts = [4096, 4096 + kept * 64, 4096 + (kept + 40) * 64];
  const footprint = new Footprint({
    regions: ["a", "b", "c"].map((structure, i) => ({
      ...{ structure, offset: starts[i] as number, strideBytes: 64 },
      sizeBytes: (lines[i] as number) * 64,
    })),
    // Each line is of two structures, with a border at a place of its own.
    parts: ["a", "b", "c"].map((of, i) => ({
      ...{ of, offset: 16 + i * 16, structure: `end of ${of}` },
    })),
    stages: STAGES,
  });
  const at = (region: number, line: number, inLine: number): Access => ({
    at: (starts[region] as number) + line * 64 + inLine,
    ...{ sizeBytes: 8, isWrite: false, stage: 0, flags: 0 },
  });
  for (let group = 0; group < 2; group++) {
    footprint.take(batchOf([
      ...Array.from({ length: kept }, (_, line) => at(0, line, 0)),
      ...Array.from({ length: 40 }, (_, line) => [
        ...[at(1, line, 24), at(2, line, 40), at(1, line, 32)],
        ...[at(2, line, 48), at(2, line, 24)],
      ]).flat(),
    ]));
    footprint.endIo();
  }
  const { structures } = footprint.totals();
  assertEquals(
    Object.entries(structures).map((
      [name, { accesses, bytes, lines }],
    ) => [name, accesses / 2, bytes / 2, lines / 2]),
    [
      ["a", kept, kept * 8, kept],
      ["b", 40, 40 * 8, 40],
      ["end of b", 40, 40 * 8, 40],
      ["c", 80, 80 * 8, 40],
      ["end of c", 40, 40 * 8, 40],
    ],
  );
});

Deno.test("new Footprint() refuses more structures than a byte can say", () => {
  const regions = Array.from({ length: 300 }, (_, i) => ({
    ...{ structure: `s${i}`, offset: 4096 + i * 64, sizeBytes: 64 },
    strideBytes: 64,
  }));
  assertThrows(
    () => new Footprint({ regions, parts: [], stages: STAGES }),
    RangeError,
    "Cannot count 303 structures, expected at most 256",
  );
});
