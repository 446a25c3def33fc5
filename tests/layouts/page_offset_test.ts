import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("page_offset points into the page array, then length and offset", () => {
  // page = 0xffd4000000000000 + 0x1234567 * 64; offset 0xa00
  assertEquals(
    segmentBytes("page_offset", "lp64", segment),
    "c059d148 0000d4ff 03020100 000a",
  );
  assertEquals(
    segmentBytes("page_offset", "lp64_be", segment),
    "ffd40000 48d159c0 00010203 00000a",
  );
});

Deno.test("page_offset multiplies by the size of struct page on 32-bit", () => {
  // 0xc1000000 + 0x12345 * 40 on i386 and * 36 on ARM
  assertEquals(
    segmentBytes("page_offset", "ilp32", low),
    "c8822dc1 03020100 000a",
  );
  assertEquals(
    segmentBytes("page_offset", "ilp32_lpae", low),
    "b4f528c1 03020100 000a",
  );
});
