import { assertEquals } from "@std/assert";
import { LineSharing } from "../../../sim/workers/line_sharing.ts";

const STRUCTURES = ["page", "request"];

Deno.test("LineSharing tells false sharing from true, and both from handing over", () => {
  const sharing = new LineSharing(STRUCTURES);
  const access = (
    who: number,
    at: number,
    isWrite: boolean,
    sizeBytes = 4,
  ) => sharing.take(who, { at, sizeBytes, isWrite, structure: 0 });
  // Line 0: two workers write words of their own.
  access(0, 0, true);
  access(1, 60, true);
  // Line 1: both write the same word.
  access(0, 64, true);
  access(1, 64, true);
  // Line 2: each writes a word of its own, and one reads the other's.
  access(0, 128, true);
  access(1, 140, true);
  access(1, 128, false);
  // Line 3: one writes, the other reads.
  access(0, 192, true);
  access(1, 192, false);
  // Line 4: both read only.
  access(0, 256, false);
  access(1, 256, false);
  // Lines 5 and 6: one access that straddles; alone in both.
  access(0, 380, true, 8);

  assertEquals(sharing.structures(), [{
    structure: "page",
    lines: 7,
    writtenByMany: 3, // lines 0, 1, 2
    falselyShared: 1, // line 0
    handedOver: 1, // line 3
  }]);
});

Deno.test("LineSharing keeps lines apart that lie beyond 2^32", () => {
  const sharing = new LineSharing(STRUCTURES);
  for (const [who, at] of [[0, 0], [1, 2 ** 32], [1, 2 ** 33 + 8]] as const) {
    sharing.take(who, { at, sizeBytes: 8, isWrite: true, structure: 1 });
  }
  assertEquals(sharing.structures(), []);
});

Deno.test("LineSharing.totals() counts a line once, and tells those that hold a bio_vec", () => {
  const sharing = new LineSharing(["bio", "bio_vec"]);
  const access = (
    who: number,
    at: number,
    isWrite: boolean,
    structure: number,
  ) => sharing.take(who, { at, sizeBytes: 4, isWrite, structure });
  // Line 0: a bio and its vector, both written by two workers.
  access(0, 0, true, 0);
  access(0, 32, true, 1);
  access(1, 0, true, 0);
  access(1, 32, true, 1);
  // Lines 1 and 2: a bio that two write.
  for (const at of [64, 128]) {
    for (const who of [0, 1]) access(who, at, true, 0);
  }
  // Lines 3 to 6: handed over, the last with a vector that only a third reads.
  for (const at of [192, 256, 320, 384]) {
    access(0, at, true, 0);
    access(1, at, false, 0);
  }
  access(2, 400, false, 1);
  // Lines 7 and 8: one worker's own, and one that nobody writes.
  access(0, 448, true, 1);
  access(0, 512, false, 1);
  access(1, 512, false, 1);
  assertEquals(sharing.totals(), {
    writtenByMany: 3,
    handedOver: 4,
    writtenByManyHolding: 1,
    handedOverHolding: 1,
  });
  // Each line counts for what was touched first in it.
  assertEquals(
    sharing.structures().map(({ structure, lines }) => [structure, lines]),
    [["bio", 7]],
  );
});
