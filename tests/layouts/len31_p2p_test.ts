import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("len31_p2p has the flag in the bit that the length leaves", () => {
  // little-endian: bit 31; big-endian: bit 0, 0x10203 * 2 + 1 = 0x20407
  assertEquals(
    segmentBytes("len31_p2p", "lp64", { ...segment, p2p: true }),
    "007a5634 12000000 03020180",
  );
  assertEquals(
    segmentBytes("len31_p2p", "lp64_be", { ...segment, p2p: true }),
    "00000012 34567a00 00020407",
  );
  assertEquals(
    segmentBytes("len31_p2p", "ilp32", { ...low, p2p: true }),
    "005a3412 03020180",
  );
});
