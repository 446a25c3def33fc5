import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import {
  holm,
  permutationTest,
} from "../../../bench/experiment/permutation.ts";
import { randomStream } from "../../../sim/random.ts";

const random = () => randomStream(1, "test");

Deno.test("holm() corrects as R's p.adjust does", () => {
  // R: p.adjust(c(.01, .04, .03, .005), "holm") = .03, .06, .06, .02
  const corrected = holm([0.01, null, 0.04, 0.03, 0.005]);

  [0.03, null, 0.06, 0.06, 0.02].forEach((expected, i) => {
    if (expected === null) assertEquals(corrected[i], null);
    else assertAlmostEquals(corrected[i] ?? NaN, expected, 1e-12);
  });
});

Deno.test("holm() never goes beyond 1", () => {
  assertEquals(holm([0.6, 0.9]), [1, 1]);
});

Deno.test("permutationTest() gives p = 1 to equal contenders", () => {
  const births = [1, 2, 3];
  const [baseline, equal] = permutationTest([births, births], {
    baseline: 0,
    random: random(),
  });

  assertEquals(baseline, null);
  assertEquals(equal, 1);
});

Deno.test("permutationTest() of two contenders cannot beat their 8 deals", () => {
  // Distances are -1, 0, 1 and 1, 0, -1: of the 8 deals within 3 births, as
  // extreme ones are a quarter at least, whatever the difference.
  const p = permutationTest([[0, 1, 2], [12, 11, 10]], {
    baseline: 0,
    random: random(),
    permutations: 4000,
  })[1] ?? 1;

  assertLess(p, 0.05 + 1 / 4);
});

Deno.test("permutationTest() rejects a difference far beyond all scatter", () => {
  const p = permutationTest([
    [0, 0.01, -0.01, 0.004],
    [0.011, -0.009, 0.002, 0.001],
    [1.01, 0.99, 1, 1.005],
  ], { baseline: 0, random: random() });

  assertLess(p[2] ?? 1, 0.01);
  assertEquals((p[1] ?? 0) > 0.2, true);
});

Deno.test("permutationTest() says nothing about single units", () => {
  assertEquals(
    permutationTest([[1], [2]], { baseline: 0, random: random() }),
    [null, null],
  );
});
