import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("phys_len is an address and a 32-bit length", () => {
  // phys has 8 bytes on LPAE and on 64-bit, 4 on i386
  assertEquals(
    segmentBytes("phys_len", "lp64", segment),
    "007a5634 12000000 030201",
  );
  assertEquals(
    segmentBytes("phys_len", "lp64_be", segment),
    "00000012 34567a00 00010203",
  );
  assertEquals(segmentBytes("phys_len", "ilp32", low), "005a3412 030201");
  assertEquals(
    segmentBytes("phys_len", "ilp32_lpae", low),
    "005a3412 00000000 030201",
  );
});
