import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("phyr has a length as wide as a long", () => {
  // 8 bytes on 64-bit: big-endian, the value is in the last of them
  assertEquals(
    segmentBytes("phyr", "lp64", segment),
    "007a5634 12000000 030201",
  );
  assertEquals(
    segmentBytes("phyr", "lp64_be", segment),
    "00000012 34567a00 00000000 00010203",
  );
  assertEquals(segmentBytes("phyr", "ilp32", low), "005a3412 030201");
  assertEquals(
    segmentBytes("phyr", "ilp32_lpae", low),
    "005a3412 00000000 030201",
  );
});
