import { assertEquals, assertThrows } from "@std/assert";
import {
  checkQueueLimits,
  nvmeLimits,
  presetLimits,
  QUEUE_LIMIT_PRESETS,
  type QueueLimitPreset,
  type QueueLimits,
} from "../../../sim/block/queue_limits.ts";
import { WIDE } from "./block_rig.ts";

Deno.test("nvmeLimits() derives sectors and segments from MDTS (T38)", () => {
  // 2^mdts pages of 8 sectors, at most 8 MiB; segments a page and one more.
  const rows: readonly (readonly [number, number, number])[] = [
    [0, 8192, 256],
    [3, 64, 9],
    [5, 256, 33],
    [6, 512, 65],
    [7, 1024, 129],
    [9, 4096, 256],
  ];
  for (const [mdts, sectors, segments] of rows) {
    const { maxSectors, maxSegments } = nvmeLimits(mdts);
    assertEquals([maxSectors, maxSegments], [sectors, segments]);
    if (mdts === 0 || mdts >= 5) {
      const behind = nvmeLimits(mdts, { iommu: true });
      assertEquals([behind.maxSectors, behind.maxSegments], [256, 33]);
    }
  }
});

Deno.test("presetLimits() tells how many pieces of metadata an SGL names", () => {
  const of = (name: QueueLimitPreset, kernel: string, metadataSgl: boolean) =>
    presetLimits(name, { kernel, metadataSgl }).maxIntegritySegments;
  for (
    const name of ["nvme_prp", "nvme_prp_mdts5", "scsi", "virtio"] as const
  ) {
    // NVME_MAX_META_SEGS; 6.1 has none.
    assertEquals(
      ["6.1", "6.12", "7.2"].map((kernel) => of(name, kernel, true)),
      [undefined, 15, 15],
    );
    assertEquals(of(name, "7.2", false), undefined);
  }
});

Deno.test("checkQueueLimits() takes every preset", () => {
  for (const limits of Object.values(QUEUE_LIMIT_PRESETS)) {
    checkQueueLimits(limits);
  }
});

Deno.test("checkQueueLimits() names both of two that contradict", () => {
  const refused = (change: Partial<QueueLimits>, ...words: string[]) => {
    const error = assertThrows(
      () => checkQueueLimits({ ...WIDE, ...change }),
      RangeError,
    );
    for (const word of words) {
      assertEquals(error.message.includes(word), true, error.message);
    }
  };
  refused(
    { logicalBlockBytes: 4096, physicalBlockBytes: 512 },
    "physicalBlockBytes 512",
    "logicalBlockBytes 4096",
  );
  refused(
    { logicalBlockBytes: 4096, physicalBlockBytes: 4096, maxSectors: 7 },
    "maxSectors 7",
    "logicalBlockBytes 4096",
  );
  refused(
    { logicalBlockBytes: 4096, physicalBlockBytes: 4096, chunkSectors: 12 },
    "chunkSectors 12",
    "logicalBlockBytes 4096",
  );
  refused(
    { virtBoundaryMask: 65535, maxSegmentBytes: 4096 },
    "maxSegmentBytes 4096",
    "virtBoundaryMask 65535",
  );
  refused({ discardGranularityBytes: 700 }, "discardGranularityBytes 700");
});

Deno.test("checkQueueLimits() refuses what no queue has", () => {
  for (
    const change of [
      { logicalBlockBytes: 513 },
      { maxSectors: 0 },
      { maxSegments: 65536 },
      { maxSegmentBytes: 512 },
      { segBoundaryMask: 511 },
      { virtBoundaryMask: 4096 },
      { dmaAlignmentMask: NaN },
      { maxDiscardSegments: 0 },
    ]
  ) {
    assertThrows(
      () => checkQueueLimits({ ...WIDE, ...change }),
      RangeError,
      Object.keys(change)[0],
    );
  }
});
