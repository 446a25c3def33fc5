import { assertEquals } from "@std/assert";
import { queueRig } from "./queue_rig.ts";

Deno.test("discards start and end at the granularity and never join data (T32)", () => {
  const rig = queueRig({
    limits: { maxDiscardSectors: 1000, discardGranularityBytes: 4096 },
  });
  // From 5 up to 8 first; then 1000 rounded to 8 is 1000, then the rest.
  rig.layer.rangeIo.discard({ sector: 5, sectors: 2043, cookie: 0 });
  rig.layer.queue.drain();
  assertEquals(
    rig.requests().map(({ sector, sectors }) => [sector, sectors]),
    [[5, 3], [8, 1000], [1008, 1000], [2008, 40]],
  );
  assertEquals(rig.live(), 0);
});

Deno.test("a discard or a write of zeroes as large as may be is not split", () => {
  const limits = { maxDiscardSectors: 1000, discardGranularityBytes: 4096 };
  const zeroes = { maxWriteZeroesSectors: 1000 };
  const cases: [number, number[][]][] = [
    [1000, [[8, 1000]]],
    [1008, [[8, 1000], [1008, 8]]],
  ];
  for (const [most, parts] of cases) {
    const discards = queueRig({ limits });
    discards.layer.rangeIo.discard({ sector: 8, sectors: most, cookie: 0 });
    const zeroed = queueRig({ limits: zeroes });
    zeroed.layer.rangeIo.zeroOut({ sector: 8, sectors: most, cookie: 0 });
    for (const rig of [discards, zeroed]) {
      rig.layer.queue.drain();
      assertEquals(
        rig.requests().map(({ sector, sectors }) => [sector, sectors]),
        parts,
      );
      assertEquals(
        rig.layer.queue.counts.bios,
        rig === zeroed ? parts.length : 1,
      );
    }
  }
});
