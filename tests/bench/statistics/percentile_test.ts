import { assertEquals } from "@std/assert";
import { percentile } from "../../../bench/statistics/percentile.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

Deno.test("percentile() is null below the count that supports it", () => {
  assertEquals(percentile(upTo(50), 99.9), null);
  assertEquals(percentile(upTo(999), 99.9), null);
  assertEquals(percentile(upTo(99), 99), null);
  assertEquals(percentile(upTo(99), 1), null);
  assertEquals(percentile([], 50), null);
});

Deno.test("percentile() reads between neighbours from there on", () => {
  // Position 0.999 x 999 = 998.001 of 1..1000.
  assertEquals(percentile(upTo(1000), 99.9)?.toFixed(3), "999.001");
  assertEquals(percentile(upTo(101), 99), 100);
  assertEquals(percentile(upTo(3), 50), 2);
});

Deno.test("percentile() has no 0th and no 100th", () => {
  assertEquals(percentile(upTo(1000), 100), null);
  assertEquals(percentile(upTo(1000), 0), null);
});
