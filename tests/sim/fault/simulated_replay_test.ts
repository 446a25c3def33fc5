import { assert, assertEquals, assertThrows } from "@std/assert";
import { BLK_STS, ERRNO } from "../../../sim/block/operation.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import type { SimulationCounts } from "../../../sim/fault/simulation.ts";
import { PLACEMENT_PRESETS } from "../../../sim/workload/placement_options.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { faultWindow, runFaults } from "./fault_rig.ts";

const IOS = 60;
/** Reads and writes of 4 KiB to 256 KiB, on host memory and P2P memory. */
const small = await faultWindow("randrw-70-30-4k", IOS);
const large = await faultWindow("128k-scattered", IOS);
const mixed = await faultWindow("64k-mixed", IOS, PLACEMENT_PRESETS["mixed"]);
/** I/Os that `every: 10` chooses of 60. */
const CHOSEN = [0, 10, 20, 30, 40, 50];
const LAYOUTS = ["page_offset", "phys_packed", "soa_phys_len", "rlist_16"];

/** Providers (index + 1) of an I/O's memory. */
function providersOf(window: IoWindow, io: number): number[] {
  return [
    ...window.provider.subarray(
      window.firstPiece[io],
      window.firstPiece[io + 1],
    ),
  ];
}

/** Counts that are not 0. */
function nonZero(counts: SimulationCounts): Partial<SimulationCounts> {
  return Object.fromEntries(
    Object.entries(counts).filter(([, count]) => count !== 0),
  );
}

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
      assertEquals(nonZero(report.counts), one.counts, layout);
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
  assertEquals(nonZero(report.counts), { aborts: 16, resets: 1, retries: 16 });
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

Deno.test("createSimulatedReplay() fails an I/O of several requests by its first", async () => {
  // 1 MiB in 256 pages: requests of 129 segments and 512 KiB at most.
  const window = await faultWindow(
    "seqwrite-1m",
    20,
    PLACEMENT_PRESETS["scattered"],
  );
  const { statuses, report, replay } = runFaults(window, {
    faults: [{ kind: "status", io: 7, status: "lba_range", retry: false }],
  });
  assertEquals(
    statuses,
    statuses.map((_, io) => io === 7 ? BLK_STS.target : BLK_STS.ok),
  );
  assert(replay.simulated.assembly.path.counts.splits >= 20);
  assertEquals(report.rules[0]?.hits, 1);
});

Deno.test("createSimulatedReplay() completes out of order, each with its own bytes", () => {
  const { ends, report } = runFaults(small, {
    faults: [{ kind: "reorder", every: 10, delay: "50us" }],
    frame: { device: "fixed:10us" },
  });
  const order = ends.map(({ io }) => io);
  assert(order.indexOf(10) > order.indexOf(11));
  assertEquals(report.statuses, { OK: IOS });
  assertEquals(ends.find(({ io }) => io === 10)?.latencyNs, 60_000);
  assertEquals(ends.find(({ io }) => io === 11)?.latencyNs, 10_000);
});

Deno.test("createSimulatedReplay() tells exactly which bytes a silent short read lacks", () => {
  const { ends } = runFaults(large, {
    faults: [{ kind: "short", io: 3, bytes: 4608, reported: false }],
  });
  assertEquals(ends.find(({ io }) => io === 3)?.missing, [
    { from: 4608, to: 131072 },
  ]);
  assertEquals(ends.filter(({ missing }) => missing.length > 0).length, 1);
});

Deno.test("createSimulatedReplay() hits the first request of an I/O that is split", () => {
  // MDTS 4: 64 KiB, two requests an I/O; the front is the first.
  const { ends, report } = runFaults(large, {
    faults: [{ kind: "short", io: 3, bytes: 512, reported: false }],
    more: { limits: nvmeLimits(4) },
  });
  assertEquals(report.counts.silentShorts, 1);
  assertEquals(ends.find(({ io }) => io === 3)?.missing, [
    { from: 512, to: 65536 },
  ]);
});

Deno.test("createSimulatedReplay() reads whole what a reset made it read again", () => {
  // Nothing behind a wrong phase is seen, a short transfer neither.
  for (const integrity of [false, true]) {
    const { ends, report } = runFaults(large, {
      faults: [
        { kind: "completion", io: 20, how: "wrong_phase" },
        { kind: "short", io: 21, reported: false },
      ],
      more: { controller: { integrity } },
    });
    assertEquals(report.statuses, { OK: IOS });
    assertEquals(report.counts.resets, 1);
    assertEquals(report.counts.silentShorts, 1);
    assertEquals(ends.filter(({ missing }) => missing.length > 0), []);
  }
});

