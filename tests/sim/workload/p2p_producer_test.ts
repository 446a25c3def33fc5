import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import {
  joinP2pPieces,
  type P2pProducer,
} from "../../../sim/workload/p2p_producer.ts";
import { dataIos, verifyReplay } from "../../../sim/replay/replay.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";

/** One I/O for each list of pages: [page number, provider]. */
function windowOf(ios: readonly (readonly [number, number])[][]): IoWindow {
  const pieces = ios.flat();
  const window = createWindow({ ios: ios.length, pieces: pieces.length });
  window.counts.set([ios.length, pieces.length]);
  for (const [io, own] of ios.entries()) {
    window.lengthBytes[io] = own.length * 4096;
    window.firstPiece[io + 1] = (window.firstPiece[io] ?? 0) + own.length;
  }
  for (const [i, [page, provider]] of pieces.entries()) {
    const phys = page * 4096;
    window.physLo[i] = phys | 0;
    window.physHi[i] = Math.floor(phys / 2 ** 32);
    window.pieceBytes[i] = 4096;
    window.provider[i] = provider;
  }
  return window;
}

function rangesOf(window: IoWindow): [number, number, number][][] {
  const ios = window.counts[0] ?? 0;
  return Array.from({ length: ios }, (_, io) => {
    const first = window.firstPiece[io] ?? 0;
    const end = window.firstPiece[io + 1] ?? 0;
    return Array.from({ length: end - first }, (_, i) => [
      (window.physHi[first + i] ?? 0) * 2 ** 20 +
      ((window.physLo[first + i] ?? 0) >>> 12),
      (window.pieceBytes[first + i] ?? 0) / 4096,
      window.provider[first + i] ?? 0,
    ]);
  });
}

Deno.test("joinP2pPieces() joins what lies together in one BAR, and only that", () => {
  const joined = joinP2pPieces(windowOf([
    // Host pages stay apart, a gap and another BAR end a range.
    [[16, 0], [17, 0], [32, 1], [33, 1], [34, 1], [36, 1], [37, 2]],
    // An I/O never joins the one before it.
    [[38, 2], [39, 2]],
    // Over a multiple of 4 GiB, where the low half is 0 again.
    [[2 ** 20 - 1, 1], [2 ** 20, 1]],
  ]));
  assertEquals(rangesOf(joined), [
    [[16, 1, 0], [17, 1, 0], [32, 3, 1], [36, 1, 1], [37, 1, 2]],
    [[38, 2, 2]],
    [[2 ** 20 - 1, 2, 1]],
  ]);
  assertEquals(joined.lengthBytes[0], 7 * 4096);
});

async function replayed(layout: string, p2pProducer: P2pProducer) {
  const map = defaultMemoryMap(true);
  const data = new PhysicalMemory(map);
  const workload = await openWorkload("64k-mixed", {
    seed: 1,
    memoryMap: map,
    ios: 30,
    placement: { p2pIoShare: 0.5, mixedIoShare: 0.5 },
  });
  for await (const window of workload.windows({ ios: 30, pieces: 1024 })) {
    const assembly = assemblePath({
      layout: findLayout(layout),
      abi: findAbi("lp64"),
      kernel: "7.2",
      recognition: "range",
      limits: nvmeLimits(7),
      map,
      depth: 1,
      decode: true,
      data: () => data,
      p2pProducer,
      salt: 3,
    });
    const ios = dataIos(window);
    verifyReplay(assembly, window, { ios, data, salt: 3, firstIo: 0 });
    const { segments, dmaSegments } = assembly.path.counts;
    return { digest: assembly.digest?.hex(), segments, dmaSegments };
  }
  throw new Error("no window");
}

Deno.test("assemblePath() hands ranges to layouts that can hold them (T60)", async () => {
  const pages = await replayed("phys_packed", "pages");
  const ranges = await replayed("phys_packed", "ranges");
  // The same DMA ranges and commands, from fewer segments.
  assertEquals(ranges.digest, pages.digest);
  assertEquals(ranges.dmaSegments, pages.dmaSegments);
  assertEquals(pages.segments, 30 * 16);
  assertEquals(ranges.segments < pages.segments, true);
  // A struct page is always handed on page by page.
  assertEquals(await replayed("page_offset", "ranges"), pages);
});
