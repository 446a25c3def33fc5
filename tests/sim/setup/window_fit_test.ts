import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { unfitReason } from "../../../sim/setup/window_fit.ts";
import { type Abi, abis, findAbi } from "../../../layouts/abi.ts";
import { defineLayout } from "../../../layouts/define_layout.ts";
import { isUnsupported, type Layout } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { findLayout, layouts } from "../../../layouts/registry.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import {
  recognitions,
  servesRecognition,
} from "../../../sim/recognition/recognition_registry.ts";
import {
  assemblePath,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import type { Submitter } from "../../../sim/setup/submitter.ts";
import { createWindow } from "../../../sim/workload/window.ts";
import { smallMap } from "../small_map.ts";

function onePiece(physLo: number, physHi: number, bytes: number) {
  const window = createWindow({ ios: 1, pieces: 1 });
  window.counts.set([1, 1]);
  window.physLo[0] = physLo;
  window.physHi[0] = physHi;
  window.pieceBytes[0] = bytes;
  return window;
}

function reason(
  layout: string,
  piece: [number, number, number],
  submitter: Submitter = "user",
) {
  return unfitReason(onePiece(...piece), {
    layout: findLayout(layout),
    abi: findAbi("lp64"),
    submitter,
  });
}

Deno.test("unfitReason() finds nothing against a page of host memory", () => {
  for (const layout of ["page_offset", "rlist_8", "phys_packed"]) {
    assertEquals(reason(layout, [0x1000, 1, 4096]), undefined, layout);
  }
});

Deno.test("unfitReason() says where a layout's addresses end", () => {
  // rlist_8 keeps a 32-bit page frame number: 2^44 bytes.
  assertStringIncludes(
    reason("rlist_8", [0, 0x3c00, 4096]) ?? "",
    "a segment lies at 0x3c0000000000, the layout ends at 0xfffffffffff",
  );
});

Deno.test("unfitReason() lets the last address of a layout be used", () => {
  // A lp64 machine has 52 bits of physical address, and phys_len holds them.
  const last: [number, number, number] = [0xffff_ffff | 0, 0xf_ffff, 1];
  assertEquals(reason("phys_len", last), undefined);
  assertStringIncludes(
    reason("phys_len", [0, 0x10_0000, 1]) ?? "",
    "lies at 0x10000000000000, the layout ends at 0xfffffffffffff",
  );
});

Deno.test("unfitReason() says that a layout holds whole pages only", () => {
  assertStringIncludes(
    reason("rlist_8", [0x1200, 1, 512]) ?? "",
    "the layout holds multiples of 4096",
  );
  assertEquals(
    reason("rlist_8", [0x1800, 1, 2048]),
    "a segment starts at 0x100001800, the layout holds multiples of 4096",
  );
});

Deno.test("unfitReason() says how long a segment may be", () => {
  // rlist_8 has 28 bits of length beside its type.
  const rlist = (bytes: number, submitter?: Submitter) =>
    reason("rlist_8", [0, 1, bytes], submitter);
  assertEquals(rlist(2 ** 28 - 1, "registered"), undefined);
  assertEquals(
    rlist(2 ** 28, "registered"),
    "a segment has 268435456 bytes, the layout holds 268435455",
  );
  // Extraction of pinned memory makes two vectors of it.
  assertEquals(rlist(2 ** 28), undefined);
});

/** A layout whose lengths have so few bits, and that can be handed ranges. */
function shortLength(lengthBits: number): Layout {
  return defineLayout({
    name: "short_length",
    title: "phys and a length of few bits",
    source: { author: "me", date: "2026-01-01", subject: "an example" },
    struct: () => ({
      name: "short_length",
      fields: [
        { name: "phys", type: "phys_addr_t" },
        { name: "len", type: "u32", bits: lengthBits },
        { name: "rest", type: "u32", bits: 32 - lengthBits },
      ],
    }),
    roles: {
      address: { kind: "phys", field: "phys" },
      length: { field: "len" },
    },
  });
}

Deno.test("unfitReason() lets pinned memory be cut where a length holds a page", () => {
  const cut = (lengthBits: number) =>
    unfitReason(onePiece(0x1000, 1, 1 << 20), {
      layout: shortLength(lengthBits),
      abi: findAbi("lp64"),
    });
  // 2^12 - 1 bytes are no page; of 2^13 - 1, one is cut at each page.
  assertEquals(
    cut(12),
    "a segment has 1048576 bytes, the layout holds 4095",
  );
  assertEquals(cut(13), undefined);
});

Deno.test("P2P memory in ranges is refused where a length does not hold one", () => {
  const map = smallMap(true);
  const bar = map.providers[0]?.startPhys ?? 0n;
  const pages = 16;
  const window = createWindow({ ios: 1, pieces: pages });
  window.counts.set([1, pages]);
  window.lengthBytes[0] = pages * 4096;
  window.firstPiece[1] = pages;
  window.provider.fill(1);
  window.pieceBytes.fill(4096);
  window.physHi.fill(Number(bar >> 32n));
  for (let i = 0; i < pages; i++) window.physLo[i] = i * 4096;
  const cases = [
    // A piece for each page; 64 KiB in one, of 2^16 - 1 and 2^17 - 1 bytes.
    { lengthBits: 16, p2pProducer: "pages", segments: 2 },
    { lengthBits: 16, p2pProducer: "ranges", segments: undefined },
    { lengthBits: 17, p2pProducer: "ranges", segments: 1 },
  ] as const;
  for (const { lengthBits, p2pProducer, segments } of cases) {
    const options: AssemblyOptions = {
      ...{ layout: shortLength(lengthBits), abi: findAbi("lp64") },
      // Nobody cuts the memory of a user inside the kernel.
      ...{ kernel: "7.2", submitter: "kernel", recognition: "range" },
      ...{ p2pProducer, map, depth: 1, decode: true },
      limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    };
    const { path, decoded } = assemblePath(options);
    if (segments === undefined) {
      assertEquals(
        unfitReason(window, options),
        "a segment has 65536 bytes, the layout holds 65535",
      );
      assertThrows(
        () => path.open(window),
        RangeError,
        'Cannot run I/Os with layout "short_length" on ABI "lp64": ' +
          "found a segment that has 65536 bytes, expected one that fits (the " +
          "layout holds 65535)",
      );
      continue;
    }
    assertEquals(unfitReason(window, options), undefined);
    path.open(window);
    path.submit(window, 0);
    path.drain();
    assertEquals(path.counts.errors, 0);
    assertEquals(path.counts.segments, segments);
    assertEquals(decoded?.prpEntries, pages);
  }
});

const MOST = 1n << 52n;

/** A path whose host memory is the page at an address, as the layout can. */
function pathOver(layout: Layout, abi: Abi, startPhys: bigint) {
  const recognition = recognitions.find((recognition) =>
    !isUnsupported(servesRecognition(layout, { abi, recognition }))
  );
  assert(recognition !== undefined, layout.name);
  return assemblePath({
    recognition,
    ...{ layout, abi, kernel: "7.2", depth: 1 },
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: { dram: [{ startPhys, sizeBytes: 4096 }], providers: [] },
    decode: true,
  });
}

/** An I/O on the page at an address. */
function onPage(startPhys: bigint) {
  const window = onePiece(
    Number(BigInt.asIntN(32, startPhys)),
    Number(BigInt.asIntN(32, startPhys >> 32n)),
    4096,
  );
  window.lengthBytes[0] = 4096;
  window.firstPiece.set([0, 1]);
  return window;
}

Deno.test("a path takes the first and the last page of each layout, and refuses the next", () => {
  const tried = new Set<string>();
  let refused = 0;
  for (const abi of abis) {
    for (const layout of layouts) {
      const limits = layoutLimits(layout, abi);
      if (isUnsupported(limits)) continue;
      const what = `${layout.name} on ${abi.name}`;
      const end = limits.lastAddress + 1n;
      // Physical addresses end below 2^52, whatever a field holds.
      const last = (end < MOST ? end : MOST) - 4096n;
      for (const at of [0n, last]) {
        const window = onPage(at);
        const { path, decoded } = pathOver(layout, abi, at);
        path.open(window);
        path.submit(window, 0);
        path.drain();
        assertEquals(path.counts.errors, 0, what);
        assertEquals(decoded?.prpEntries, 1, what);
        tried.add(layout.name);
      }
      if (end >= MOST) continue;
      refused++;
      const { path } = pathOver(layout, abi, 0n);
      const beyond = onPage(end);
      const message = `Cannot run I/Os with layout "${layout.name}" on ABI ` +
        `"${abi.name}": found a segment that lies at 0x${end.toString(16)}, ` +
        `expected one that fits (the layout ends at 0x${
          limits.lastAddress.toString(16)
        })`;
      for (
        const reach of [
          () => path.open(beyond),
          // Pinned memory needs no window that is open.
          () => path.submit(beyond, 0),
        ]
      ) assertThrows(reach, RangeError, message, what);
      assertEquals(path.counts.ios, 0, what);
    }
  }
  assertEquals(
    layouts.filter(({ name }) => !tried.has(name)).map(({ name }) => name),
    [],
  );
  assert(refused > 0);
});
