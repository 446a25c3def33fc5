import { assert, assertEquals, assertThrows } from "@std/assert";
import { BLK_STS } from "../../../sim/kernel/operation.ts";
import { PLACEMENT_PRESETS } from "../../../sim/workload/placement_options.ts";
import { faultWindow, runFaults } from "./fault_rig.ts";

const IOS = 60;
const small = await faultWindow("randrw-70-30-4k", IOS);
const large = await faultWindow("128k-scattered", IOS);

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
