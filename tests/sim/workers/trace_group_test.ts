/**
 * Lines that workers share, with numbers that follow from what is shared.
 */
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import type { Submitter } from "../../../sim/setup/assembly.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { traceGroup } from "../../../sim/workers/trace_group.ts";
import { createWindow } from "../../../sim/workload/window.ts";

const IOS = 16;

/** Reads of 4 KiB into the pages of a pool, one after the other. */
function reads(pages: number) {
  const window = createWindow({ ios: IOS, pieces: IOS });
  window.counts.set([IOS, IOS]);
  for (let io = 0; io < IOS; io++) {
    window.lengthBytes[io] = 4096;
    window.sectorLo[io] = io * 8;
    window.physLo[io] = (io % pages) * 4096;
    window.physHi[io] = 1; // at 4 GiB, where host memory begins
    window.pieceBytes[io] = 4096;
    window.firstPiece[io + 1] = io + 1;
  }
  return window;
}

function trace(
  pages: number,
  options: {
    workers: number;
    devices: number;
    submitter?: Submitter;
    completesElsewhere?: boolean;
  },
) {
  const structures = traceGroup(reads(pages), {
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: defaultMemoryMap(true),
    depth: 32,
    ...options,
  });
  return new Map(
    structures.map((
      { structure, writtenByMany, falselyShared, handedOver },
    ) => [
      structure,
      [writtenByMany, falselyShared, handedOver],
    ]),
  );
}

Deno.test("traceGroup() finds nothing shared by one worker", () => {
  assertEquals([...trace(4, { workers: 1, devices: 0 })], []);
});

Deno.test("traceGroup() finds struct pages that two workers pin, one line each", () => {
  // I/O i has page i % 3 and worker i % 2: both workers come by each page.
  // A struct page has 64 bytes, and the reference count is what both write.
  const shared = trace(3, { workers: 2, devices: 0 });
  assertEquals([...shared], [["page", [3, 0, 0]]]);
  // With 4 pages each belongs to one worker: the lines are apart.
  assertEquals([...trace(4, { workers: 2, devices: 0 })], []);
  // Registered buffers are pinned once, before any I/O.
  const registered = {
    workers: 2,
    devices: 0,
    submitter: "registered",
  } as const;
  assertEquals([...trace(3, registered)], []);
});

Deno.test("traceGroup() finds what the rings hand over to a device", () => {
  const shared = trace(4, { workers: 1, devices: 1 });
  // 16 commands of 64 bytes, 16 completions of 16 bytes, one doorbell. The
  // host looks at the 17th completion, too, which nobody has written.
  assertEquals([...shared], [
    ["nvme sq", [0, 0, 16]],
    ["nvme cq", [0, 0, 4]],
    ["nvme doorbell", [0, 0, 1]],
  ]);
});

Deno.test("traceGroup() finds what completing on another worker moves", () => {
  const shared = trace(4, {
    workers: 2,
    devices: 1,
    completesElsewhere: true,
  });
  // Pinned by the submitter, given back by the completer: 4 struct pages.
  assertEquals(shared.get("page"), [4, 0, 0]);
  // One blkdev_dio an I/O, whose count both write.
  assertEquals(shared.get("blkdev_dio"), [16, 0, 0]);
  assertEquals(shared.get("kmem_cache_cpu"), undefined);
});
