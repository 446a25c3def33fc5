import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import {
  assemblePath,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { openedBetween } from "../../../sim/path/open_counts.ts";
import { dataIos, replay, replayOpen } from "../../../sim/replay/replay.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";
import { smallMap } from "../small_map.ts";

const HOST = 0x1_0000_0000;
const BAR = 0x3c00_0000_0000;

/** 6 reads of 2 pages each, on 3 buffers. */
function windowOf(at: number): IoWindow {
  const window = createWindow({ ios: 6, pieces: 12 });
  for (let piece = 0; piece < 12; piece++) {
    const phys = at + (piece % 6) * 4096;
    window.physLo[piece] = phys | 0;
    window.physHi[piece] = Math.floor(phys / 2 ** 32);
    window.pieceBytes[piece] = 4096;
    window.provider[piece] = at === HOST ? 0 : 1;
  }
  for (let io = 0; io < 6; io++) {
    window.sectorLo[io] = 16 * io;
    window.lengthBytes[io] = 8192;
    window.firstPiece[io + 1] = 2 * (io + 1);
  }
  window.counts.set([6, 12]);
  return window;
}

function assemble(given: Partial<AssemblyOptions>) {
  return assemblePath({
    layout: findLayout("phys_flags"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    limits: nvmeLimits(5),
    map: smallMap(true),
    depth: 4,
    decode: true,
    registered: { buffers: 8, segments: 16 },
    ...given,
  });
}

/** What a path is made of, where its buffers lie, and what opening does. */
const CASES = [
  // 3 tables: two I/Os share each.
  [{ submitter: "registered" }, HOST, { registered: 3, mapped: 0 }],
  // The page cache is told of each page of each I/O.
  [{ submitter: "pagecache" }, HOST, { registered: 12, mapped: 0 }],
  // 6 pages: a buffer is mapped once, however many I/Os are on it.
  [{ recognition: "map_first" }, HOST, { registered: 0, mapped: 6 }],
  [
    { recognition: "map_first", submitter: "registered" },
    HOST,
    { registered: 3, mapped: 6 },
  ],
  [
    { p2pProducer: "ranges" },
    BAR,
    { registered: 0, mapped: 0 },
  ],
] as const;

for (const [given, at, expected] of CASES) {
  const name = Object.values(given).filter((value) => typeof value === "string")
    .join(", ");
  Deno.test(`only open() registers or maps a window's buffers (${name})`, () => {
    const { path, ...assembly } = assemble({
      ...("recognition" in given ? { layout: findLayout("dma_vec") } : {}),
      ...given,
    });
    const window = windowOf(at);
    const refused = "Cannot submit I/O 2: its window is not open on this " +
      "path, expected open() of it first";
    assertEquals(path.isOpen(window), false);
    assertThrows(() => path.submit(window, 2), TypeError, refused);
    path.open(window);
    assertEquals(path.isOpen(window), true);
    assertEquals({ ...path.opened }, { windows: 1, ...expected });
    const opened = { ...path.opened };
    for (let pass = 0; pass < 3; pass++) {
      replayOpen(path, window, dataIos(window));
    }
    assertEquals(openedBetween(path.opened, opened), {
      windows: 0,
      registered: 0,
      mapped: 0,
    });
    assertEquals(path.counts.ios, 18);
    assertEquals(path.counts.errors, 0);
    // The same memory laid out again is another window.
    const again = createWindow(window.capacity, window.buffer);
    assertThrows(() => path.submit(again, 2), TypeError, refused);
    replay({ path, ...assembly }, again, dataIos(again));
    assertEquals({ ...path.opened }, {
      windows: 2,
      registered: 2 * expected.registered,
      mapped: 2 * expected.mapped,
    });
    assertThrows(() => path.submit(window, 2), TypeError, refused);
  });
}

Deno.test("a window that cannot be opened leaves none open", () => {
  const { path } = assemble({ submitter: "registered" });
  const good = windowOf(HOST);
  path.open(good);
  assertThrows(() => path.open(windowOf(BAR)), RangeError, "P2P memory");
  assertThrows(() => path.submit(good, 0), TypeError, "is not open");
});

Deno.test("pinned user memory needs no open window", () => {
  const { path } = assemble({});
  const window = windowOf(HOST);
  assertEquals(path.isOpen(window), true);
  path.submit(window, 0);
  path.drain();
  assertEquals(path.counts.errors, 0);
});
