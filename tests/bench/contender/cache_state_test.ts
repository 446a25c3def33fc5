import { assertEquals } from "@std/assert";
import {
  sliceIosLike,
  sliceIosOf,
  sliceOf,
} from "../../../bench/contender/cache_state.ts";

Deno.test("sliceIosOf() is 0.2 ms and 4 ms in C, 4 ms apart", () => {
  assertEquals(sliceIosOf("native", 1000), {
    cold: 200,
    lead: 4000,
    warm: 4000,
  });
  // Never nothing, however long an I/O takes.
  assertEquals(sliceIosOf("js", 1e9), { cold: 1, lead: 1, warm: 1 });
});

Deno.test("sliceIosLike() has both engines in the same cache states", () => {
  // JavaScript takes 4 times as long for the same I/Os.
  const js = sliceIosOf("js", 4000);
  const native = sliceIosOf("native", 1000);
  assertEquals(js, { cold: 200, lead: 2000, warm: 1000 });
  assertEquals(sliceIosLike("native", js), native);
  assertEquals(sliceIosLike("js", native), js);
  // Files of labs that told no lead had one as long as the warm slice.
  assertEquals(sliceIosLike("js", { cold: 200, warm: 4000 }), js);
});

Deno.test("sliceOf() lets no two births measure the same I/Os", () => {
  const lengths = { cold: 5, lead: 20, warm: 10 };
  assertEquals(sliceOf("cold", lengths, 2), {
    first: 70, // 2 x (5 + 20 + 10)
    ios: 5,
    leadIn: 0,
    parts: 1,
  });
  assertEquals(sliceOf("warm", lengths, 2), {
    first: 95,
    ios: 10,
    leadIn: 2, // 20 I/Os, as a share of 10
    parts: 8,
  });
});
