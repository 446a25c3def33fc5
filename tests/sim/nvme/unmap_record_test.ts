import { assertEquals } from "@std/assert";
import {
  UNMAP_RECORD_BYTES,
  UnmapRecordPool,
} from "../../../sim/nvme/unmap_record.ts";

Deno.test("UnmapRecordPool keeps 16-byte records apart", () => {
  const records = 33;
  const bytes = 64 + 2 * records * UNMAP_RECORD_BYTES;
  const view = new DataView(new SharedArrayBuffer(bytes));
  const pool = new UnmapRecordPool(view, 64, { arrays: 2, records });
  const a = pool.take();
  const b = pool.take();
  assertEquals([a, b], [64, 64 + 33 * 16]);
  assertEquals(pool.take(), -1);
  for (let i = 0; i < records; i++) {
    pool.write(a, i, i, 1, 4096);
    pool.write(b, i, -i, 2, 512);
  }
  pool.read(a, 32);
  assertEquals([pool.addressLo, pool.addressHi, pool.lengthBytes], [
    32,
    1,
    4096,
  ]);
  pool.read(b, 5);
  assertEquals([pool.addressLo, pool.addressHi, pool.lengthBytes], [
    -5,
    2,
    512,
  ]);
  assertEquals(pool.live, 2);
  pool.give(a);
  assertEquals(pool.take(), a);
  pool.give(b);
  pool.give(a);
  assertEquals(pool.live, 0);
});
