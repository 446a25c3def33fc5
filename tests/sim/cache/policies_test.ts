/**
 * Each replacement policy against a slow and obvious one, on random traces;
 * narrow sets, wide sets and the fast loop over batches all have to agree.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type {
  CacheLevelConfig,
  ReplacementPolicy,
} from "../../../sim/cache/config.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import { createReferenceBatch } from "../../../sim/cache/reference.ts";

interface Access {
  readonly line: number;
  readonly isWrite: boolean;
}

interface SetState {
  /** Lines in the order that the policy keeps: next victim first. */
  lines: number[];
  /** Tree-PLRU: lines by way, and the way of each use, oldest first. */
  ways: (number | undefined)[];
  uses: number[];
}

/** One access of the slow model; true for a hit. */
type SlowPolicy = (set: SetState, line: number, ways: number) => boolean;

const slow: Record<Exclude<ReplacementPolicy, "random">, SlowPolicy> = {
  lru(set, line, ways) {
    const isHit = set.lines.includes(line);
    set.lines = [...set.lines.filter((other) => other !== line), line];
    if (set.lines.length > ways) set.lines.shift();
    return isHit;
  },
  fifo(set, line, ways) {
    if (set.lines.includes(line)) return true;
    set.lines.push(line);
    if (set.lines.length > ways) set.lines.shift();
    return false;
  },
  plru(set, line, ways) {
    let way = set.ways.indexOf(line);
    const isHit = way >= 0;
    if (!isHit) {
      way = Array.from({ length: ways }, (_, w) => w)
        .find((w) => set.ways[w] === undefined) ??
        leastRecentHalf(set.uses, 0, ways);
      set.ways[way] = line;
    }
    set.uses.push(way);
    return isHit;
  },
};

/**
 * Tree-PLRU said without a tree of bits: of the two halves, go into the one
 * that was not used last; if neither was used, into the left one.
 */
function leastRecentHalf(uses: number[], from: number, to: number): number {
  if (to - from === 1) return from;
  const middle = (from + to) / 2;
  const last = uses.findLast((way) => way >= from && way < to);
  const goesRight = last !== undefined && last < middle;
  return goesRight
    ? leastRecentHalf(uses, middle, to)
    : leastRecentHalf(uses, from, middle);
}

function slowMisses(
  policy: SlowPolicy,
  accesses: readonly Access[],
  shape: { sets: number; ways: number },
): number {
  const sets = Array.from(
    { length: shape.sets },
    (): SetState => ({ lines: [], ways: [], uses: [] }),
  );
  let misses = 0;
  for (const { line } of accesses) {
    const set = sets[line % shape.sets];
    if (set && !policy(set, line, shape.ways)) misses++;
  }
  return misses;
}

function modelCounts(
  level: CacheLevelConfig,
  accesses: readonly Access[],
  seed = 1,
) {
  const batch = createReferenceBatch(accesses.length);
  accesses.forEach(({ line, isWrite }, at) => {
    batch.addressLo[at] = line * level.lineBytes;
    batch.addressHi[at] = 0x7fff_ffff; // any: the upper half must not matter
    batch.sizeAndKind[at] = 4 << 2 | (isWrite ? 1 : 0);
  });
  batch.length = accesses.length;
  const bulk = createHierarchy({ levels: [level], seed });
  bulk.run(batch);
  const single = createHierarchy({ levels: [level], seed });
  for (let at = 0; at < accesses.length; at++) {
    single.accessHalves(
      batch.addressLo[at] ?? 0,
      batch.addressHi[at] ?? 0,
      4,
      accesses[at]?.isWrite ? 1 : 0,
    );
  }
  assertEquals(bulk.counts(), single.counts());
  assertEquals(bulk.residentLines(), single.residentLines());
  const [counts] = bulk.counts().levels;
  if (counts === undefined) throw new Error("no level");
  return counts;
}

const accessesWithin = (lines: number) =>
  fc.array(
    fc.record({ line: fc.nat(lines - 1), isWrite: fc.boolean() }),
    { minLength: 1, maxLength: 400, size: "max" },
  );

for (const policy of ["lru", "fifo", "plru"] as const) {
  // Wide sets (over 32 ways) have an implementation of their own.
  for (const ways of [1, 2, 4, 8, 64]) {
    for (const sets of [1, 4]) {
      Deno.test(`${policy} of ${sets} x ${ways} misses where the slow model does`, () => {
        fc.assert(
          fc.property(accessesWithin(sets * ways * 2 + 1), (accesses) => {
            const counts = modelCounts({
              name: "L1",
              sizeBytes: sets * ways * 64,
              ways,
              lineBytes: 64,
              policy,
            }, accesses);
            assertEquals(
              counts.readMisses + counts.writeMisses,
              slowMisses(slow[policy], accesses, { sets, ways }),
            );
          }),
          { numRuns: 40, seed: 20190626 },
        );
      });
    }
  }
}

for (const ways of [4, 64]) {
  Deno.test(`random of ${ways} ways is seeded and fills free ways first`, () => {
    fc.assert(
      fc.property(accessesWithin(ways * 2), fc.nat(99), (accesses, seed) => {
        const level = {
          name: "L1",
          sizeBytes: ways * 64,
          ways,
          lineBytes: 64,
          policy: "random",
        } as const;
        const counts = modelCounts(level, accesses, seed);
        const distinct = new Set(accesses.map(({ line }) => line)).size;
        const misses = counts.readMisses + counts.writeMisses;
        // With room for all lines nothing ever leaves.
        if (distinct <= ways) assertEquals(misses, distinct);
        assert(misses >= distinct);
        assertEquals(counts, modelCounts(level, accesses, seed));
      }),
      { numRuns: 40, seed: 20190626 },
    );
  });
}

Deno.test("random leaves every way with about equal chance", () => {
  // A full set of 4, then 4000 lines never seen before: each insert makes one
  // of 4 ways leave. Line 0 survives n inserts with chance (3/4)^n; over
  // 300 seeds the mean survival is 3 inserts (geometric, p = 1/4).
  let survived = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const caches = createHierarchy({
      levels: [{
        name: "L1",
        sizeBytes: 256,
        ways: 4,
        lineBytes: 64,
        policy: "random",
      }],
      seed,
    });
    for (let line = 0; line < 4; line++) {
      caches.accessHalves(line * 64, 0, 4, 0);
    }
    for (let line = 4; line < 200; line++) {
      caches.accessHalves(line * 64, 0, 4, 0);
      if (!caches.residentLines()[0]?.includes(0n)) break;
      survived++;
    }
  }
  // Standard error of the mean: sqrt(12 / 300) = 0.2; 4 of them.
  assert(Math.abs(survived / 300 - 3) < 0.8, `mean survival ${survived / 300}`);
});
