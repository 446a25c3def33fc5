import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("phys_flags has the flag in a word behind the length", () => {
  // bit 0 of bv_flags, behind phys and len
  assertEquals(
    segmentBytes("phys_flags", "lp64", { ...segment, p2p: true }),
    "007a5634 12000000 03020100 01",
  );
  assertEquals(
    segmentBytes("phys_flags", "lp64_be", { ...segment, p2p: true }),
    "00000012 34567a00 00010203 00000001",
  );
  assertEquals(
    segmentBytes("phys_flags", "ilp32", { ...low, p2p: true }),
    "005a3412 03020100 01",
  );
  assertEquals(
    segmentBytes("phys_flags", "ilp32_lpae", { ...low, p2p: true }),
    "005a3412 00000000 03020100 01",
  );
});
