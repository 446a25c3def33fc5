import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("bio_vec_dma has the flag in bv_dma_flags, behind the mapping", () => {
  // bv_page, bv_len, bv_offset, bv_dma_addr, bv_dma_len, bv_dma_flags = 1
  assertEquals(
    segmentBytes("bio_vec_dma", "lp64", { ...segment, p2p: true }),
    "c059d148 0000d4ff 03020100 000a0000 00000000 00000000 00000000 01",
  );
  assertEquals(
    segmentBytes("bio_vec_dma", "lp64_be", { ...segment, p2p: true }),
    "ffd40000 48d159c0 00010203 00000a00 00000000 00000000 00000000 00000001",
  );
  assertEquals(
    segmentBytes("bio_vec_dma", "ilp32", { ...low, p2p: true }),
    "c8822dc1 03020100 000a0000 00000000 00000000 01",
  );
});
