// The golden scenarios of blockspec 2.12 (T59) as far as they concern vectors,
// segments, gap bit, DMA ranges and descriptors; lp64, kernel 7.2.
import { assertEquals } from "@std/assert";
import { findAbi } from "../../layouts/abi.ts";
import { nvmeLimits } from "../../sim/block/queue_limits.ts";
import { structOffsets } from "../../sim/kernel/struct_offsets.ts";
import type { ControllerOptions } from "../../sim/nvme/controller.ts";
import {
  BARS,
  commandLab,
  DRAM,
  type LabIo,
  type Piece,
  scattered,
} from "./nvme/command_lab.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const lp64 = findAbi("lp64");

/** What a scenario came to. */
function golden(
  io: LabIo,
  controller: ControllerOptions = {},
  layout = "page_offset",
) {
  const gapBits: number[] = [];
  const { sgl = false, iommu = false } = controller;
  const lab = commandLab({
    layout,
    controller,
    limits: nvmeLimits(0, { sgl, iommu }),
  });
  const memory = lab.assembly.memory;
  const requests = memory.regions.find(({ structure }) =>
    structure === "request"
  );
  const gapAt = structOffsets("7.2", lp64, "request").fields["phys_gap_bit"];
  const watching = commandLab({
    layout,
    controller,
    limits: nvmeLimits(0, { sgl, iommu }),
    more: {
      probe: {
        command: (entry) => {
          const tag = watching.assembly.memory.view.getUint16(entry + 2, true);
          gapBits.push(
            watching.assembly.memory.get8(
              (requests?.offset ?? 0) + tag * (requests?.strideBytes ?? 0) +
                (gapAt?.offsetBytes ?? 0),
            ),
          );
        },
      },
    },
  });
  watching.commands([io]);
  const commands = lab.commands([io]);
  const { segments, requests: count, physicalSegments, dmaSegments } =
    lab.assembly.path.counts;
  return {
    vecs: segments,
    requests: count,
    segments: physicalSegments,
    dmaRanges: dmaSegments,
    gapBits,
    descriptors: commands.map(({ kind, pages, listPages, descriptors }) =>
      kind === "prp"
        ? ["prp", pages.length, ...listPages.map(([, entries]) => entries)]
        : ["sgl", descriptors.length]
    ),
  };
}

/** Bytes of the vectors themselves, and of the slab object that holds them. */
function vecBytes(vecs: number, capacity: number) {
  return ["page_offset", "phys_packed_aligned4", "rlist_8"].map((layout) => {
    const { codec } = commandLab({ layout }).assembly;
    return [codec.placed.sizeBytes * vecs, codec.placed.sizeBytes * capacity];
  });
}

Deno.test("G1: 128 KiB read, 32 scattered user pages", () => {
  const io = { pieces: scattered(32) };
  const g1 = golden(io);
  assertEquals(g1, {
    vecs: 32,
    requests: 1,
    segments: 32,
    dmaRanges: 32,
    gapBits: [13], // every join lies on a page: bit 12, counted from 1
    descriptors: [["prp", 32, 31]],
  });
  // 32 vectors live in a biovec-64.
  assertEquals(vecBytes(32, 64), [[512, 1024], [384, 768], [256, 512]]);
  const iommu = golden(io, { iommu: true });
  assertEquals([iommu.dmaRanges, iommu.descriptors], [1, [["prp", 32, 31]]]);
  const both = golden(io, { iommu: true, sgl: true });
  assertEquals([both.dmaRanges, both.descriptors], [1, [["sgl", 1]]]);
});

Deno.test("G2: 4 KiB read", () => {
  const io = { pieces: [{ phys: DRAM, bytes: 4096 }] };
  for (const controller of [{}, { iommu: true }, { iommu: true, sgl: true }]) {
    assertEquals(golden(io, controller), {
      vecs: 1,
      requests: 1,
      segments: 1,
      dmaRanges: 1,
      gapBits: [0],
      descriptors: [["prp", 1]],
    });
  }
});

Deno.test("G3 and G6: 1 MiB in one folio", () => {
  for (const write of [true, false]) {
    const io = { write, pieces: [{ phys: DRAM + 2 * MIB, bytes: MIB }] };
    assertEquals(golden(io), {
      vecs: 1,
      requests: 1,
      segments: 1,
      dmaRanges: 1,
      gapBits: [0],
      descriptors: [["prp", 256, 255]],
    });
    assertEquals(golden(io, { sgl: true }).descriptors, [["sgl", 1]]);
  }
});

/** P2P memory of user space: order-0 pages of a contiguous BAR. */
const MMAPPED: readonly Piece[] = Array.from({ length: 256 }, (_, i) => ({
  phys: BARS[0] + i * 4096,
  bytes: 4096,
  provider: 1,
}));

Deno.test("G4: 1 MiB of mmapped P2P memory", () => {
  // Gap bit 13 although the BAR is contiguous: the walk joins nothing inside
  // a bio. Average 4096 < 32 KiB: PRPs, though there is one DMA range.
  const expected = {
    vecs: 256,
    requests: 1,
    segments: 256,
    dmaRanges: 1,
    gapBits: [13],
    descriptors: [["prp", 256, 255]],
  };
  assertEquals(golden({ pieces: MMAPPED }), expected);
  assertEquals(golden({ pieces: MMAPPED }, { sgl: true }), expected);
  assertEquals(vecBytes(256, 256), [
    [4096, 4096],
    [3072, 3072],
    [2048, 2048],
  ]);
});

Deno.test("G5: the same behind an IOMMU", () => {
  // 33 segments and 128 KiB at most: 8 requests of 32 pages, none mapped.
  assertEquals(golden({ pieces: MMAPPED }, { iommu: true }), {
    vecs: 256,
    requests: 8,
    segments: 256,
    dmaRanges: 8,
    gapBits: Array.from({ length: 8 }, () => 13),
    descriptors: Array.from({ length: 8 }, () => ["prp", 32, 31]),
  });
});

Deno.test("G7: 512 bytes at page offset 512", () => {
  assertEquals(golden({ pieces: [{ phys: DRAM + 512, bytes: 512 }] }), {
    vecs: 1,
    requests: 1,
    segments: 1,
    dmaRanges: 1,
    gapBits: [0],
    descriptors: [["prp", 1]],
  });
});

Deno.test("G1 to G7 are alike for a layout without pages", () => {
  for (const io of [{ pieces: scattered(32) }, { pieces: MMAPPED }]) {
    for (const controller of [{}, { iommu: true }, { sgl: true }]) {
      assertEquals(
        golden(io, controller, "phys_packed"),
        golden(io, controller),
      );
    }
  }
});
