import { assertEquals } from "@std/assert";
import { kmallocBytes, sheafCapacity } from "../../../sim/block/kmalloc.ts";

Deno.test("kmallocBytes() answers the cache of /proc/slabinfo", () => {
  // 5 and 32 vectors of 16 and of 12 bytes, the latter in the same object.
  assertEquals([80, 60, 512, 384].map(kmallocBytes), [96, 64, 512, 512]);
  assertEquals([1, 8, 9, 129, 193, 4096, 4097].map(kmallocBytes), [
    ...[8, 8, 16, 192, 256, 4096, 8192],
  ]);
  // Above two pages it is pages, a power of two of them.
  assertEquals([8193, 20_000].map(kmallocBytes), [16_384, 32_768]);
});

Deno.test("sheafCapacity() fills the object that the sheaf is", () => {
  // 32 bytes of header and 60, 26, 12 or 4 pointers of 8 are 512, 240, 128 and
  // 64 bytes: kmalloc-512, -256, -128 and -64.
  assertEquals(
    [192, 256, 512, 1024, 2048, 4096, 8192].map((of) => sheafCapacity(of, 8)),
    [60, 28, 28, 12, 12, 4, 4],
  );
  // 20 bytes of header: 260, 124, 68 and 36 are 512, 128, 96 and 64.
  assertEquals([192, 256, 1024, 4096].map((of) => sheafCapacity(of, 4)), [
    ...[123, 27, 19, 11],
  ]);
});
