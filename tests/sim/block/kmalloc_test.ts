import { assertEquals } from "@std/assert";
import { kmallocBytes } from "../../../sim/block/kmalloc.ts";

Deno.test("kmallocBytes() answers the cache of /proc/slabinfo", () => {
  // 5 and 32 vectors of 16 and of 12 bytes, the latter in the same object.
  assertEquals([80, 60, 512, 384].map(kmallocBytes), [96, 64, 512, 512]);
  assertEquals([1, 8, 9, 129, 193, 4096, 4097].map(kmallocBytes), [
    ...[8, 8, 16, 192, 256, 4096, 8192],
  ]);
  // Above two pages it is pages, a power of two of them.
  assertEquals([8193, 20_000].map(kmallocBytes), [16_384, 32_768]);
});
