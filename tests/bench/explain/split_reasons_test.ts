import { assertEquals } from "@std/assert";
import {
  type Cut,
  splitReasons,
} from "../../../bench/explain/split_reasons.ts";
import {
  QUEUE_LIMIT_PRESETS,
  type QueueLimits,
} from "../../../sim/block/queue_limits.ts";

/** A cut that reaches no limit of `nvme_prp` (1024 sectors, 129 segments). */
const CUT: Cut = {
  sector: 0,
  sectors: 8,
  segments: 1,
  isBetween: true,
  endOffset: 4096,
  nextOffset: 0,
};

/** First words of the reasons. */
function reasons(cut: Partial<Cut>, limits: Partial<QueueLimits> = {}) {
  return splitReasons({ ...CUT, ...cut }, {
    ...QUEUE_LIMIT_PRESETS.nvme_prp,
    ...limits,
  }).map((reason) => /^\w+/.exec(reason)?.[0]);
}

Deno.test("splitReasons() names each limit that a cut has reached", () => {
  assertEquals(reasons({ sectors: 1024 }), ["max_sectors"]);
  assertEquals(reasons({ segments: 129 }), ["max_segments"]);
  assertEquals(reasons({ sectors: 1024, segments: 129 }), [
    "max_segments",
    "max_sectors",
  ]);
  // T15: from sector 100, chunks of 128 sectors leave 28.
  assertEquals(reasons({ sector: 100, sectors: 28 }, { chunkSectors: 128 }), [
    "chunk_sectors",
  ]);
  // T15: from sector 1 with blocks of 8 sectors, 256 at most leave 255.
  assertEquals(
    reasons({ sector: 1, sectors: 255 }, {
      maxSectors: 256,
      physicalBlockBytes: 4096,
    }),
    ["max_sectors"],
  );
  assertEquals(reasons({}), ["a"]); // rounded down to logical blocks
});

Deno.test("splitReasons() sees a gap between vectors, and only there", () => {
  // T19: V(0x1000,4096), V(0x5200,512) with virt boundary 4095.
  assertEquals(reasons({ endOffset: 4096, nextOffset: 512 }), [
    "virt_boundary_mask",
  ]);
  assertEquals(reasons({ endOffset: 512, nextOffset: 0 }), [
    "virt_boundary_mask",
  ]);
  const inside = { endOffset: 0, nextOffset: 512, isBetween: false };
  assertEquals(reasons({ ...inside, sectors: 1024 }), ["max_sectors"]);
  assertEquals(
    reasons({ nextOffset: 512 }, { virtBoundaryMask: 0 }),
    ["a"],
  );
});
