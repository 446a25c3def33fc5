import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import {
  holm,
  permutationTest,
} from "../../../bench/statistics/permutation.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";

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
  const builds = [1, 2, 3];
  const [baseline, equal] = permutationTest([builds, builds], {
    baseline: 0,
    random: random(),
  });

  assertEquals(baseline, null);
  assertEquals(equal, 1);
});

Deno.test("permutationTest() of two contenders cannot beat their 8 deals", () => {
  // Distances are -1, 0, 1 and 1, 0, -1: of the 8 deals within 3 builds, as
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

/** Orders of three. */
const ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [
  2,
  1,
  0,
]] as const;
const mean = (values: readonly number[]) =>
  values.reduce((sum, x) => sum + x, 0) / values.length;

/** |difference to the first| / error; half of the variance is the pair's. */
function statistics(units: readonly (readonly number[])[]): number[] {
  const means = units.map(mean);
  const variances = units.map((own, c) =>
    own.reduce((sum, x) => sum + (x - (means[c] ?? 0)) ** 2, 0) /
    (own.length - 1)
  );
  return units.map((own, c) => {
    const pair = mean([variances[c] ?? 0, variances[0] ?? 0]);
    const variance = 0.5 * pair + 0.5 * mean(variances);
    return Math.abs((means[c] ?? 0) - (means[0] ?? 0)) /
      Math.sqrt(2 * variance / own.length);
  });
}

/** p of each of three contenders over all deals of their builds. */
function exactPValues(units: readonly (readonly number[])[]): number[] {
  const found = statistics(units);
  const distances = units.map((own) => own.map((x) => x - mean(own)));
  let deals: number[][][] = [[[], [], []]];
  for (let build = 0; build < 3; build++) {
    deals = deals.flatMap((dealt) =>
      ORDERS.map((order) =>
        dealt.map((own, c) => [
          ...own,
          distances[order[c] as number]?.[build] ?? 0,
        ])
      )
    );
  }
  const drawn = deals.flatMap((dealt) => statistics(dealt).slice(1));
  return found.map((size) =>
    drawn.filter((other) => other >= size - 1e-12).length / drawn.length
  );
}

Deno.test("permutationTest() draws what all deals would give, half by the pair's own scatter", () => {
  // The pair scatters less than the third: with 0.3 of its own in the variance
  // the second would have 0.65, with 0.7 of it 0.22.
  const units = [[0.04, -0.05, -0.03], [0.3, 0.3, 0.3], [-0.5, -1.5, 0.5]];
  const exact = exactPValues(units);
  assertAlmostEquals(exact[1] ?? 0, 88 / 216, 1e-9);
  const drawn = permutationTest(units, {
    baseline: 0,
    random: random(),
    permutations: 8000,
  });
  for (const c of [1, 2]) {
    assertAlmostEquals(drawn[c] ?? 0, exact[c] ?? 1, 0.02);
  }
});

Deno.test("permutationTest() says nothing about single units", () => {
  assertEquals(
    permutationTest([[1], [2]], { baseline: 0, random: random() }),
    [null, null],
  );
});

Deno.test("permutationTest() never gives p = 0, however few deals are drawn", () => {
  // What was found is one of the deals that could have been: with none of 50
  // that is as extreme, p is 1 / 51 (Phipson and Smyth 2010).
  const apart = (at: number) =>
    Array.from({ length: 16 }, (_, i) => at + i / 100 + (i % 3) / 1000);
  const [, p] = permutationTest([apart(0), apart(100)], {
    ...{ baseline: 0, random: random(), permutations: 50 },
  });
  assertAlmostEquals(p ?? 0, 1 / 51, 1e-12);
});
