import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("dma_vec keeps the DMA address as it is", () => {
  // above 2^52 too: an IOMMU may give any
  assertEquals(
    segmentBytes("dma_vec", "lp64", segment),
    "007a5634 12000000 030201",
  );
  assertEquals(
    segmentBytes("dma_vec", "lp64_be", segment),
    "00000012 34567a00 00010203",
  );
  assertEquals(segmentBytes("dma_vec", "ilp32", low), "005a3412 030201");
  assertEquals(
    segmentBytes("dma_vec", "lp64", {
      ...segment,
      address: 0xfffff000_00001000n,
    }),
    "00100000 00f0ffff 030201",
  );
});
