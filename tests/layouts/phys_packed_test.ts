import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("phys_packed and its aligned(4) form hold the same bytes", () => {
  // packing moves the next segment, not the fields
  assertEquals(
    segmentBytes("phys_packed", "lp64", segment),
    "007a5634 12000000 030201",
  );
  assertEquals(
    segmentBytes("phys_packed", "lp64_be", segment),
    "00000012 34567a00 00010203",
  );
  assertEquals(
    segmentBytes("phys_packed", "ilp32_lpae", low),
    "005a3412 00000000 030201",
  );
  assertEquals(
    segmentBytes("phys_packed_aligned4", "lp64", segment),
    "007a5634 12000000 030201",
  );
  assertEquals(
    segmentBytes("phys_packed_aligned4", "lp64_be", segment),
    "00000012 34567a00 00010203",
  );
  assertEquals(
    segmentBytes("phys_packed_aligned4", "ilp32_lpae", low),
    "005a3412 00000000 030201",
  );
});
