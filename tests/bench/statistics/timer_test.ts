import { assertEquals } from "@std/assert";
import {
  detectTimer,
  shortestBatchNs,
  timerWarnings,
} from "../../../bench/statistics/timer.ts";

/** A clock that takes `cost` ns to read and moves in steps of `step` ns. */
function fakeClock(cost: number, step: number): () => number {
  let now = 0;
  return () => {
    now += cost;
    return Math.floor(now / step) * step;
  };
}

Deno.test("detectTimer() finds the step of a coarse clock", () => {
  // 50 steps of 1000 ns at 50 ns a reading are 1000 readings.
  const { resolutionNs, overheadNs } = detectTimer(fakeClock(50, 1000));

  assertEquals(resolutionNs, 1000);
  assertEquals(overheadNs?.toFixed(2), "50.05"); // 50 000 ns in 999 readings
});

Deno.test("detectTimer() is not misled by an interrupt", () => {
  // 50 ns a reading, but for 10 ms in the middle of the first trial.
  const steady = fakeClock(50, 1);
  let readings = 0;
  let lost = 0;
  const { resolutionNs, overheadNs } = detectTimer(() => {
    if (++readings === 20) lost = 1e7;
    return steady() + lost;
  });

  assertEquals([resolutionNs, overheadNs], [50, 50]);
});

Deno.test("detectTimer() says null of a clock that stands", () => {
  const timer = detectTimer(() => 5);

  assertEquals(timer, { resolutionNs: null, overheadNs: null });
  assertEquals(timerWarnings(timer).map(({ code }) => code), ["clock-stands"]);
});

Deno.test("shortestBatchNs() makes the clock's error 0.1 %", () => {
  assertEquals(
    shortestBatchNs({ resolutionNs: 5000, overheadNs: 50 }),
    5_050_000,
  );
  assertEquals(shortestBatchNs({ resolutionNs: 1, overheadNs: 30 }), 1e6);
});

Deno.test("timerWarnings() names a clock with steps above 20 us", () => {
  const codes = (resolutionNs: number) =>
    timerWarnings({ resolutionNs, overheadNs: 50 }).map(({ code }) => code);

  assertEquals(codes(20_000), []);
  assertEquals(codes(100_000), ["coarse-clock"]);
});
