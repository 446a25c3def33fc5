// What the driver does about time-outs and resets, and how long it takes.
import { assertEquals } from "@std/assert";
import { BLK_STS } from "../../../sim/kernel/operation.ts";
import { faultWindow, nonZeroCounts, runFaults } from "./fault_rig.ts";

const IOS = 60;
const small = await faultWindow("randrw-70-30-4k", IOS);

Deno.test("createSimulatedReplay() takes 30 s for an abort and 60 s for a reset", () => {
  const run = (end: string) =>
    runFaults(small, { depth: 1, faults: [{ kind: "timeout", io: 7, end }] })
      .report.elapsedNs;
  assertEquals(run("aborted"), 30e9);
  assertEquals(run("polled"), 30e9);
  assertEquals(run("reset"), 60e9);
});

Deno.test("createSimulatedReplay() waits 3 ms for a resource when idle", () => {
  const { report } = runFaults(small, {
    depth: 1,
    faults: [{ kind: "mapping", io: 7, times: 4 }],
  });
  assertEquals(report.elapsedNs, 4 * 3e6);
});

Deno.test("createSimulatedReplay() cancels all in flight on a reset, and loses none", () => {
  const { report, statuses } = runFaults(small, {
    depth: 16,
    faults: [{ kind: "completion", io: 20, how: "wrong_phase" }],
  });
  // Nothing behind a wrong phase is seen: all 16 time out, all come again.
  assertEquals(nonZeroCounts(report.counts), {
    aborts: 16,
    resets: 1,
    retries: 16,
  });
  assertEquals(statuses, statuses.map(() => BLK_STS.ok));
});

Deno.test("createSimulatedReplay() counts a cancelled attempt once, whatever it was to be", () => {
  // In steps of 10 us, two in flight: I/O 20 fails five times while 21 to 25
  // pass. 25 ends with the wrong phase just as 20's sixth attempt begins,
  // which the reset then takes: the sixth failure, one too many.
  const sixth = runFaults(small, {
    depth: 2,
    faults: [
      { kind: "status", io: 20, status: "internal", times: 5 },
      { kind: "completion", io: 25, how: "wrong_phase" },
    ],
    frame: { device: "fixed:10us" },
  });
  assertEquals(sixth.statuses[20], BLK_STS.ioerr);
  assertEquals(sixth.statuses[25], BLK_STS.ok);
  // One I/O earlier the fifth attempt's error is not seen: five failures.
  const fifth = runFaults(small, {
    depth: 2,
    faults: [
      { kind: "status", io: 20, status: "internal", times: 5 },
      { kind: "completion", io: 24, how: "wrong_phase" },
    ],
    frame: { device: "fixed:10us" },
  });
  assertEquals(fifth.statuses[20], BLK_STS.ok);
});

Deno.test("createSimulatedReplay() begins both rings anew after a reset, also with phase 0", async () => {
  // 1100 completions of a ring of 1024: the phase has turned.
  const window = await faultWindow("randrw-70-30-4k", 1200);
  const { report } = runFaults(window, {
    faults: [{ kind: "completion", io: 1100, how: "wrong_phase" }],
  });
  assertEquals(report.statuses, { OK: 1200 });
  assertEquals(report.counts.resets, 1);
});
