import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { HAND_WRITTEN, makeContender } from "../../../bench/codec/contender.ts";

Deno.test("makeContender() walks by hand over what the codec walks over", () => {
  for (const layout of HAND_WRITTEN) {
    const byHand = makeContender({ layout, task: "hand" })();
    assertEquals(makeContender({ layout, task: "walk" })(), byHand, layout);
    assertEquals(byHand, makeContender({ layout, task: "walk" })());
  }
});

Deno.test("makeContender() gives a value that depends on the segments", () => {
  assertNotEquals(
    makeContender({ layout: "phys_len", task: "encode" })(),
    makeContender({ layout: "phys_packed", task: "encode" })(),
  );
});

Deno.test("makeContender() names the layouts that have a loop by hand", () => {
  assertThrows(
    () => makeContender({ layout: "pfn_t", task: "hand" }),
    RangeError,
    'Cannot find a loop for layout "pfn_t"',
  );
});
