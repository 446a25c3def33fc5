import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  medianInPlace,
  medianOf,
  quantileSorted,
} from "../../../bench/statistics/median.ts";

Deno.test("medianOf() takes the middle, or the mean of the middle two", () => {
  assertEquals(medianOf([3, 1, 2]), 2);
  assertEquals(medianOf([4, 1, 3, 2]), 2.5);
  assertEquals(medianOf([7]), 7);
});

Deno.test("medianOf() refuses an empty list", () => {
  assertThrows(() => medianOf([]), RangeError, "found no number");
});

Deno.test("medianInPlace() equals the median of the sorted numbers", () => {
  const numbers = fc.array(fc.integer({ min: -9, max: 9 }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(fc.property(numbers, (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    const upper = sorted[half] ?? 0;
    const expected = sorted.length % 2 === 1
      ? upper
      : ((sorted[half - 1] ?? 0) + upper) / 2;
    assertEquals(medianInPlace(Float64Array.from(values)), expected);
  }));
});

Deno.test("quantileSorted() is type 7 of Hyndman and Fan", () => {
  // R: quantile(c(1, 2, 4, 8), c(0, .1, .5, 1)) = 1, 1.3, 3, 8
  const sorted = [1, 2, 4, 8];
  assertEquals(quantileSorted(sorted, 0), 1);
  assertEquals(quantileSorted(sorted, 0.1), 1.3);
  assertEquals(quantileSorted(sorted, 0.5), 3);
  assertEquals(quantileSorted(sorted, 1), 8);
});
