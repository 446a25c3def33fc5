import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("pfn_t has the flag in bit 61 of the page frame number", () => {
  // pfn 0x1234567 | 1 << 61, then length and offset, u64 on every ABI
  assertEquals(
    segmentBytes("pfn_t", "lp64", { ...segment, p2p: true }),
    "67452301 00000020 03020100 000a",
  );
  assertEquals(
    segmentBytes("pfn_t", "lp64_be", { ...segment, p2p: true }),
    "20000000 01234567 00010203 00000a",
  );
  assertEquals(
    segmentBytes("pfn_t", "ilp32", { ...low, p2p: true }),
    "45230100 00000020 03020100 000a",
  );
});
