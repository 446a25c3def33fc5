/**
 * What the intervals and verdicts promise, held against samples whose truth
 * is known (style.md, 47). Seeds are fixed, so each rate is one number; the
 * bounds are those of issue 5.
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
} from "@std/assert";
import { summarise } from "../../../bench/result/summarise.ts";
import type { Summary } from "../../../bench/result/summary.ts";
import {
  simulatedSamples,
  type Truth,
} from "../statistics/simulated_samples.ts";

const AA = [0, 0, 0, 0, 0, 0];
const BORN_THRICE = { builds: 3, rounds: 9, luck: 0.02, noise: 0.02 };

function trials(
  count: number,
  truth: Omit<Truth, "seed">,
): Summary[] {
  return Array.from(
    { length: count },
    (_, seed) =>
      summarise(simulatedSamples({ ...truth, seed }), {
        baseline: "c0",
        control: "c1",
        seed,
        resamples: 150,
        permutations: 300,
      }),
  );
}

/** Share of runs in which any identical contender got a verdict. */
function falseAlarms(summaries: readonly Summary[]): number {
  return summaries.filter(({ contenders }) =>
    contenders.some(({ verdict }) => verdict !== "no difference shown")
  ).length / summaries.length;
}

/** Share of intervals of the ratio that hold the truth. */
function coverage(
  summaries: readonly Summary[],
  effects: readonly number[],
): number {
  const held = summaries.flatMap(({ contenders }) =>
    contenders.slice(1).map(({ ratio }, i) => {
      const truth = Math.exp(effects[i + 1] ?? 0);
      return (ratio.low ?? Infinity) <= truth && truth <= (ratio.high ?? 0);
    })
  );
  return held.filter(Boolean).length / held.length;
}

Deno.test("summarise() raises false alarms in at most 5 % of A/A runs", () => {
  const runs = trials(160, { effects: AA, ...BORN_THRICE });

  assertLessOrEqual(falseAlarms(runs), 0.05);
});

Deno.test("summarise() covers the true ratio in 93 to 97 % of intervals", () => {
  for (
    const [effects, shape] of [
      [[0, 0.1, -0.1, 0.3, 0, 0], { builds: 3, rounds: 9 }],
      [[0, 0.02, 0.05, 0], { builds: 3, rounds: 12 }],
      [[0, 0, 0.05, -0.2], { builds: 5, rounds: 9 }],
    ] as const
  ) {
    const truth = { effects, ...shape, luck: 0.02, noise: 0.02 };
    const share = coverage(trials(120, truth), effects);

    assertGreaterOrEqual(share, 0.93, `${effects.length} contenders`);
    assertLessOrEqual(share, 0.97, `${effects.length} contenders`);
  }
});

Deno.test("summarise() finds 3 % at 5 builds of 12 rounds in 9 of 10 runs", () => {
  // Luck of 0.5 % and noise of 1.5 % are what quiet machines show.
  const runs = trials(40, {
    effects: [0, 0, 0.03, 0, 0, 0],
    builds: 5,
    rounds: 12,
    luck: 0.005,
    noise: 0.015,
  });
  const found = runs.filter(({ contenders }) =>
    contenders[2]?.verdict === "slower"
  );

  assertGreaterOrEqual(found.length / runs.length, 0.9);
});

Deno.test("summarise() calls a planted 3 % faster by the same right", () => {
  const [run] = trials(1, {
    effects: [0, 0, -0.03, 0],
    builds: 5,
    rounds: 12,
    luck: 0.004,
    noise: 0.01,
  });

  assert(run?.contenders[2]?.verdict === "faster");
});

Deno.test("summarise() is not misled by drift of the machine", () => {
  // Twice as slow at the end as at the beginning.
  const drift = Math.log(2);
  const drifting = { effects: AA, ...BORN_THRICE, drift };
  const found = trials(40, {
    effects: [0, 0, 0.1, -0.1, 0, 0],
    builds: 3,
    rounds: 12,
    luck: 0.005,
    noise: 0.01,
    drift,
  }).flatMap(({ contenders }) => [contenders[2], contenders[3]]);
  const right = found.filter((contender, i) =>
    contender?.verdict === (i % 2 === 0 ? "slower" : "faster")
  );
  const flipped = found.filter((contender, i) =>
    contender?.verdict === (i % 2 === 0 ? "faster" : "slower")
  );

  assertLessOrEqual(falseAlarms(trials(80, drifting)), 0.05);
  assertGreaterOrEqual(right.length / found.length, 0.9);
  assertEquals(flipped.length, 0);
});

Deno.test("summarise() keeps its verdicts when 5 % of samples stall", () => {
  const quiet = { builds: 3, rounds: 12, luck: 0.005, noise: 0.01 };
  const alarms = falseAlarms(
    trials(80, { effects: AA, ...quiet, stalls: 0.05 }),
  );
  const found = trials(40, {
    effects: [0, 0, 0.1, 0, 0, 0],
    ...quiet,
    stalls: 0.05,
  }).filter(({ contenders }) => contenders[2]?.verdict === "slower");

  assertLessOrEqual(alarms, 0.05);
  assertGreaterOrEqual(found.length / 40, 0.9);
});

Deno.test("summarise() of a single build takes luck for a difference", () => {
  // 27 rounds either way; only the builds differ.
  const once = trials(40, {
    effects: AA,
    builds: 1,
    rounds: 27,
    luck: 0.02,
    noise: 0.02,
  });
  const thrice = trials(40, { effects: AA, ...BORN_THRICE });

  assertGreater(falseAlarms(once), 0.3);
  assertLessOrEqual(falseAlarms(thrice), 0.05);
  assert(
    once.every(({ warnings }) =>
      warnings.some(({ code }) => code === "single-build")
    ),
  );
});
