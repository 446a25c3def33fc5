import { assertEquals, assertStringIncludes } from "@std/assert";
import { unfitReason } from "../../../bench/run/fit.ts";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import type { Submitter } from "../../../sim/setup/submitter.ts";
import { createWindow } from "../../../sim/workload/window.ts";

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
