// Each kind of fault alone, on every tenth I/O of a short workload.
import { assertEquals } from "@std/assert";
import { BLK_STS } from "../../../sim/kernel/operation.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import type { SimulationCounts } from "../../../sim/simulation/simulation.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { faultWindow, nonZeroCounts, runFaults } from "./fault_rig.ts";

const IOS = 60;
const small = await faultWindow("randrw-70-30-4k", IOS);
const large = await faultWindow("128k-scattered", IOS);
/** I/Os that `every: 10` chooses of 60. */
const CHOSEN = [0, 10, 20, 30, 40, 50];
const LAYOUTS = ["page_offset", "phys_packed", "soa_phys_len", "rlist_16"];

/** The window's statuses: that one for the chosen, OK for all others. */
function statusesWith(status: number): number[] {
  return Array.from(
    { length: IOS },
    (_, io) => CHOSEN.includes(io) ? status : BLK_STS.ok,
  );
}

interface Case {
  readonly fault: Record<string, unknown>;
  readonly status?: number;
  readonly counts: Partial<SimulationCounts>;
  readonly window?: IoWindow;
  readonly depth?: number;
}

/** Each fault alone, on every tenth I/O. */
const CASES: Readonly<Record<string, Case>> = {
  "a mapping that fails twice is waited for": {
    fault: { kind: "mapping", times: 2 },
    counts: { requeues: 12 },
  },
  "the third mapping of a request fails": {
    fault: { kind: "mapping", nth: 3 },
    counts: { requeues: 6 },
    window: large,
  },
  "a descriptor list that is not there is waited for": {
    fault: { kind: "descriptor" },
    counts: { requeues: 6 },
    window: large,
  },
  "no tag: the submitter sleeps and then has one": {
    fault: { kind: "tag" },
    counts: { tagWaits: 6 },
  },
  "an error with do-not-retry ends the I/O at once": {
    fault: { kind: "status", status: "lba_range", retry: false },
    status: BLK_STS.target,
    counts: {},
  },
  "five errors are forgiven": {
    fault: { kind: "status", status: "internal", times: 5 },
    counts: { retries: 30 },
  },
  "the sixth error is not (nvme_max_retries)": {
    fault: { kind: "status", status: "read_error", times: 6 },
    status: BLK_STS.medium,
    counts: { retries: 30 },
  },
  "a status that has no name of its own is EIO": {
    fault: { kind: "status", status: "internal", times: 6 },
    status: BLK_STS.ioerr,
    counts: { retries: 30 },
  },
  "a time-out is aborted and the command tried again": {
    fault: { kind: "timeout", end: "aborted" },
    counts: { aborts: 6, retries: 6 },
  },
  "a command that is aborted six times fails": {
    fault: { kind: "timeout", end: "aborted", times: 6 },
    status: BLK_STS.ioerr,
    counts: { aborts: 36, retries: 30 },
  },
  "a command that no abort finds costs a reset": {
    fault: { kind: "timeout", end: "reset" },
    counts: { aborts: 6, resets: 6, retries: 6 },
    depth: 1,
  },
  "a completion without interrupt is polled for": {
    fault: { kind: "timeout", end: "polled" },
    counts: { polled: 6 },
    depth: 1,
  },
  "a completion with an unknown id is ignored": {
    fault: { kind: "completion", how: "unknown_id" },
    counts: { ignoredCompletions: 6, aborts: 6, resets: 6, retries: 6 },
    depth: 1,
  },
  "a completion of an older generation is ignored": {
    fault: { kind: "completion", how: "stale_id" },
    counts: { ignoredCompletions: 6, aborts: 6, resets: 6, retries: 6 },
    depth: 1,
  },
  "a completion with the wrong phase is never seen": {
    fault: { kind: "completion", how: "wrong_phase" },
    counts: { aborts: 6, resets: 6, retries: 6 },
    depth: 1,
  },
  "a second completion is ignored": {
    fault: { kind: "completion", how: "duplicate" },
    counts: { ignoredCompletions: 6 },
  },
  "a short transfer that is reported is tried again": {
    fault: { kind: "short", bytes: 1024 },
    counts: { retries: 6 },
  },
  "a short transfer that nobody reports is not known": {
    fault: { kind: "short", bytes: 1024, reported: false },
    counts: { silentShorts: 6 },
    window: large,
  },
  "completions out of order hurt nobody": {
    fault: { kind: "reorder", delay: "50us" },
    counts: {},
  },
};

for (const [name, one] of Object.entries(CASES)) {
  Deno.test(`createSimulatedReplay(): ${name}`, () => {
    for (const layout of LAYOUTS) {
      const { report, statuses } = runFaults(one.window ?? small, {
        layout,
        faults: [{ every: 10, ...one.fault }],
        ...(one.depth === undefined ? {} : { depth: one.depth }),
      });
      assertEquals(nonZeroCounts(report.counts), one.counts, layout);
      assertEquals(statuses, statusesWith(one.status ?? BLK_STS.ok), layout);
      assertEquals([report.rules[0]?.chosen, report.rules[0]?.injected], [
        6,
        6,
      ]);
      const failed = one.status === undefined ? 0 : 6;
      const bytes = one.window === large ? 131072 : 4096;
      assertEquals(report.verifiedBytes, (IOS - failed) * bytes);
    }
  });
}

Deno.test("createSimulatedReplay() fails mappings behind an IOMMU, too", () => {
  for (const kernel of ["6.1", "6.12", "7.2"]) {
    const { report } = runFaults(large, {
      faults: [{ kind: "mapping", every: 10, times: 3 }],
      more: {
        kernel,
        controller: { iommu: true },
        limits: nvmeLimits(7, { iommu: true }),
      },
    });
    assertEquals(report.statuses, { OK: IOS }, kernel);
    assertEquals(report.counts.requeues, 18, kernel);
  }
});
