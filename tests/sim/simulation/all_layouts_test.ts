import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import { PLACEMENT_PRESETS } from "../../../sim/workload/placement_options.ts";
import { faultWindow, runFaults } from "./fault_rig.ts";
import {
  type Recognition,
  servesRecognition,
} from "../../../sim/recognition/recognition_registry.ts";

const mixed = await faultWindow("64k-mixed", 60, PLACEMENT_PRESETS["mixed"]);

/** Layouts that serve a recognition and hold segments inside pages. */
function served(recognition: Recognition): string[] {
  return layouts.filter((layout) =>
    !isUnsupported(
      servesRecognition(layout, {
        abi: findAbi("lp64"),
        recognition,
      }),
    ) &&
    layout.name !== "rlist_8"
  ).map(({ name }) => name);
}

const ALL_KINDS = [
  { kind: "mapping", every: 7, from: 1, times: 2 },
  { kind: "descriptor", every: 11 },
  { kind: "tag", every: 9 },
  { kind: "status", every: 13, status: "write_fault", retry: false },
  { kind: "status", every: 8, status: "cmd_interrupted", times: 6 },
  { kind: "timeout", io: 14 },
  { kind: "timeout", io: 33, end: "reset" },
  { kind: "completion", io: 21, how: "wrong_phase" },
  { kind: "completion", every: 15, how: "duplicate" },
  { kind: "short", every: 10, from: 3 },
  { kind: "reorder", probability: 0.3 },
  { kind: "unplug", io: 45 },
];

Deno.test("createSimulatedReplay() gives every layout the same statuses", () => {
  for (
    const recognition of [
      "page",
      "segment",
      "bio",
      "range",
      "map_first",
    ] as const
  ) {
    const seen = new Map<string, string[]>();
    for (const layout of served(recognition)) {
      const { report } = runFaults(mixed, {
        layout,
        recognition,
        faults: ALL_KINDS,
        frame: { device: "channels:3,exp:20us" },
      });
      const key = JSON.stringify([report.statusDigest, report.counts]);
      seen.set(key, [...seen.get(key) ?? [], layout]);
      assert((report.statuses["EFAULT"] ?? 0) > 0);
    }
    assertEquals(seen.size, 1, `${recognition}: ${JSON.stringify([...seen])}`);
  }
});
