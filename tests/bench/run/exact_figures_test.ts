import { assertEquals } from "@std/assert";
import { exactFigures } from "../../../bench/run/exact_figures.ts";
import type { FootprintTotals } from "../../../sim/trace/footprint.ts";

const ANSWER = {
  counts: {
    ios: 4,
    bios: 4,
    requests: 2,
    segments: 12,
    physicalSegments: 8,
    dmaSegments: 6,
    merges: 2,
    requestMerges: 1,
    splits: 0,
    errors: 0,
    lastErrno: 0,
  },
  prpEntries: 8,
  branches: { sameBio: 4, sameSegment: 2, submit: 1, map: 1 },
  verifiedBytes: 0,
  digest: "0",
};

function totals(
  ios: number,
  groupIos: number,
  lineBytes = 64,
): FootprintTotals {
  const sums = {
    accesses: 10 * ios,
    writes: ios,
    straddles: 2 * ios,
    bytes: 96 * ios,
    lines: 3 * ios,
  };
  return {
    ios,
    groupIos,
    lineBytes,
    total: sums,
    structures: { bio_vec: sums },
    stages: { map: sums },
    structuresInStages: [{ structure: "bio_vec", stage: "map", ...sums }],
  };
}

Deno.test("exactFigures() divides by the I/Os of each sum", () => {
  const { counts, footprint, modelled } = exactFigures(ANSWER, {
    single: totals(2, 1),
    atDepth: totals(64, 32),
    allocatedBytes: { bio: 512, bio_vec: 128 },
  });
  assertEquals(counts.requestsPerIo, 0.5); // of 4 audited
  assertEquals([counts.mergesPerIo, counts.requestMergesPerIo], [0.5, 0.25]);
  assertEquals(
    [
      counts.segmentsPerIo,
      counts.physicalSegmentsPerIo,
      counts.dmaSegmentsPerIo,
    ],
    [3, 2, 1.5],
  );
  assertEquals(counts.branchesPerIo, 2);
  assertEquals([
    counts.submitBranchesPerIo,
    counts.sameBioBranchesPerIo,
    counts.sameSegmentBranchesPerIo,
    counts.mapBranchesPerIo,
  ], [0.25, 1, 0.5, 0.25]);
  assertEquals(counts.guardsPerIo, undefined); // blocks have none
  assertEquals(counts.bvecLinesPerIo, 3); // of 2 traced
  assertEquals(counts.bvecStraddlesPerIo, 2);
  assertEquals(counts.allocatedBytesPerIo, 320);
  assertEquals(counts.pageLinesPerIo, 0);
  // 96 bytes in 3 lines of 64.
  assertEquals(footprint?.total?.usefulShare, 0.5);
  assertEquals(footprint?.lineBytes, 64);
  assertEquals(footprint?.atDepth?.depth, 32);
  assertEquals(footprint?.atDepth?.structures?.["bio_vec"]?.linesPerIo, 3);
  assertEquals(footprint?.allocatedBytesPerIo, { bio: 256, bio_vec: 64 });
  assertEquals(modelled, null);
  const guarded = exactFigures({
    ...ANSWER,
    integrity: { ios: 2, guards: 16, kmaps: 3, refused: 0 },
  }, undefined);
  assertEquals(
    [guarded.counts.guardsPerIo, guarded.counts.kmapsPerIo],
    [8, 1.5], // of the 2 whose bytes were checked
  );
});

Deno.test("exactFigures() says the lines of a CPU that was named", () => {
  const { footprint } = exactFigures(ANSWER, {
    single: totals(2, 1, 256),
    atDepth: totals(64, 32, 256),
    allocatedBytes: {},
  });
  assertEquals(footprint?.lineBytes, 256);
  // 96 bytes of 3 x 256.
  assertEquals(footprint?.total?.usefulShare, 0.125);
});

Deno.test("exactFigures() has no footprint where nothing was traced", () => {
  const { counts, footprint } = exactFigures(ANSWER, undefined);
  assertEquals(footprint, null);
  assertEquals(counts.bvecLinesPerIo, 0);
});
