import { assertEquals } from "@std/assert";
import { segmentBytes } from "./segment_bytes.ts";

const segment = { address: 0x12_3456_7a00n, lengthBytes: 0x10203 };
const low = { address: 0x1234_5a00n, lengthBytes: 0x10203 };

Deno.test("scatterlist has offset before length and SG_DMA_BUS_ADDRESS last", () => {
  // page_link, offset, length, dma_address, dma_length, dma_flags = 1
  assertEquals(
    segmentBytes("scatterlist", "lp64", { ...segment, p2p: true }),
    "c059d148 0000d4ff 000a0000 03020100 00000000 00000000 00000000 01",
  );
  assertEquals(
    segmentBytes("scatterlist", "lp64_be", { ...segment, p2p: true }),
    "ffd40000 48d159c0 00000a00 00010203 00000000 00000000 00000000 00000001",
  );
  assertEquals(
    segmentBytes("scatterlist", "ilp32", { ...low, p2p: true }),
    "c8822dc1 000a0000 03020100 00000000 00000000 01",
  );
  assertEquals(
    segmentBytes("scatterlist", "ilp32_lpae", { ...low, p2p: true }),
    "b4f528c1 000a0000 03020100 00000000 00000000 00000000 00000000 01",
  );
});

Deno.test("scatterlist without flags holds the same page, offset and length", () => {
  // the DMA fields stay as they were
  assertEquals(
    segmentBytes("scatterlist_dma_length", "lp64", segment),
    "c059d148 0000d4ff 000a0000 030201",
  );
  assertEquals(
    segmentBytes("scatterlist_minimal", "lp64", segment),
    "c059d148 0000d4ff 000a0000 030201",
  );
});
