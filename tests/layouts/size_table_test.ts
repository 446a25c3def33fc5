import { assertEquals } from "@std/assert";
import { findAbi } from "../../layouts/abi.ts";
import { bvecIter } from "../../layouts/bvec_iter.ts";
import { createCodec } from "../../layouts/codec.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { findLayout, layouts } from "../../layouts/registry.ts";
import { placeStruct, unusedBytes } from "../../layouts/struct.ts";

// blockspec 1.0, every row and cell: size/alignment on x86-64, 32-bit with
// 32-bit phys, i386 PAE and ARM LPAE.
const TABLE = new Map<string, readonly [string, string, string, string]>([
  ["page_offset", ["16/8", "12/4", "12/4", "12/4"]],
  ["phyr", ["16/8", "8/4", "12/4", "16/8"]], // A
  ["phys_len", ["16/8", "8/4", "12/4", "16/8"]], // B
  ["phys_packed", ["12/1", "8/1", "12/1", "12/1"]], // C
  ["phys_packed_aligned4", ["12/4", "8/4", "12/4", "12/4"]], // C'
  ["len56_p2p", ["16/8", "n/a", "n/a", "n/a"]], // D as mailed (fact 5)
  ["len56_p2p_u64", ["16/8", "12/4", "16/4", "16/8"]], // D
  ["len24_p2p", ["n/a", "8/4", "12/4", "16/8"]], // D32
  ["len31_p2p", ["12/1", "8/1", "12/1", "12/1"]], // E
  ["dma_vec", ["16/8", "8/4", "12/4", "16/8"]], // F
  ["phys_flags", ["16/8", "12/4", "16/4", "16/8"]], // G
  ["pfn_t", ["16/8", "16/4", "16/4", "16/8"]], // H
  ["scatterlist", ["32/8", "24/4", "28/4", "32/8"]], // I
  ["scatterlist_dma_length", ["32/8", "20/4", "24/4", "32/8"]], // I-
  ["scatterlist_minimal", ["24/8", "16/4", "20/4", "24/8"]], // I--
  ["bio_vec_dma", ["32/8", "24/4", "28/4", "32/8"]], // J
  ["rlist_8", ["8/8", "8/8", "8/8", "8/8"]], // K
  ["rlist_16", ["16/8", "16/8", "16/8", "16/8"]],
  ["rlist_24", ["24/8", "24/8", "24/8", "24/8"]],
]);
const COLUMNS = ["lp64", "ilp32", "ilp32_pae", "ilp32_lpae"];

function cell(layoutName: string, abiName: string): string {
  const abi = findAbi(abiName);
  const struct = findLayout(layoutName).struct(abi);
  if (isUnsupported(struct)) return "n/a";
  const { sizeBytes, alignBytes } = placeStruct(struct, abi);
  return `${sizeBytes}/${alignBytes}`;
}

function unused(layoutName: string, abiName: string): number {
  const abi = findAbi(abiName);
  const struct = findLayout(layoutName).struct(abi);
  if (isUnsupported(struct)) throw new Error(struct.unsupported);
  return unusedBytes(placeStruct(struct, abi));
}

Deno.test("T01 placeStruct() gives every cell of the size table", () => {
  for (const [name, row] of TABLE) {
    assertEquals(COLUMNS.map((abi) => cell(name, abi)), [...row], name);
  }
});

Deno.test("T01 every row of the size table is a registered layout", () => {
  const names = layouts.map((layout) => layout.name);
  assertEquals([...TABLE.keys()].filter((name) => !names.includes(name)), []);
});

Deno.test("T01 placeStruct() gives 20/4 for bvec_iter on every ABI", () => {
  for (const name of COLUMNS) {
    const { sizeBytes, alignBytes } = placeStruct(bvecIter, findAbi(name));
    assertEquals([sizeBytes, alignBytes], [20, 4], name);
  }
});

