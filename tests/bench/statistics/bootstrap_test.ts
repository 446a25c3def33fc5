import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import {
  bootstrapDeviations,
  poolBuilds,
} from "../../../bench/statistics/bootstrap.ts";
import { studentQuantile } from "../../../bench/statistics/student.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";
import { normal } from "./simulated_samples.ts";

const builds = (...rounds: number[][]) =>
  rounds.map((values) => Float64Array.from(values));

function deviation(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
}

Deno.test("bootstrapDeviations() of constant samples are all 0", () => {
  const constant = builds([1, 1, 1], [1, 1, 1]);
  const deviations = bootstrapDeviations(poolBuilds([constant, constant]), {
    contender: 1,
    baseline: 0,
    random: randomStream(1, "test"),
    resamples: 50,
  });

  assertEquals([...new Set(deviations)].map(Math.abs), [0]);
});

Deno.test("bootstrapDeviations() is the same for the same seed", () => {
  const pool = poolBuilds([
    builds([1, 2, 3], [2, 3, 4]),
    builds([3, 1, 2], [5, 3, 4]),
  ]);
  const draw = (seed: number) =>
    bootstrapDeviations(pool, {
      contender: 1,
      baseline: 0,
      random: randomStream(seed, "test"),
      resamples: 100,
    });

  assertEquals(draw(1), draw(1));
  assertEquals(draw(1).length, 100);
  assertEquals([...draw(1)], [...draw(1)].sort((a, b) => a - b));
});

Deno.test("bootstrapDeviations() spread as the median of the truth does", () => {
  // 40 builds of 30 rounds, luck 0.03, noise 0.02. The median over all rounds
  // of 40 builds has pi/2 times the variance of their mean, when luck rules:
  // sqrt(2) * 0.03 * sqrt(pi / 2 / 40) = 0.0084, a little less for the noise.
  const random = randomStream(5, "test");
  const contender = () =>
    Array.from({ length: 40 }, () => {
      const luck = 0.03 * normal(random);
      return Float64Array.from(
        { length: 30 },
        () => luck + 0.02 * normal(random),
      );
    });
  const deviations = bootstrapDeviations(
    poolBuilds([contender(), contender()]),
    { contender: 1, baseline: 0, random, resamples: 1000 },
  );

  assertAlmostEquals(deviation(deviations), 0.0078, 0.0016);
});

Deno.test("bootstrapDeviations() draws builds and not only their rounds", () => {
  const random = randomStream(6, "test");
  const noisy = (luck: number) =>
    [1, -1, 0].map((sign) =>
      Float64Array.from(
        { length: 50 },
        () => sign * luck + 0.01 * normal(random),
      )
    );
  const spread = (luck: number) =>
    deviation(
      bootstrapDeviations(poolBuilds([noisy(luck), noisy(luck)]), {
        contender: 1,
        baseline: 0,
        random,
        resamples: 300,
      }),
    );

  assertGreater(spread(0.1), 10 * spread(0));
});

Deno.test("bootstrapDeviations() takes half of its builds from the pair, half from all", () => {
  // The pair never moves, the third layout's builds lie at 1 and -1.
  const still = { shift: 0, rounds: Float64Array.of(0) };
  const pool = (builds: number) => ({
    residuals: [0, 0, 1].map((shift) =>
      Array.from({ length: builds }, (_, i) => ({
        ...still,
        shift: i % 2 === 0 ? shift : -shift,
      }))
    ),
    spreads: [0, 0, 1],
    freedomShare: 1,
  });
  const draw = (builds: number, resamples: number) =>
    bootstrapDeviations(pool(builds), {
      contender: 1,
      baseline: 0,
      random: randomStream(1, "test"),
      resamples,
    });
  // One build each: half of the draws take both sides from all three, and two
  // of three then differ in 1 - (2/3)^2 - (1/3)^2 = 4/9 of them: 2/9 in all.
  const moved = draw(1, 20_000).filter((x) => x !== 0).length / 20_000;
  assertAlmostEquals(moved, 2 / 9, 0.01);
  // Two builds: the pair has 1/2 of the weight between its two and 1/2 * 2/3,
  // so 5/12 each, the third 1/6: 1 / (2 * 25/144 + 1/36) = 8/3 degrees.
  const least = Math.min(...draw(2, 2000).filter((x) => x > 0));
  const widening = studentQuantile(0.975, 8 / 3) /
    studentQuantile(0.975, Infinity);
  // The median of two builds is their mean: a half where one has moved by 1.
  assertAlmostEquals(least, 0.5 * widening, 1e-9);
});

Deno.test("poolBuilds() gives the spread between builds", () => {
  // Medians 1, 2, 3: standard deviation 1. One build has none.
  assertEquals(poolBuilds([builds([1], [2], [3])]).spreads, [1]);
  assertEquals(poolBuilds([builds([1, 2, 3])]).spreads, [null]);
});

Deno.test("poolBuilds() tells what centring leaves of the degrees of freedom", () => {
  // A mean over n contenders takes 1 / n of what its values scatter.
  const one = builds([1, 2, 3], [2, 3, 4]);
  const share = (contenders: number, centred: boolean) =>
    poolBuilds(Array(contenders).fill(one), { centred }).freedomShare;
  assertAlmostEquals(share(3, true), 2 / 3, 1e-12);
  assertAlmostEquals(share(2, true), 1 / 2, 1e-12);
  assertEquals(share(3, false), 1);
});

Deno.test("poolBuilds() takes the noise of rounds out of the luck of builds", () => {
  // Medians 1, 2, 3: variance 1 about their mean, which residuals of three
  // builds are short of by sqrt(2 / 3). Rounds d apart have a median whose
  // variance is pi / 2 * (1.4826 d)^2 / 3: 0 for 0, 0.28775 for 0.5, and for 2
  // more than all there is.
  const shifts = (d: number) => {
    const own = [1, 2, 3].map((x) => [x - d, x, x + d]);
    return poolBuilds([builds(...own)]).residuals[0]?.map(({ shift }) => shift);
  };
  const scale = Math.sqrt((1 - 0.28775) * 3 / 2);
  for (
    const [d, expected] of [[0, Math.sqrt(1.5)], [0.5, scale], [2, 0]] as const
  ) {
    const [first, second, third] = shifts(d) ?? [];
    assertAlmostEquals(first ?? NaN, -expected, 1e-4);
    assertAlmostEquals(second ?? NaN, 0, 1e-12);
    assertAlmostEquals(third ?? NaN, expected, 1e-4);
  }
});
