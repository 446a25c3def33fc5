// When I/Os arrive in simulated time, and what of it is latency.
import { assertEquals } from "@std/assert";
import { faultWindow, runFaults } from "./fault_rig.ts";

const IOS = 60;
const small = await faultWindow("randrw-70-30-4k", IOS);

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