Deno.test("T01 big-endian ABIs have the sizes of their little-endian kin", () => {
  for (const name of TABLE.keys()) {
    assertEquals(cell(name, "lp64_be"), cell(name, "lp64"), name);
  }
  // 32-bit phys, but u64 aligned 8 (powerpc): only layouts with a u64 differ
  // from i386. {u32; u64 bit-fields} has its u64 at 8, pfn_t aligns to 8.
  for (const name of TABLE.keys()) {
    const expected = name === "len56_p2p_u64"
      ? "16/8"
      : name === "pfn_t"
      ? "16/8"
      : cell(name, "ilp32");
    assertEquals(cell(name, "ilp32_be"), expected, name);
  }
});

Deno.test("T02 unusedBytes() finds the hole for a flag where there is one", () => {
  assertEquals(unused("phyr", "lp64"), 0);
  assertEquals(unused("phys_len", "lp64"), 4);
  assertEquals(unused("phyr", "ilp32_lpae"), 4);
  assertEquals(unused("phys_len", "ilp32_lpae"), 4);
  assertEquals(unused("phyr", "ilp32_pae"), 0);
  assertEquals(unused("phys_len", "ilp32_pae"), 0);
});

// T03: bytes [start, end) of every segment of an array at a line boundary.
function straddlers(layoutName: string, count: number, widthBytes: number) {
  const view = new DataView(new ArrayBuffer(0));
  const codec = createCodec(findLayout(layoutName), findAbi("lp64"), view);
  const locate = codec.shape.locator(0);
  const width = widthBytes || codec.placed.sizeBytes;
  return Array.from({ length: count }, (_, index) => index).filter((index) => {
    const start = locate(0, count, index);
    return start >> 6 !== (start + width - 1) >> 6;
  });
}

Deno.test("T03 createCodec() lays 12-byte segments over cache lines", () => {
  const view = new DataView(new ArrayBuffer(0));
  const codec = createCodec(findLayout("phys_packed"), findAbi("lp64"), view);
  assertEquals(codec.arrayBytes(16), 192); // 3 lines
  assertEquals(straddlers("phys_packed", 16, 0), [5, 10]);
  assertEquals(codec.arrayBytes(256), 48 * 64);
  assertEquals(straddlers("phys_packed", 256, 0).length, 32);
  assertEquals(straddlers("phys_packed", 256, 8).length, 16); // the address
});

Deno.test("T03 createCodec() lays 16-byte segments inside cache lines", () => {
  const view = new DataView(new ArrayBuffer(0));
  const codec = createCodec(findLayout("page_offset"), findAbi("lp64"), view);
  assertEquals(codec.arrayBytes(256), 64 * 64);
  assertEquals(straddlers("page_offset", 256, 0), []);
});

Deno.test("T12 sizeof(vec) / sizeof(pointer) breaks lib/iov_iter.c below 2", () => {
  const ratio = (layout: string, abi: string) =>
    Math.floor(
      Number(cell(layout, abi).split("/")[0]) / findAbi(abi).pointerBytes,
    );
  assertEquals(ratio("page_offset", "lp64"), 2); // 16/8
  assertEquals(ratio("phys_packed", "lp64"), 1); // 12/8: build break
  assertEquals(ratio("page_offset", "ilp32"), 3); // 12/4
  assertEquals(ratio("phys_len", "ilp32"), 2); // 8/4
  assertEquals(ratio("rlist_8", "lp64"), 1); // 8/8: build break
});

Deno.test("T58 rlist packs 63, 31 and 21 entries into a chunk of 512 bytes", () => {
  const view = new DataView(new ArrayBuffer(0));
  for (const abi of COLUMNS.map(findAbi)) {
    for (
      const [name, entries] of [
        ["rlist_8", 63],
        ["rlist_16", 31],
        ["rlist_24", 21],
      ] as const
    ) {
      const codec = createCodec(findLayout(name), abi, view);
      assertEquals(codec.arrayBytes(entries), 512);
      assertEquals(codec.arrayBytes(entries + 1), 1024);
    }
  }
});

Deno.test("T58 rlist puts an 8-byte link before the entries of a chunk", () => {
  const view = new DataView(new ArrayBuffer(0));
  const codec = createCodec(findLayout("rlist_8"), findAbi("lp64"), view);
  const at = codec.shape.locator(0);
  assertEquals(at(0, 64, 0), 8);
  assertEquals(at(0, 64, 62), 504);
  assertEquals(at(0, 64, 63), 512 + 8);
});