Deno.test("createSimulatedReplay() finds missing bytes by their guards", () => {
  const { statuses, report } = runFaults(small, {
    faults: [{ kind: "short", every: 10, bytes: 512, reported: false }],
    more: { controller: { integrity: true } },
  });
  for (const [io, status] of statuses.entries()) {
    const isShortRead = CHOSEN.includes(io) && small.op[io] === 0;
    assertEquals(status, isShortRead ? BLK_STS.protection : BLK_STS.ok);
  }
  assert((report.statuses["EILSEQ"] ?? 0) > 0);
});

Deno.test("createSimulatedReplay() waits where a bounce pool is too small for all in flight", () => {
  // 16 requests of 128 KiB at once, 64 slots each of the pool's 256 (512 KiB).
  const { report } = runFaults(large, {
    depth: 16,
    faults: [{ kind: "bounce", io: 30 }],
    frame: { bouncePool: "512KiB", device: "fixed:10us" },
  });
  assertEquals(report.statuses, { OK: IOS });
  assertEquals(report.rules[0]?.injected, 1);
  assert(report.counts.requeues > IOS / 2);
});

Deno.test("createSimulatedReplay() ends what no completion can help, and leaks nothing", () => {
  // A 32-bit device, memory above 4 GiB, no pool: the kernel tries for ever.
  const { report } = runFaults(small, {
    more: { controller: { maskBits: 32 } },
  });
  assertEquals(report.statuses, { ENOMEM: IOS });
});

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

Deno.test("createSimulatedReplay() gives the same run for the same seed", () => {
  const run = (seed: number) => {
    const { report } = runFaults(small, {
      faults: [{ kind: "reorder", probability: 0.3 }, {
        kind: "status",
        probability: 0.2,
        status: "internal",
      }],
      frame: { seed, device: "channels:4,exp:20us" },
    });
    return [report.elapsedNs, report.counts, report.statusDigest];
  };
  assertEquals(run(1), run(1));
  assert(JSON.stringify(run(1)) !== JSON.stringify(run(2)));
});

Deno.test("createSimulatedReplay() notices a resource that is not given back", () => {
  assertThrows(
    () =>
      runFaults(small, {
        simulation: {
          onEnd: ({ io }) => {
            if (io === 30) throw new RangeError("lost");
          },
        },
      }),
    Error,
    "lost",
  );
});

Deno.test("createSimulatedReplay() meets its arrivals in open loop", () => {
  const { report, ends } = runFaults(small, {
    depth: 64,
    checksBytes: false,
    simulation: { arrivals: { kind: "even", perSecond: 100_000 } },
    frame: { device: "fixed:25us" },
    faults: [],
  });
  // One every 10 us, 25 us each, any number at a time.
  assertEquals(ends.map(({ latencyNs }) => latencyNs), ends.map(() => 25_000));
  assertEquals(report.elapsedNs, (IOS - 1) * 10_000 + 25_000);
});

Deno.test("createSimulatedReplay() has no more than depth in a closed loop", () => {
  const { ends, report } = runFaults(small, {
    depth: 8,
    checksBytes: false,
    frame: { device: "channels:1,det:10us" },
    faults: [],
  });
  // Eight at the start wait for 0 to 7 others, all later ones for 7.
  assertEquals(
    ends.map(({ latencyNs }) => latencyNs),
    ends.map((_, i) => Math.min(i + 1, 8) * 10_000),
  );
  assertEquals(report.elapsedNs, IOS * 10_000);
  assertEquals(report.utilisation, 1);
});

Deno.test("createSimulatedReplay() counts waiting for depth into the latency", () => {
  const { ends } = runFaults(small, {
    depth: 1,
    checksBytes: false,
    simulation: { arrivals: { kind: "even", perSecond: 100_000 } },
    frame: { device: "fixed:25us" },
    faults: [],
  });
  // Served one after the other: the n-th ends at 25 (n + 1), came at 10 n.
  assertEquals(
    ends.slice(0, 3).map(({ latencyNs }) => latencyNs),
    [25_000, 40_000, 55_000],
  );
});
