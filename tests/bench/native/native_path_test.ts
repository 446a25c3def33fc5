import { assert, assertEquals, assertRejects } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { defineLayout } from "../../../layouts/layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import { soa } from "../../../layouts/soa.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import { unfitReason } from "../../../bench/run/fit.ts";
import { NativePath } from "../../../bench/native/native_path.ts";
import {
  compareEngines,
  firstWindow,
  pathOptions,
  QUICK,
  runEngines,
} from "./compare_engines.ts";
import { LP64_DETECTIONS, randomBuild, randomPath } from "./random_path.ts";

const LP64 = findAbi("lp64");

/** I/Os of every kind: short, long, unaligned, P2P, mixed, in 256 vectors. */
const EVERY_KIND = await Promise.all([
  firstWindow("mixed-bs", 30),
  firstWindow("unaligned-4k", 10),
  firstWindow("64k-mixed", 6),
  firstWindow("seqwrite-1m", 2),
]);
/** Host memory alone: P2P memory cannot be registered. */
const HOST = await Promise.all([
  firstWindow("4k-hot", 100),
  firstWindow("128k-scattered", 20),
]);

for (const layout of layouts) {
  const own = LP64_DETECTIONS.filter((each) => each.layout === layout);
  if (own.length === 0) continue;
  Deno.test(`NativePath makes each access of the DataView path: ${layout.name}`, async () => {
    const fit = EVERY_KIND.filter((window) =>
      unfitReason(window, { layout, abi: LP64 }) === undefined
    );
    assert(fit.length >= 1); // rlist_8 takes whole pages alone
    for (const { recognition } of own) {
      const counts = await compareEngines(
        pathOptions(layout, recognition),
        fit,
      );
      assertEquals(counts.errors, 0);
    }
  });
}

/** Builds that are drawn anew each time, and paths with each of them. */
const [BUILDS, PATHS] = [6, 8];

Deno.test("NativePath makes each access of the DataView path, drawn at random", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] as number;
  for (let build = 0; build < BUILDS; build++) {
    const drawn = randomBuild(seed + build);
    for (let path = 0; path < PATHS; path++) {
      const { options, windows } = randomPath(drawn, seed + path);
      const { difference } = await runEngines(options, windows);
      assertEquals(
        difference,
        undefined,
        `randomPath(randomBuild(${seed + build}), ${seed + path}), ` +
          difference,
      );
    }
  }
});

for (const layout of ["page_offset", "phys_packed"]) {
  Deno.test(`NativePath borrows registered buffers: ${layout}`, async () => {
    const options = pathOptions(layout, "page", { submitter: "registered" });
    await compareEngines(options, HOST);
    // -O2, as it is timed.
    const counts = await compareEngines(options, HOST, {});
    assertEquals(counts.bios, 240);
  });
}

Deno.test("NativePath plugs and merges as the DataView path", async () => {
  const window = await firstWindow("seqread-128k", 64);
  const counts = await compareEngines(
    // Requests of 512 KiB hold four of these I/Os.
    pathOptions("page_offset", "page", { batch: 16 }),
    [window],
  );
  assertEquals(counts.requests, 64 * 2 / 4);
  assertEquals(counts.merges, 64 * 2 * 3 / 4);
});

Deno.test("NativePath builds SGLs as the DataView path", async () => {
  const options = pathOptions("page_offset", "page", {
    limits: nvmeLimits(7, { sgl: true }),
    controller: { sgl: true },
  });
  const counts = await compareEngines(options, [
    ...EVERY_KIND,
    ...HOST,
    await firstWindow("1m-segment", 4),
  ]);
  assertEquals(counts.errors, 0);
});

Deno.test("NativePath sleeps for tags as the DataView path", async () => {
  // One I/O of 8 MiB in requests of 4 KiB: 2048 of them, and 1023 tags.
  const long = hugeIo(8 << 20);
  const options = pathOptions("page_offset", "page", {
    limits: { ...nvmeLimits(7), maxSectors: 8, chunkSectors: 8 },
    depth: 64, // bios for 2048 clones
  });
  const counts = await compareEngines(options, [long]);
  assertEquals(counts.requests, 2 * 2048);
  assertEquals(counts.splits > 0, true);
});

