import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import {
  assemblePath,
  type Assembly,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { dataIos, replay, verifyReplay } from "../../../sim/replay/replay.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";

const DRAM = 0x1_0000_0000;
const BAR = 0x3c00_0000_0000;
const MAP = {
  dram: [{ startPhys: BigInt(DRAM), sizeBytes: 16 << 20 }],
  providers: [{
    name: "bar",
    startPhys: BigInt(BAR),
    sizeBytes: 1 << 20,
    busAddress: 0x8000_0000n,
  }],
};

/** Reads of so many pages each; every fourth I/O has the same buffer. */
function windowOf(ios: number, pages: number, at = DRAM): IoWindow {
  const window = createWindow({ ios, pieces: ios * pages });
  for (let io = 0; io < ios; io++) {
    window.op[io] = io % 2;
    window.sectorLo[io] = io * 8 * pages;
    window.lengthBytes[io] = pages * 4096;
    for (let i = 0; i < pages; i++) {
      const piece = io * pages + i;
      const phys = at + ((io % 4) * pages + i) * 8192;
      window.physLo[piece] = phys | 0;
      window.physHi[piece] = Math.floor(phys / 2 ** 32);
      window.pieceBytes[piece] = 4096;
      window.provider[piece] = at === DRAM ? 0 : 1;
    }
    window.firstPiece[io + 1] = (io + 1) * pages;
  }
  window.counts[0] = ios;
  window.counts[1] = ios * pages;
  return window;
}

function pathOf(options: Partial<AssemblyOptions>): Assembly {
  return assemblePath({
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    limits: nvmeLimits(5),
    map: MAP,
    depth: 16,
    decode: true,
    registered: { buffers: 64, segments: 1024 },
    ...options,
  });
}

Deno.test("registered buffers make the commands that user pages make", () => {
  for (const layout of ["page_offset", "phys_packed", "soa_phys_len"]) {
    for (const pages of [1, 8, 40]) {
      const window = windowOf(16, pages);
      const digests = (["user", "registered"] as const).map((submitter) => {
        const data = new PhysicalMemory(MAP);
        const path = pathOf({
          submitter,
          layout: findLayout(layout),
          data: () => data,
          salt: 3,
        });
        verifyReplay(path, window, {
          ios: dataIos(window),
          data,
          salt: 3,
          firstIo: 0,
        });
        return path.digest?.hex();
      });
      assertEquals(digests[0], digests[1]);
    }
  }
});

Deno.test("registered buffers refuse P2P memory and too many segments", () => {
  const path = pathOf({ submitter: "registered" });
  assertThrows(
    () => replay(path, windowOf(2, 1, BAR), Int32Array.of(0, 1)),
    RangeError,
    "it has P2P memory",
  );
  assertThrows(
    () => path.path.open(windowOf(65, 1)),
    RangeError,
    "expected at most 64 buffers",
  );
});

Deno.test("a batch under one plug merges what is sequential", () => {
  for (const submitter of ["user", "registered"] as const) {
    const window = windowOf(64, 1);
    for (let io = 0; io < 64; io++) window.op[io] = 0;
    const run = (batch: number) => {
      const path = pathOf({ submitter, batch });
      replay(path, window, dataIos(window));
      for (const [name, count] of Object.entries(path.path.balance())) {
        assertEquals(count, 0, name);
      }
      const { ios, requests, merges, errors } = path.path.counts;
      return { ios, requests, merges, errors };
    };
    assertEquals(run(1), { ios: 64, requests: 64, merges: 0, errors: 0 });
    // Four batches of 16 pages; pages with a gap that NVMe can take.
    assertEquals(run(16), { ios: 64, requests: 4, merges: 60, errors: 0 });
  }
});

Deno.test("a registered buffer is no longer than it was registered", () => {
  const { path, memory } = pathOf({ submitter: "registered" });
  const window = windowOf(1, 1);
  path.open(window);
  path.submit(window, 0);
  path.drain();
  assertEquals(path.counts.errors, 0);
  // The header lies 48 bytes in front of the table (io_mapped_ubuf of 7.2).
  assertEquals(memory.get32(path.tableOf(0) - 48 + 8), 4096);
  window.lengthBytes[0] = 8192;
  path.submit(window, 0);
  path.drain();
  assertEquals([path.counts.errors, path.counts.lastErrno], [1, 14]); // EFAULT
});

Deno.test("a registered buffer begins a line, its table behind the header", () => {
  for (const [kernel, headerBytes] of [["7.2", 48], ["6.1", 32]] as const) {
    const { path } = pathOf({ submitter: "registered", kernel });
    const window = windowOf(4, 3);
    path.open(window);
    const tables = [0, 1, 2, 3].map((io) => path.tableOf(io));
    assertEquals(
      tables.map((table) => table % 64),
      [0, 1, 2, 3].map(() => headerBytes),
    );
    // 48 + 3 * 16 = 96 bytes, and 80: two lines each.
    assertEquals(tables.map((table) => table - (tables[0] ?? 0)), [
      ...[0, 128, 256, 384],
    ]);
  }
});
