import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("len56_p2p has the flag above 56 bits of length", () => {
  // little-endian: bit 56; big-endian: 0x10203 << 8 | 1 << 7
  assertEquals(
    segmentBytes("len56_p2p", "lp64", { ...segment, p2p: true }),
    "007a5634 12000000 03020100 00000001",
  );
  assertEquals(
    segmentBytes("len56_p2p", "lp64_be", { ...segment, p2p: true }),
    "00000012 34567a00 00000000 01020380",
  );
  assertEquals(
    segmentBytes("len56_p2p_u64", "lp64", { ...segment, p2p: true }),
    "007a5634 12000000 03020100 00000001",
  );
  assertEquals(
    segmentBytes("len56_p2p_u64", "lp64_be", { ...segment, p2p: true }),
    "00000012 34567a00 00000000 01020380",
  );
});

Deno.test("len56_p2p_u64 follows a 32-bit address at once on i386", () => {
  // u64 aligns to 4 there; on LPAE phys has 8 bytes
  assertEquals(
    segmentBytes("len56_p2p_u64", "ilp32", { ...low, p2p: true }),
    "005a3412 03020100 00000001",
  );
  assertEquals(
    segmentBytes("len56_p2p_u64", "ilp32_lpae", { ...low, p2p: true }),
    "005a3412 00000000 03020100 00000001",
  );
});

Deno.test("len24_p2p has the flag above 24 bits of length", () => {
  // bit 24 of the size_t
  assertEquals(
    segmentBytes("len24_p2p", "ilp32", { ...low, p2p: true }),
    "005a3412 03020101",
  );
  assertEquals(
    segmentBytes("len24_p2p", "ilp32_lpae", { ...low, p2p: true }),
    "005a3412 00000000 03020101",
  );
});
