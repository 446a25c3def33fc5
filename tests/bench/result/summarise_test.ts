import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { summarise } from "../../../bench/result/summarise.ts";
import { measuredKeys } from "../../../bench/result/to_result.ts";
import { simulatedSamples } from "../statistics/simulated_samples.ts";
import { samplesOf } from "../statistics/table_samples.ts";

Deno.test("summarise() gives medians of times and of within-round ratios", () => {
  // Ratios round by round: 2, 2, 0.5 and 2, 1, 4; their median is 2.
  const { contenders } = summarise(
    samplesOf({
      a: [[10, 20, 40], [10, 10, 10]],
      b: [[20, 40, 20], [20, 10, 40]],
    }),
    { baseline: "a", seed: 1 },
  );

  assertEquals(contenders.map(({ contender }) => contender), ["a", "b"]);
  assertEquals(contenders[0]?.ratio, { median: 1, low: 1, high: 1 });
  assertEquals(contenders[0]?.adjustedPValue, null);
  assertAlmostEquals(contenders[0]?.nsPerIo.median ?? 0, 10, 1e-9);
  assertAlmostEquals(contenders[1]?.ratio.median ?? 0, 2, 1e-9);
});

Deno.test("summarise() divides within rounds before it takes the median", () => {
  // Ratios 3, 1 and 4/3, median 4/3; the medians of the times are 20 and 30.
  const { contenders } = summarise(
    samplesOf({
      a: [[10, 20, 30], [10, 20, 30]],
      b: [[30, 20, 40], [30, 20, 40]],
    }),
    { baseline: "a", seed: 1 },
  );

  assertAlmostEquals(contenders[1]?.ratio.median ?? 0, 4 / 3, 1e-9);
  assertAlmostEquals(contenders[1]?.nsPerIo.median ?? 0, 30, 1e-9);
});

Deno.test("summarise() does not depend on the order of the samples", () => {
  const samples = simulatedSamples({
    effects: [0, 0.1],
    builds: 2,
    rounds: 9,
    luck: 0.01,
    noise: 0.01,
    seed: 1,
  });
  const [first, second] = samples;
  const swapped = [...samples].sort((a, b) =>
    b.round - a.round || a.contender.localeCompare(b.contender)
  );
  const options = { baseline: "c0", seed: 3 };

  assertEquals(first?.contender, "c0");
  assertEquals(second?.contender, "c1");
  assertEquals(summarise(swapped, options), summarise(samples, options));
});

Deno.test("summarise() leaves out rounds that are not complete, and says so", () => {
  const samples = samplesOf({
    a: [[10, 11, 12], [10, 11, 12]],
    b: [[10, 11, 12], [10, 11]],
  });
  const { builds, rounds, warnings } = summarise(samples, {
    baseline: "a",
    seed: 1,
  });

  assertEquals([builds, rounds], [2, 2]);
  assertEquals(warnings.map(({ code }) => code), [
    "few-builds",
    "few-rounds",
    "no-control",
    "incomplete-rounds",
  ]);
});

Deno.test("summarise() warns of a noisy control and of outliers", () => {
  const rounds = (at: number, last = at) => [
    ...Array.from({ length: 9 }, (_, i) => at + i / 100),
    last,
    last,
  ];
  const { warnings, noiseFloor, contenders } = summarise(
    samplesOf({
      a: [rounds(100), rounds(100)],
      "a (again)": [rounds(110), rounds(110)],
      b: [rounds(100, 300), rounds(100, 300)],
    }),
    { baseline: "a", control: "a (again)", seed: 1 },
  );

  assertAlmostEquals(noiseFloor?.difference ?? 0, 0.1, 0.001);
  assertEquals(warnings.map(({ code }) => code), [
    "few-builds",
    "noisy-control",
    "outliers",
  ]);
  assertEquals((contenders[2]?.outliers ?? 0) >= 4, true);
});

Deno.test("summarise() gives no interval from one measurement of each", () => {
  const { contenders, noiseFloor } = summarise(
    samplesOf({ a: [[100]], "a (again)": [[110]], b: [[80]] }),
    { baseline: "a", control: "a (again)", seed: 1 },
  );
  const none = { low: null, high: null };
  const [a, again, b] = contenders;
  assertEquals(a?.ratio, { median: 1, ...none });
  for (const [found, ns] of [[a, 100], [again, 110], [b, 80]] as const) {
    assertAlmostEquals(found?.nsPerIo.median ?? 0, ns, 1e-9);
    assertAlmostEquals(found?.ratio.median ?? 0, ns / 100, 1e-12);
    for (
      const { low, high } of [found?.nsPerIo ?? none, found?.ratio ?? none]
    ) {
      assertEquals([low, high], [null, null]);
    }
    assertEquals(found?.verdict, "no difference shown");
  }
  assertEquals(b?.detectable, null);
  assertAlmostEquals(noiseFloor?.difference ?? 0, 0.1, 1e-12);

  // A second round, or a second build, is enough for one.
  for (const more of [[[100, 101]], [[100], [101]]]) {
    const { contenders: wide } = summarise(
      samplesOf({ a: more, b: more.map((own) => own.map((ns) => ns * 0.8)) }),
      { baseline: "a", seed: 1 },
    );
    const { low, high } = wide[1]?.nsPerIo ?? none;
    assertEquals(low !== null && high !== null && low < high, true);
  }
});

