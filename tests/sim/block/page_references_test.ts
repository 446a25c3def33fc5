/**
 * References on pages: what an I/O takes of each it gives back, whichever way
 * its bios were filled, cut or ended.
 */
import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { findLayout, layouts } from "../../../layouts/registry.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { pageOffsets } from "../../../sim/kernel/page_offsets.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import type { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import type { Recognition } from "../../../sim/recognition/recognition_registry.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { createWindow } from "../../../sim/workload/window.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { smallMap } from "../small_map.ts";

const IOS = 6;
const UNALIGNED = { runPages: 2, unalignedShare: 1, unalignedBytes: 4 };
/** No BAR of the small machine ends behind it. */
const LAST_OF_BARS = 0x3c00_0fff_ffffn;

/** The references of every struct page. */
function references(memory: KernelMemory, refcountAt: number): number[] {
  return memory.regions.filter(({ structure }) => structure === "page")
    .flatMap(({ offset, sizeBytes, strideBytes }) =>
      Array.from(
        { length: sizeBytes / strideBytes },
        (_, i) => memory.get32(offset + i * strideBytes + refcountAt),
      )
    );
}

Deno.test("an I/O gives back every reference on a page that it took", async () => {
  const lp64 = findAbi("lp64");
  // With blocks of 16 KiB, a bio over 256 pages of a buffer that begins inside
  // one ends inside a block and is cut back to its border.
  const limits = {
    ...QUEUE_LIMIT_PRESETS.nvme_prp,
    logicalBlockBytes: 16384,
    physicalBlockBytes: 16384,
  };
  let most = 0;
  for (
    const [name, placement] of [
      ["seqwrite-1m", UNALIGNED],
      // Pieces in front of a change of kind are shorter than a block.
      ["64k-mixed", { ...UNALIGNED, runPages: 1, mixedIoShare: 1 }],
      ["64k-mixed", { mixedIoShare: 1 }],
    ] as const
  ) {
    for (const kernel of ["6.1", "7.2"]) {
      const { refcountAt } = pageOffsets(lp64, kernelStructs(kernel, lp64));
      for (const layout of layouts) {
        for (
          const [recognition, asks] of [
            ["page", "memory"],
            ["segment", "flag"],
          ] as const
        ) {
          const limits64 = layoutLimits(layout, lp64);
          if (
            isUnsupported(layout.serves(lp64, asks)) ||
            isUnsupported(limits64) || limits64.lastAddress < LAST_OF_BARS
          ) continue;
          const what = [name, kernel, layout.name, recognition].join(", ");
          const map = smallMap(true);
          const workload = await openWorkload(name, {
            seed: 1,
            memoryMap: map,
            ios: IOS,
            placement: { ...placement, poolBytes: 8 << 20 },
          });
          const { path, memory } = assemblePath({
            ...{ layout, abi: lp64, kernel, recognition, limits, map },
            ...{ depth: 4, decode: false },
          });
          const pieces = IOS * 257;
          for await (const window of workload.windows({ ios: IOS, pieces })) {
            path.open(window);
            const before = references(memory, refcountAt);
            for (let io = 0; io < (window.counts[0] ?? 0); io++) {
              path.submit(window, io);
            }
            const during = references(memory, refcountAt);
            most = Math.max(
              most,
              ...during.map((n, i) => n - (before[i] ?? 0)),
            );
            path.drain();
            assertEquals(references(memory, refcountAt), before, what);
          }
        }
      }
    }
  }
  assert(most > 0);
});

Deno.test("each page of a buffer across 4 GiB has a reference of its own", () => {
  const abi = findAbi("lp64");
  const { refcountAt } = pageOffsets(abi, kernelStructs("6.1", abi));
  const [startPhys, pages] = [0x1_0000_0000n - 0x8000n, 16];
  const window = createWindow({ ios: 1, pieces: 1 });
  window.counts.set([1, 1]);
  window.firstPiece[1] = 1;
  window.lengthBytes[0] = window.pieceBytes[0] = pages * 4096;
  window.physLo[0] = -0x8000;
  const { path, memory } = assemblePath({
    ...{ layout: findLayout("page_offset"), abi, kernel: "6.1" },
    ...{ recognition: "page", depth: 1, decode: true },
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: { dram: [{ startPhys, sizeBytes: pages * 4096 }], providers: [] },
  });
  path.open(window);
  const before = references(memory, refcountAt);
  assertEquals(before.length, pages);
  path.submit(window, 0);
  assertEquals(references(memory, refcountAt), before.map((n) => n + 1));
  path.drain();
  assertEquals(references(memory, refcountAt), before);
});

Deno.test("of pages that are cut off a vector, the references are given back", () => {
  const abi = findAbi("lp64");
  const { refcountAt } = pageOffsets(abi, kernelStructs("7.2", abi));
  // Blocks of 16 KiB: of five pages of a folio in front of a BAR's, a bio keeps
  // four, and the fifth is no block, so that the I/O fails.
  const window = createWindow({ ios: 1, pieces: 2 });
  window.counts.set([1, 2]);
  window.firstPiece[1] = 2;
  window.lengthBytes[0] = 8 * 4096;
  window.pieceBytes.set([5 * 4096, 3 * 4096]);
  window.physHi.set([1, 0x3c00]);
  window.provider[1] = 1;
  const { path, memory } = assemblePath({
    ...{ layout: findLayout("page_offset"), abi, kernel: "7.2" },
    ...{ recognition: "page", depth: 1, decode: true },
    limits: {
      ...QUEUE_LIMIT_PRESETS.nvme_prp,
      logicalBlockBytes: 16384,
      physicalBlockBytes: 16384,
    },
    map: { ...smallMap(true), folioOrder: 3 },
  });
  path.open(window);
  const before = references(memory, refcountAt);
  path.submit(window, 0);
  const taken = references(memory, refcountAt).map((n, i) =>
    n - (before[i] ?? 0)
  );
  assertEquals(taken.filter((n) => n !== 0), [4]);
  path.drain();
  assertEquals(references(memory, refcountAt), before);
  assertEquals([path.counts.bios, path.counts.errors], [1, 1]);
});

/** References that an I/O of two pieces, host memory first, takes and keeps. */
function referencesOf(
  kernel: string,
  options: {
    readonly recognition?: Recognition;
    readonly startPhys: bigint;
    readonly hostLo: number;
    readonly hostBytes: number;
    readonly barLo: number;
    readonly barBytes: number;
    readonly blockBytes: number;
  },
) {
  const { startPhys, hostLo, hostBytes, barLo, barBytes, blockBytes } = options;
  const { recognition = "page" } = options;
  const abi = findAbi("lp64");
  const { refcountAt } = pageOffsets(abi, kernelStructs(kernel, abi));
  const window = createWindow({ ios: 1, pieces: 2 });
  window.counts.set([1, 2]);
  window.firstPiece[1] = 2;
  window.lengthBytes[0] = hostBytes + barBytes;
  window.pieceBytes.set([hostBytes, barBytes]);
  window.physLo.set([hostLo, barLo]);
  window.physHi.set([hostLo < 0 ? 0 : 1, 0x3c00]);
  window.provider[1] = 1;
  const { path, memory } = assemblePath({
    ...{ layout: findLayout("page_offset"), abi, kernel, recognition },
    ...{ depth: 1, decode: true },
    limits: {
      ...QUEUE_LIMIT_PRESETS.nvme_prp,
      logicalBlockBytes: blockBytes,
      physicalBlockBytes: blockBytes,
    },
    map: {
      dram: [{ startPhys, sizeBytes: 16 * 4096 }],
      providers: smallMap(true).providers,
    },
  });
  path.open(window);
  const before = references(memory, refcountAt);
  path.submit(window, 0);
  const taken = references(memory, refcountAt)
    .map((n, i) => n - (before[i] ?? 0));
  path.drain();
  const kept = references(memory, refcountAt)
    .map((n, i) => n - (before[i] ?? 0));
  const { bios, errors } = path.counts;
  return {
    taken: taken.slice(0, 16),
    kept: kept.filter((n) => n !== 0),
    ...{ bios, errors },
  };
}

Deno.test("6.12 cuts a bio back to a block where another kind ends it, across 4 GiB", () => {
  // Passes are trimmed to blocks of 16 KiB, which the four pages below 4 GiB
  // are; the fifth, in front of a BAR's three, is none, so that the I/O fails.
  const found = referencesOf("6.12", {
    ...{ recognition: "bio", startPhys: 0x1_0000_0000n - 0x8000n },
    ...{ hostLo: -0x4000, hostBytes: 5 * 4096 },
    ...{ barLo: 0, barBytes: 3 * 4096, blockBytes: 16384 },
  });
  assertEquals(found, {
    taken: [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    kept: [],
    ...{ bios: 1, errors: 1 },
  });
});

Deno.test("an address that is refused gives back what the same bio has pinned", () => {
  // NVMe's dma_alignment of 4: P2P memory at 2 begins another pass of 7.2.
  const found = referencesOf("7.2", {
    startPhys: 0x1_0000_0000n,
    ...{ hostLo: 0, hostBytes: 4096 },
    ...{ barLo: 2, barBytes: 4096, blockBytes: 512 },
  });
  assertEquals(found, {
    taken: Array(16).fill(0),
    kept: [],
    ...{ bios: 0, errors: 1 },
  });
});
