import { assertEquals } from "@std/assert";
import { isSteady, warmUp } from "../../../bench/statistics/warmup.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";
import { normal } from "./simulated_samples.ts";

function replay(times: readonly number[]): () => Promise<number> {
  let next = 0;
  return () => Promise.resolve(times[next++] ?? times.at(-1) ?? 0);
}

Deno.test("warmUp() ends when a step down has left the window", async () => {
  // 12 slow batches, as V8's interpreter gives, then steady ones with a wobble.
  const wobble = [0, 1, -1, 1, 0, -1, 1, 0, -1, 0, 1, -1];
  const slow = wobble.map((x, i) => 1000 - 60 * i + x);
  const result = await warmUp({
    measure: replay([...slow, ...wobble.map((x) => 100 + x)]),
  });

  assertEquals(result.steady, true);
  // The halves of 10 differ by less than 5 % once 8 of them are steady.
  assertEquals(result.series.length >= 20 && result.series.length <= 24, true);
});

Deno.test("warmUp() says so when it stops at the cap", async () => {
  const falling = Array.from({ length: 40 }, (_, i) => 1000 - 10 * i);
  const result = await warmUp({ measure: replay(falling), cap: 25 });

  assertEquals(result.steady, false);
  assertEquals(result.series, falling.slice(0, 25));
});

Deno.test("isSteady() passes level noise, whatever its size", () => {
  const random = randomStream(1, "warmup");
  const passed = (noise: number, tolerance: number) => {
    let count = 0;
    for (let i = 0; i < 500; i++) {
      const times = Array.from(
        { length: 10 },
        () => 100 * Math.exp(noise * normal(random)),
      );
      if (isSteady(times, tolerance)) count++;
    }
    return count;
  };
  // At a level of 5 %: 475 expected, standard deviation 5. Noise of 30 % is
  // six times the tolerance.
  for (const [noise, tolerance] of [[0.01, 0], [0.01, 0.05], [0.3, 0.05]]) {
    assertEquals(passed(noise ?? 0, tolerance ?? 0) >= 460, true);
  }
});

Deno.test("isSteady() sees trends, and steps that are no trend", () => {
  const creep = Array.from({ length: 10 }, (_, i) => 110 - 2 * i);
  const step = [110, 100, 110, 100, 110, 90, 100, 90, 100, 90];

  // Medians of the halves: 106 and 96, 110 and 90.
  assertEquals(isSteady(creep, 0.05), false);
  assertEquals(isSteady(creep, 0.1), true);
  assertEquals(isSteady(step, 0.05), false);
  assertEquals(isSteady([1, 1, 1, 1, 1], 0.05), false); // too few
  assertEquals(isSteady([1, 1, 1, 1, 1, 1], 0.05), true);
});

Deno.test("isSteady() corrects Kendall's score for being whole (Kendall 1975)", () => {
  // Of 6 times the score has a deviation of sqrt(6 * 5 * 17 / 18) = 5.32, so
  // that 1.96 of them are 10.43: 11 - 1 is below it, 13 - 1 is not. Of 15 pairs
  // two are out of order, then one; the halves overlap, and their medians are
  // 2 and 5.
  assertEquals(isSteady([2, 1, 4, 3, 5, 6], 0.05), true);
  assertEquals(isSteady([1, 2, 4, 3, 5, 6], 0.05), false);
});
