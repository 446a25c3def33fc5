import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  keepTimingRecord,
  readTimingRecord,
} from "../../../bench/check/timing_command.ts";
import {
  PLANTED,
  timingFigures,
  type TimingRun,
} from "../../../bench/check/timing_record.ts";
import { timingMisses } from "../../../bench/check/timing_table.ts";
import { inFolder } from "../lab_in_process.ts";

/** Twenty builds around a centre, as far as 1 % from it on either side. */
function around(centre: number): number[] {
  return Array.from({ length: 20 }, (_, i) => centre * (1 + (i - 9.5) / 950));
}

function runOf(builds: TimingRun["builds"]): TimingRun {
  return {
    engine: "native",
    workload: "4k-hot",
    seed: 1,
    seconds: 12,
    together: 3,
    load: [8, 9],
    clock: "thread CPU",
    rounds: 9,
    builds,
  };
}

Deno.test("timingFigures() tells twins from what was planted", () => {
  const figures = timingFigures([
    runOf({ "twin 1": around(1.001), [PLANTED]: around(1.03) }),
    runOf({ "twin 1": around(0.996), [PLANTED]: around(1.031) }),
  ]);
  assertEquals([figures.runs, figures.builds, figures.found], [2, 20, 2]);
  assertAlmostEquals(figures.planted, 1.0305, 1e-3);
  assertAlmostEquals(figures.worstTwin, 1 / 0.996 - 1, 1e-3);
  assertEquals([figures.falseAlarms, figures.drawn], [0, 200]);
  assertEquals([figures.mostSeconds, figures.mostLoad], [12, 9]);
});

Deno.test("timingFigures() counts false alarms where twins differ", () => {
  const { falseAlarms, found } = timingFigures([
    runOf({ "twin 1": around(1.05), [PLANTED]: around(0.97) }),
  ]);
  // A planted difference on the wrong side is not found.
  assertEquals([falseAlarms, found], [1, 0]);
});

Deno.test("timingMisses() names what is not met, and nothing else", () => {
  const record = (runs: TimingRun[]) => ({
    ...{ schemaVersion: 1 as const, machine: {}, runs },
  });
  const good = runOf({ "twin 1": around(1.001), [PLANTED]: around(1.03) });
  assertEquals(timingMisses(record([good])), ["All targets are met."]);
  const bad = runOf({ "twin 1": around(1.05), [PLANTED]: around(1) });
  assertEquals(timingMisses(record([{ ...bad, seconds: 61 }])), [
    "Not met by native, 4k-hot, at a load of up to 9: A/A 5.00 % at worst and " +
    "5.00 % in 95 of 100, wanted 1.00 %; 61 s, wanted 60; 3 % found in 0 of " +
    "1 runs; 1 false alarms of 1.",
  ]);
  // JavaScript is a check of sign.
  const js = { ...good, engine: "js" as const, seconds: 300 };
  const off = { ...js, builds: { ...js.builds, "twin 1": around(1.02) } };
  assertEquals(timingMisses(record([js])), ["All targets are met."]);
  assertEquals(timingMisses(record([off])).length, 1); // a false alarm
});

Deno.test("keepTimingRecord() adds to its own file, and reads no other", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/timing.json`;
    assertEquals(await readTimingRecord(file), undefined);
    const record = { schemaVersion: 1 as const, machine: {}, runs: [] };
    await keepTimingRecord(file, record);
    const more = { ...record, machine: { cpuCount: 2 } };
    await keepTimingRecord(file, more);
    assertEquals(await readTimingRecord(file), more);
    await Deno.writeTextFile(file, "{}");
    await assertRejects(
      () => readTimingRecord(file),
      SyntaxError,
      "it is not what check:timing writes",
    );
  });
});
