import { assert, assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { layouts } from "../../../layouts/registry.ts";
import { findLayout } from "../../../layouts/registry.ts";
import {
  assemblePath,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { kernelProfiles } from "../../../sim/kernel/struct_offsets.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { dataIos, verifyReplay } from "../../../sim/replay/replay.ts";
import { traceWindow } from "../../../sim/replay/trace_window.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../../sim/workload/window.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";

const MAP = defaultMemoryMap(true);
const MIB = 1 << 20;

function options(
  given: Partial<AssemblyOptions> = {},
): Omit<AssemblyOptions, "decode"> {
  return {
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    limits: nvmeLimits(8),
    map: MAP,
    depth: 1,
    submitter: "pagecache",
    ...given,
  };
}

/** One I/O on folios at offsets from 4 GiB. */
function windowOf(
  op: number,
  folios: readonly { at: number; bytes: number; provider?: number }[],
): IoWindow {
  const window = createWindow({ ios: 1, pieces: folios.length });
  window.counts.set([1, folios.length]);
  window.op[0] = op;
  window.firstPiece[1] = folios.length;
  for (const [i, { at, bytes, provider = 0 }] of folios.entries()) {
    window.physLo[i] = at;
    window.physHi[i] = 1;
    window.pieceBytes[i] = bytes;
    window.provider[i] = provider;
    window.lengthBytes[0] = (window.lengthBytes[0] ?? 0) + bytes;
  }
  return window;
}

function linesOf(window: IoWindow, given: Partial<AssemblyOptions> = {}) {
  const { single } = traceWindow(window, {
    ...options(given),
    warmUpIos: 0,
    countedIos: 1,
  });
  const lines = (structure: string) =>
    Object.fromEntries(
      single.structuresInStages.filter((one) => one.structure === structure)
        .map(({ stage, lines }) => [stage, lines]),
    );
  return { vectors: lines("bio_vec"), pages: lines("page"), single };
}

Deno.test("G3: 1 MiB in one page-cache folio is one vector in four passes", () => {
  for (const op of [WINDOW_OP.write, WINDOW_OP.read]) {
    const window = windowOf(op, [{ at: 2 * MIB, bytes: MIB }]);
    const { vectors, pages, single } = linesOf(window);
    // Build, split, map, end_io.
    assertEquals(vectors, { submit: 1, split: 1, map: 1, complete: 1 });
    assertEquals(single.structures.bio_vec?.bytes, 16);
    // One head page: its flags and the driver's P2P check.
    assertEquals(pages, { submit: 1, map: 1, complete: 1 });
    assertEquals(single.structures.page?.lines, 1);
    // No record of the I/O but its bio.
    assertEquals(single.structures.blkdev_dio, undefined);
  }
});

Deno.test("neighbours share a vector, and each folio of it is ended", () => {
  const folios = Array.from(
    { length: 8 },
    (_, i) => ({ at: i * 65536, bytes: 65536 }),
  );
  const apart = { at: 4 * MIB, bytes: 65536 };
  const window = windowOf(WINDOW_OP.read, [...folios, apart]);
  const { single, pages } = linesOf(window);
  assertEquals(single.structures.bio_vec?.bytes, 2 * 16);
  assertEquals([pages["submit"], pages["complete"]], [9, 9]);
});

Deno.test("an I/O that ends inside a folio ends that folio alone", () => {
  const long = windowOf(WINDOW_OP.read, [{ at: 0, bytes: 65536 }]);
  const assembly = assemblePath({ ...options(), decode: false });
  assembly.path.open(long);
  assembly.path.submit(long, 0);
  assembly.path.drain();
  const short = windowOf(WINDOW_OP.write, [{ at: 0, bytes: 4096 }]);
  assembly.path.open(short);
  assembly.path.submit(short, 0);
  assembly.path.drain();
  assertEquals(assembly.path.counts.errors, 0);
  assertEquals(flagsSet(assembly), 0);
});

/** Struct pages that are locked or under writeback. */
function flagsSet({ memory }: ReturnType<typeof assemblePath>): number {
  const pages = memory.regions.find(({ structure }) => structure === "page");
  assert(pages !== undefined);
  let set = 0;
  for (let at = pages.offset; at < pages.offset + 65536 * 64; at += 64) {
    if ((memory.get32(at) & 3) !== 0) set++;
  }
  return set;
}

Deno.test("folios are locked while they are read, and unlocked however it ends", () => {
  const window = windowOf(WINDOW_OP.read, [{ at: 0, bytes: 4096 }]);
  let during = -1;
  // A DMA alignment of a page refuses the second I/O: it ends inside one.
  const assembly = assemblePath({
    ...options({ limits: { ...nvmeLimits(8), dmaAlignmentMask: 4095 } }),
    decode: false,
    probe: {
      stage: (stage) => {
        if (stage === 3) during = flagsSet(assembly);
      },
    },
  });
  assembly.path.open(window);
  assembly.path.submit(window, 0);
  assembly.path.drain();
  assertEquals([during, flagsSet(assembly)], [1, 0]);
  const beside = windowOf(WINDOW_OP.read, [
    { at: 4096, bytes: 4096 },
    { at: 8192, bytes: 512 },
  ]);
  assembly.path.open(beside);
  assembly.path.submit(beside, 0);
  assembly.path.drain();
  assertEquals([assembly.path.counts.errors, flagsSet(assembly)], [1, 0]);
  assertEquals(Object.values(assembly.path.balance()).some(Boolean), false);
});

Deno.test("P2P memory is not in the page cache", () => {
  const { path } = assemblePath({ ...options(), decode: false });
  const window = windowOf(WINDOW_OP.read, [
    { at: 0, bytes: 4096, provider: 1 },
  ]);
  assertThrows(
    () => path.open(window),
    RangeError,
    "Cannot put the buffer of I/O 0 into the page cache: it has P2P memory",
  );
});

Deno.test("what begins inside a page is not in the page cache", () => {
  const { path } = assemblePath({ ...options(), decode: false });
  assertThrows(
    () => path.open(windowOf(WINDOW_OP.read, [{ at: 512, bytes: 3584 }])),
    RangeError,
    "I/O 0 into the page cache: it begins 512 bytes into a page, expected",
  );
});

Deno.test("every layout and kernel moves page-cache bytes to the same place", async () => {
  const workload = await openWorkload("128k-scattered", {
    seed: 2,
    memoryMap: MAP,
    ios: 12,
    placement: "runs",
  });
  const data = new PhysicalMemory(MAP);
  for await (const window of workload.windows({ ios: 12, pieces: 400 })) {
    for (const kernel of kernelProfiles) {
      const digests = new Set<string>();
      for (const name of ["page_offset", "phys_packed", "soa_phys_len"]) {
        const layout = layouts.find((one) => one.name === name);
        assert(layout !== undefined);
        const assembly = assemblePath({
          ...options({ layout, kernel }),
          decode: true,
          data: () => data,
          salt: 5,
        });
        const ios = dataIos(window);
        verifyReplay(assembly, window, { ios, data, salt: 5, firstIo: 0 });
        digests.add(assembly.digest?.hex() ?? "");
      }
      assertEquals(digests.size, 1, kernel);
    }
  }
});
