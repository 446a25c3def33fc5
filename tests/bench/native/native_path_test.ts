import { assert, assertEquals, assertRejects } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { defineLayout } from "../../../layouts/define_layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import { soa } from "../../../layouts/soa.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import { unfitReason } from "../../../sim/setup/window_fit.ts";
import { NativePath } from "../../../bench/native/native_path.ts";
import {
  compareEngines,
  firstWindow,
  pathOptions,
  QUICK,
} from "./compare_engines.ts";
import { windowOf } from "./piece_window.ts";
import { LP64_DETECTIONS } from "./random_path.ts";

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

Deno.test("NativePath makes each access of the DataView path in scattered memory", async () => {
  for (const scatterSeed of [1, 2]) {
    const { errors } = await compareEngines(
      pathOptions("phys_packed", "page", { scatterSeed }),
      EVERY_KIND,
    );
    assertEquals(errors, 0);
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

for (const layout of ["page_offset", "phys_packed", "soa_phys_len"]) {
  Deno.test(`NativePath waits for each I/O of pread: ${layout}`, async () => {
    const options = pathOptions(layout, "page", { api: "pread", depth: 1 });
    const counts = await compareEngines(options, EVERY_KIND);
    assertEquals(counts.errors, 0);
  });
}

Deno.test("NativePath adds a kernel user's pages as the DataView path", async () => {
  const some = ["page_offset", "phys_flags", "phys_packed", "soa_phys_len"];
  for (const { layout, recognition } of LP64_DETECTIONS) {
    if (!some.includes(layout.name)) continue;
    const fit = EVERY_KIND.filter((window) =>
      unfitReason(window, { layout, abi: LP64 }) === undefined
    );
    const counts = await compareEngines(
      pathOptions(layout, recognition, { submitter: "kernel" }),
      fit,
    );
    assertEquals(counts.errors, 0, `${layout.name}, ${recognition}`);
  }
});

Deno.test("NativePath submits by aio as the DataView path", async () => {
  await compareEngines(pathOptions("page_offset", "page", { api: "aio" }), [
    ...EVERY_KIND,
  ]);
});

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
  // 8704 bytes in 3 segments are 2902 each, rounded up: an SGL. 8192 and 12288
  // bytes are 2731 and 3072 each.
  await compareEngines({
    ...options,
    controller: { sgl: true, sglThresholdBytes: 2902 },
  }, [
    readOf([4096, 4096, 512]),
    readOf([4096, 2048, 2048]),
    readOf([4096, 4096, 1024]),
  ]);
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
  // A sector is no whole block of 4096, a length is none, and a vector ends
  // where no DMA can. Each in a window of its own: what a bio says of its end
  // is compared behind each.
  const failing = [
    readOf([4096], 1),
    readOf([512]),
    readOf([4096, 260, 3836]),
  ];
  const fine = [readOf([4096]), readOf([4096, 4096])];
  const options = pathOptions("page_offset", "page", {
    limits: {
      ...nvmeLimits(7),
      logicalBlockBytes: 4096,
      physicalBlockBytes: 4096,
      dmaAlignmentMask: 511,
    },
  });
  const counts = await compareEngines(options, [...failing, ...fine]);
  assertEquals(counts.errors, 2 * failing.length);
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
    'with layout "soa_bits": "len" is not a whole field',
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

/** One read into pieces in pages of which no two are neighbours. */
function readOf(pieces: readonly number[], sector = 0): IoWindow {
  const scattered = pieces.map((bytes, i) => ({
    phys: (4n << 30n) + BigInt(i) * 8192n,
    bytes,
  }));
  return windowOf([scattered], { sector });
}

/** One read into whole pages. */
function hugeIo(bytes: number): IoWindow {
  assert(bytes * 2 <= 256 << 20);
  return readOf(Array.from({ length: bytes / 4096 }, () => 4096));
}
