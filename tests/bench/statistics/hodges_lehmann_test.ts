import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { hodgesLehmann } from "../../../bench/statistics/hodges_lehmann.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";
import { normal } from "./simulated_samples.ts";

Deno.test("hodgesLehmann() gives what Hollander and Wolfe give", () => {
  // Their table 3.1 (Salsburg 1970), depression factor of nine patients: centre
  // -0.46, and the interval of 96.1 % from -0.786 to -0.010.
  const d = [
    -0.952,
    0.147,
    -1.022,
    -0.430,
    -0.620,
    -0.590,
    -0.490,
    0.080,
    -0.010,
  ];
  const { centre, low, high } = hodgesLehmann(d);
  assertAlmostEquals(centre, -0.46, 1e-9);
  assertAlmostEquals(low, -0.786, 1e-9);
  assertAlmostEquals(high, -0.010, 1e-9);
});

Deno.test("hodgesLehmann() has no interval below six values", () => {
  const { centre, low, high } = hodgesLehmann([1, 2, 3, 4, 50]);
  assertEquals([low, high], [-Infinity, Infinity]);
  assertEquals(centre, 3); // 15 means of pairs; the eighth is (2 + 4) / 2
  // With six, all of them: 2 of 64 signs lie beyond the smallest or largest.
  const six = hodgesLehmann([1, 2, 3, 4, 5, 6]);
  assertEquals([six.low, six.centre, six.high], [1, 3.5, 6]);
  assertThrows(() => hodgesLehmann([]), RangeError);
});

Deno.test("hodgesLehmann() covers the centre of 20 values in 95 % of draws", () => {
  const random = randomStream(1, "hodges-lehmann");
  let held = 0;
  for (let draw = 0; draw < 1000; draw++) {
    const { low, high } = hodgesLehmann(
      Array.from({ length: 20 }, () => normal(random)),
    );
    if (low <= 0 && high >= 0) held++;
  }
  // The nearest that 2^20 signs allow is 95.2 %; 3 standard deviations of it.
  assertEquals(held >= 932 && held <= 972, true, `${held}`);
});
