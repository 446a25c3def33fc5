import { assertEquals } from "@std/assert";
import {
  probeStillness,
  stillnessWarnings,
} from "../../../bench/statistics/stillness.ts";

function probe(times: readonly number[]): number | null {
  let now = 0;
  let run = -5; // five runs are not timed
  return probeStillness({
    clock: () => now,
    work: () => {
      now += times[run++] ?? 0;
    },
    runs: times.length,
  });
}

Deno.test("probeStillness() is the typical run over the fastest", () => {
  assertEquals(probe([100, 100, 100]), 0);
  assertEquals(probe([100, 150, 125, 900, 125]), 0.25);
  assertEquals(probe([0, 0]), null);
});

Deno.test("stillnessWarnings() begins above 10 %", () => {
  assertEquals(stillnessWarnings(0.1), []);
  assertEquals(stillnessWarnings(null), []);
  assertEquals(stillnessWarnings(0.25)[0]?.code, "unsteady-machine");
  assertEquals(
    stillnessWarnings(0.25)[0]?.message,
    "fixed work took 25 % more CPU time than at its fastest before the start",
  );
});
