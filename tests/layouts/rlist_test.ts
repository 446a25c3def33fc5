import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const page = { address: 0x12_3456_7000n, lengthBytes: 0x10203 };

Deno.test("rlist_8 has tag, type and length in one word, then the pfn", () => {
  // 0 | 1 << 2 | 0x10203 << 4; big-endian: 00 01 before 28 bits of length
  assertEquals(
    segmentBytes("rlist_8", "lp64", { ...page, p2p: true }),
    "00000000 00000000 34201000 67452301",
  );
  assertEquals(
    segmentBytes("rlist_8", "lp64_be", { ...page, p2p: true }),
    "00000000 00000000 10010203 01234567",
  );
});

Deno.test("rlist_16 has tag 1 and a whole address", () => {
  // behind the link; bits 28 and up of the length are in the second word
  assertEquals(
    segmentBytes("rlist_16", "lp64", { ...segment, p2p: true }),
    "00000000 00000000 35201000 00000000 007a5634 12",
  );
  assertEquals(
    segmentBytes("rlist_16", "lp64_be", { ...segment, p2p: true }),
    "00000000 00000000 50010203 00000000 00000012 34567a",
  );
  assertEquals(
    segmentBytes("rlist_16", "lp64", {
      ...segment,
      lengthBytes: 0x1_2345_6789n,
    }),
    "00000000 00000000 91785634 12000000 007a5634 12",
  );
});

Deno.test("rlist_24 has tag 2 and the upper length behind the address", () => {
  // 32 more bits of length in the fifth word
  assertEquals(
    segmentBytes("rlist_24", "lp64", { ...segment, p2p: true }),
    "00000000 00000000 36201000 00000000 007a5634 12",
  );
  assertEquals(
    segmentBytes("rlist_24", "lp64_be", { ...segment, p2p: true }),
    "00000000 00000000 90010203 00000000 00000012 34567a",
  );
  assertEquals(
    segmentBytes("rlist_24", "lp64", {
      ...segment,
      lengthBytes: 0x1_2345_6789n,
    }),
    "00000000 00000000 92785634 00000000 007a5634 12000000 12",
  );
});
