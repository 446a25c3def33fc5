import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  decide,
  noiseFloorOf,
  sideOf,
  smallestVisible,
} from "../../../bench/result/verdict.ts";

const slow = { median: 1.1, low: 1.05, high: 1.15 };
const fast = { median: 0.9, low: 0.85, high: 0.95 };

Deno.test("decide() claims a difference when all three agree", () => {
  const sure = { adjustedPValue: 0.01, noiseFloor: 0.02 };

  assertEquals(decide({ ratio: slow, ...sure }), "slower");
  assertEquals(decide({ ratio: fast, ...sure }), "faster");
});

Deno.test("decide() shows no difference when any of them disagrees", () => {
  const none = "no difference shown";
  const astride = { median: 1.1, low: 0.99, high: 1.2 };

  assertEquals(
    decide({ ratio: astride, adjustedPValue: 0.01, noiseFloor: 0 }),
    none,
  );
  assertEquals(
    decide({ ratio: slow, adjustedPValue: 0.06, noiseFloor: 0 }),
    none,
  );
  assertEquals(
    decide({ ratio: slow, adjustedPValue: null, noiseFloor: 0 }),
    none,
  );
  assertEquals(
    decide({ ratio: slow, adjustedPValue: 0.01, noiseFloor: 0.11 }),
    none,
  );
  // A factor of 0.9 is a factor of 1.111 the other way.
  assertEquals(
    decide({ ratio: fast, adjustedPValue: 0.01, noiseFloor: 0.112 }),
    none,
  );
});

Deno.test("sideOf() takes a side where the interval lies on one", () => {
  assertEquals(sideOf(slow), "slower");
  assertEquals(sideOf(fast), "faster");
  assertEquals(
    sideOf({ median: 2.6, low: 0.3, high: 21 }),
    "no difference shown",
  );
  assertEquals(
    sideOf({ median: 2.6, low: null, high: null }),
    "no difference shown",
  );
});

Deno.test("smallestVisible() is the wider side, or the noise floor", () => {
  const ratio = { median: 1, low: 0.8, high: 1.1 };

  assertAlmostEquals(smallestVisible(ratio, 0) ?? 0, 0.25, 1e-12); // 1 / 0.8
  assertEquals(smallestVisible(ratio, 0.3), 0.3);
  assertEquals(
    smallestVisible({ median: 1, low: null, high: null }, 0.3),
    null,
  );
});

Deno.test("noiseFloorOf() takes both directions alike", () => {
  const at = (median: number) =>
    noiseFloorOf({ median, low: median, high: median }).difference;

  assertAlmostEquals(at(1.25), 0.25, 1e-12);
  assertAlmostEquals(at(0.8), 0.25, 1e-12);
  assertEquals(at(1), 0);
});

Deno.test("decide() claims nothing below a margin of 2 %", () => {
  const sure = { adjustedPValue: 0.001, noiseFloor: 0 };
  const at = (median: number) =>
    decide({
      ratio: { median, low: median - 0.005, high: median + 0.005 },
      ...sure,
    });
  // scatterlist's 1.01, however narrow its interval is.
  assertEquals(at(1.01), "no difference shown");
  assertEquals(at(1.0199), "no difference shown");
  assertEquals(at(1.021), "slower");
  assertEquals(at(0.9805), "no difference shown"); // 1 / 1.02 is 0.9804
  assertEquals(at(0.98), "faster");
});

Deno.test("decide() claims nothing that a compiler has on the other side of 1", () => {
  const evidence = { ratio: fast, adjustedPValue: 0.01, noiseFloor: 0 };
  const by = (...medians: number[]) =>
    medians.map((median) => ({ median, low: null, high: null }));
  assertEquals(decide({ ...evidence, byCompiler: by(0.88, 0.97) }), "faster");
  assertEquals(
    decide({ ...evidence, byCompiler: by(0.8, 1.01) }),
    "no difference shown",
  );
});
