import { assertEquals } from "@std/assert";
import { KernelTypes } from "../../../bench/kernel/kernel_types.ts";
import { smallBtf } from "./small_btf.ts";

Deno.test("KernelTypes gives sizes and places, through unnamed unions", () => {
  const types = new KernelTypes([smallBtf()]);
  assertEquals(types.sizeOf("bio_vec"), 16);
  assertEquals(types.sizeOf("request"), undefined);
  assertEquals(types.offsetOf("bio", "bi_io_vec"), 40);
  assertEquals(types.offsetOf("bio", "bi_iter.bi_size"), 28);
  assertEquals(types.offsetOf("bio", "bi_cookie"), 16);
  assertEquals(types.offsetOf("bio", "bi_iter.none"), undefined);
});

Deno.test("KernelTypes names what lies at a byte", () => {
  const types = new KernelTypes([smallBtf()]);
  const at = (byte: number) => types.fieldAt("bio", byte);
  assertEquals(at(0), "bi_next");
  assertEquals(at(4), "bi_next+4");
  assertEquals(at(16), "bi_private");
  assertEquals(at(28), "bi_iter.bi_size");
  assertEquals(at(34), "bi_max_vecs");
  // 48 + 16 + 8: bv_len of the second vector.
  assertEquals(at(72), "bi_inline_vecs[1].bv_len");
  assertEquals(types.fieldAt("request", 8), "+8");
});
