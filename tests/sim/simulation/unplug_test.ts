// A provider of P2P memory that leaves under I/O.
import { assert, assertEquals } from "@std/assert";
import { BLK_STS, ERRNO } from "../../../sim/kernel/operation.ts";
import { PLACEMENT_PRESETS } from "../../../sim/workload/placement_options.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { faultWindow, runFaults } from "./fault_rig.ts";

const IOS = 60;
const mixed = await faultWindow("64k-mixed", IOS, PLACEMENT_PRESETS["mixed"]);

/** Providers (index + 1) of an I/O's memory. */
function providersOf(window: IoWindow, io: number): number[] {
  return [
    ...window.provider.subarray(
      window.firstPiece[io],
      window.firstPiece[io + 1],
    ),
  ];
}

Deno.test("createSimulatedReplay() refuses I/O on a provider from its unplugging on", () => {
  for (const recognition of ["page", "segment", "bio", "range"] as const) {
    const layout = recognition === "segment" ? "phys_flags" : "phys_len";
    const { report, statuses, replay } = runFaults(mixed, {
      layout,
      recognition,
      depth: 8,
      faults: [{ kind: "unplug", io: 25, provider: "bar0" }],
      frame: { device: "fixed:10us" },
    });
    const wanted = statuses.map((_, io) =>
      io >= 25 && providersOf(mixed, io).includes(1) ? -ERRNO.fault : 0
    );
    assert(wanted.slice(25).includes(0) && wanted.includes(-ERRNO.fault));
    assertEquals(statuses, wanted, recognition);
    assertEquals(report.counts.unplugged, 1);
    assertEquals(report.counts.lateAnswers, 0);
    assert(report.counts.drained > 0, "with I/O in flight");
    assertEquals(replay.simulated.balance()["P2P page references"], 0);
  }
});

Deno.test("createSimulatedReplay() retries in-flight I/O of a leaving provider", () => {
  const { report, statuses } = runFaults(mixed, {
    layout: "phys_flags",
    recognition: "segment",
    faults: [
      { kind: "status", io: 24, status: "internal", times: 3 },
      { kind: "unplug", io: 25 },
    ],
    frame: { device: "fixed:10us" },
  });
  assertEquals(statuses[24], BLK_STS.ok);
  assertEquals(report.counts.retries, 3);
  assertEquals(report.counts.lateAnswers, 0);
});
