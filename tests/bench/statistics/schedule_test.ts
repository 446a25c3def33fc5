import { assertEquals, assertNotEquals } from "@std/assert";
import { schedule } from "../../../bench/statistics/schedule.ts";

const options = { contenders: ["a", "b", "c"], builds: 2, rounds: 4, seed: 7 };

Deno.test("schedule() visits every contender once in every round", () => {
  const steps = [...schedule(options)];

  assertEquals(steps.length, 24);
  for (let i = 0; i < steps.length; i += 3) {
    const round = steps.slice(i, i + 3);
    assertEquals(round.map(({ contender }) => contender).sort(), [
      "a",
      "b",
      "c",
    ]);
    assertEquals(new Set(round.map((step) => step.round)).size, 1);
    assertEquals(round[0]?.build, i < 12 ? 0 : 1);
  }
});

Deno.test("schedule() is the same for a seed and another for another", () => {
  const order = (seed: number) =>
    [...schedule({ ...options, seed })].map(({ contender }) => contender)
      .join("");

  assertEquals(order(7), order(7));
  assertNotEquals(order(7), order(8));
});

Deno.test("schedule() puts each contender first equally often", () => {
  // 3000 rounds, 1000 expected each, standard deviation 26.
  const first = new Map<string, number>();
  let position = 0;
  for (const step of schedule({ ...options, builds: 1, rounds: 3000 })) {
    if (position++ % 3 > 0) continue;
    first.set(step.contender, (first.get(step.contender) ?? 0) + 1);
  }
  for (const count of first.values()) {
    assertEquals(Math.abs(count - 1000) < 104, true, String(count));
  }
});

Deno.test("schedule() has those that stand apart in the first build alone", () => {
  const steps = [...schedule({ ...options, apart: ["noop"] })];
  assertEquals(steps.length, 4 * 4 + 4 * 3);
  assertEquals(
    steps.filter(({ contender }) => contender === "noop").map((step) => [
      step.build,
      step.round,
    ]),
    [0, 1, 2, 3].map((round) => [0, round]),
  );
});