Deno.test("summarise() says what few builds do to an interval", () => {
  const born = (builds: number, contenders: number) => {
    const names = Array.from({ length: contenders }, (_, i) => `c${i}`);
    const { warnings } = summarise(
      samplesOf(Object.fromEntries(
        names.map((name, c) => [
          name,
          Array.from(
            { length: builds },
            (_, i) =>
              Array.from({ length: 9 }, (_, r) => 100 + (c * i + r) % 7),
          ),
        ]),
      )),
      { baseline: "c0", seed: 1 },
    );
    return warnings.find(({ code }) => code === "few-builds");
  };
  // Two contenders of two builds: centring leaves half of 1 degree of freedom,
  // and there is no less than 1: t 12.71 over 1.96.
  assertEquals(born(2, 2), {
    code: "few-builds",
    message: "with 2 builds an interval says little: Student's t widens it " +
      "6.5 times",
    hint: "use --builds 5 or more",
  });
  // Builds of all contenders tell of the luck: of 15 there are enough.
  assertEquals(born(3, 15), undefined);
  assertEquals(born(8, 2), undefined);
});

Deno.test("summarise() advises what helps: time, where time was up", () => {
  const samples = samplesOf({
    a: [[10, 11, 12], [10, 11, 12]],
    b: [[10, 11, 12], [10, 11, 12]],
  });
  const said = (planned?: { rounds: number; budgetSeconds: number }) =>
    summarise(samples, { baseline: "a", seed: 1, planned }).warnings
      .filter(({ code }) => code === "few-rounds").map(({ hint }) => hint);

  assertEquals(said(), ["use --rounds 9 or more"]);
  // All that were asked for were run.
  assertEquals(said({ rounds: 3, budgetSeconds: 40 }), [
    "use --rounds 9 or more",
  ]);
  assertEquals(said({ rounds: 9, budgetSeconds: 40 }), [
    "time was up: use --budget 40 or more",
  ]);
  assertEquals(said({ rounds: 5, budgetSeconds: 40 }), [
    "time was up: use --budget 40 or more and --rounds 9",
  ]);
  const enough = samplesOf({
    a: [Array(9).fill(10)],
    b: [Array(9).fill(11)],
  });
  assertEquals(
    summarise(enough, {
      baseline: "a",
      seed: 1,
      planned: { rounds: 12, budgetSeconds: 40 },
    }).warnings.find(({ code }) => code === "budget"),
    {
      code: "budget",
      message: "time was up after 9 of 12 rounds per build",
      hint: "use --budget 40 or more for all of them",
    },
  );
});

Deno.test("summarise() refuses times and baselines that cannot be", () => {
  const options = { baseline: "a", seed: 1 };

  assertThrows(
    () => summarise(samplesOf({ a: [[0]] }), options),
    RangeError,
    'Cannot use sample of "a": 0 ns per I/O, expected more than 0',
  );
  assertThrows(
    () => summarise(samplesOf({ b: [[1]] }), options),
    RangeError,
    'Cannot compare with "a": it has no sample, expected one of: b',
  );
  assertThrows(
    () => summarise([], options),
    RangeError,
    "no round has them all",
  );
});

Deno.test("measuredKeys() keeps samples up to the cap and says so", () => {
  const samples = samplesOf({
    a: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]],
    b: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]],
  });
  const summary = summarise(samples, { baseline: "a", seed: 1 }).contenders[1];
  if (summary === undefined) throw new Error("no summary");
  const capped = measuredKeys(summary, { samples, cap: 5 }).samples;
  const whole = measuredKeys(summary, { samples }).samples;

  assertEquals([capped?.total, capped?.capped], [10, true]);
  assertEquals(capped?.values.map(({ nsPerIo }) => nsPerIo), [1, 3, 5, 7, 9]);
  assertEquals([whole?.total, whole?.capped], [10, false]);
  assertEquals(whole?.values.length, 10);
});

Deno.test("summarise() gives wall times with their quartiles", () => {
  const samples = samplesOf({ a: [[10, 10, 10, 10, 10]] })
    .map((sample, i) => ({
      ...sample,
      wallNsPerIo: [50, 20, 10, 40, 30][i] ?? 0,
    }));
  const { contenders } = summarise(samples, { baseline: "a", seed: 1 });
  // Of 10, 20, ... 50 the second, third and fourth.
  assertEquals(contenders[0]?.wallNsPerIo, { median: 30, low: 20, high: 40 });
});

Deno.test("summarise() gives intervals of 95 %", () => {
  // One build of nine rounds, log times -4 to 4. The median of nine that are
  // drawn from them is at most the k-th smallest with P(Bin(9, k / 9) >= 5):
  // 0.001, 0.030 and 0.145 for k = 1, 2, 3. So 2.5 % lie below -3 and 5 %
  // would lie below -2.
  const rounds = [3, -4, 0, 2, -1, 4, -3, 1, -2].map(Math.exp);
  const { contenders } = summarise(samplesOf({ a: [rounds] }), {
    ...{ baseline: "a", seed: 1, resamples: 20_000 },
  });
  const { median = 0, low, high } = contenders[0]?.nsPerIo ?? {};
  assertAlmostEquals(Math.log(median), 0, 1e-9);
  assertAlmostEquals(Math.log(low ?? 0), -3, 1e-9);
  assertAlmostEquals(Math.log(high ?? 0), 3, 1e-9);
});