Deno.test("NativePath fails the I/Os that the DataView path fails", async () => {
  // A sector is no whole block of 4096, and the third length is none either.
  const odd = createWindow({ ios: 4, pieces: 4 });
  odd.counts.set([4, 4]);
  for (let io = 0; io < 4; io++) {
    odd.sectorLo[io] = io === 0 ? 8 : io;
    odd.lengthBytes[io] = io === 2 ? 512 : 4096;
    odd.firstPiece[io + 1] = io + 1;
    odd.physHi[io] = 1;
    odd.physLo[io] = 4096 * io;
    odd.pieceBytes[io] = odd.lengthBytes[io] ?? 0;
  }
  const options = pathOptions("page_offset", "page", {
    limits: {
      ...nvmeLimits(7),
      logicalBlockBytes: 4096,
      physicalBlockBytes: 4096,
    },
  });
  const counts = await compareEngines(options, [odd]);
  assertEquals(counts.errors, 2 * 3);
});

Deno.test("NativePath ends I/O that no bio can be filled for as the DataView path", async () => {
  // Kinds change inside blocks: refused where no block went before.
  const unaligned = { mixedIoShare: 1, unalignedShare: 1, unalignedBytes: 256 };
  const windows = [
    await firstWindow("64k-mixed", 40, unaligned),
    // More than 256 pages, of which even the first bio may be the one.
    await firstWindow("seqwrite-1m", 12, unaligned),
  ];
  const counts = await compareEngines(
    pathOptions("page_offset", "page"),
    windows,
  );
  assert(counts.errors > 40 && counts.errors < counts.ios);
});

Deno.test("NativePath waits for bios as the DataView path", async () => {
  // Up to 2048 bios of one page each; a depth of 1 has 104.
  const mixed = await firstWindow("seqwrite-1m", 4, { mixedIoShare: 1 });
  const cut = await firstWindow("1m-segment", 2, {});
  const counts = await compareEngines(
    pathOptions("page_offset", "page", {
      depth: 1,
      limits: { ...nvmeLimits(7), maxSectors: 1 },
    }),
    [mixed, cut],
  );
  assertEquals(counts.errors, 0);
  const borrowed = await compareEngines(
    pathOptions("page_offset", "page", {
      depth: 1,
      submitter: "registered",
      limits: { ...nvmeLimits(7), maxSectors: 1 },
    }),
    [cut],
  );
  assertEquals(borrowed.errors, 0);
});

Deno.test("NativePath refuses what is not in C, by name", async () => {
  const refused = async (
    change: Parameters<typeof pathOptions>[2],
    message: string,
  ) => {
    await assertRejects(
      () => NativePath.make(pathOptions("page_offset", "page", change), QUICK),
      NativeEngineError,
      `Cannot run engine native with ${message}`,
    );
  };
  await refused({ controller: { iommu: true } }, "--iommu");
  await refused({ abi: findAbi("lp64_be") }, "--abi lp64_be, expected lp64");
  await refused({ abi: findAbi("ilp32") }, "--abi ilp32, expected lp64");
  await refused({ kernel: "6.12" }, "--kernel 6.12, expected 7.2");
  await refused(
    { controller: { topology: loadTopology("one_switch") } },
    "--topology",
  );
  await refused({ controller: { maskBits: 32 } }, "a DMA mask of 32 bits");
  await refused({ ranges: "maple" }, "ranges in a maple tree");
  await refused({ vmemmap: false }, "a page array in sections");
  await refused(
    { settings: { scheduler: "mq-deadline" } },
    "--scheduler mq-deadline: no scheduler is in C, expected none",
  );
  await assertRejects(
    () =>
      NativePath.make(
        pathOptions(soa(BITS), "page"),
        QUICK,
      ),
    NativeEngineError,
    'with layout "soa_bits": "len" is no whole field',
  );
});

/** Bit-fields, which a structure of arrays in C cannot have one by one. */
const BITS = defineLayout({
  name: "bits",
  title: "bit-fields",
  source: { author: "a test", date: "2026-11-22", subject: "a test" },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "phys", type: "phys_addr_t" },
      { name: "len", type: "u32", bits: 31 },
      { name: "p2p", type: "u32", bits: 1 },
    ],
  },
  roles: {
    address: { kind: "phys", field: "phys" },
    length: { field: "len" },
    flag: { field: "p2p", bit: 0 },
  },
});

/** One read into pages of which no two are neighbours. */
function hugeIo(bytes: number): IoWindow {
  const pieces = bytes / 4096;
  const window = createWindow({ ios: 1, pieces });
  window.counts.set([1, pieces]);
  window.lengthBytes[0] = bytes;
  window.firstPiece[1] = pieces;
  for (let piece = 0; piece < pieces; piece++) {
    window.physHi[piece] = 1;
    window.physLo[piece] = piece * 8192;
    window.pieceBytes[piece] = 4096;
  }
  assert(pieces * 8192 <= 256 << 20);
  return window;
}
