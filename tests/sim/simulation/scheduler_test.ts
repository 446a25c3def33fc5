import { assertEquals } from "@std/assert";
import { kernelProfiles } from "../../../sim/kernel/profile.ts";
import { faultWindow, runFaults } from "./fault_rig.ts";

const IOS = 120;
const window = await faultWindow("randrw-70-30-4k", IOS);
const HELD = { scheduler: "mq-deadline", driverTags: 2, tags: 64 } as const;

/** First sectors of the requests, in the order of issue. */
function order(device: string, kernel: string, fifoBatch: number): number[] {
  const sectors: number[] = [];
  const { report } = runFaults(window, {
    depth: 32,
    frame: { device },
    faults: [],
    checksBytes: false,
    more: {
      kernel,
      settings: { ...HELD, driverTags: 1, fifoBatch },
      probe: {
        event: (event, { sectorLo }) => {
          if (event === "D") sectors.push(sectorLo);
        },
      },
    },
  });
  assertEquals(report.ios, IOS);
  return sectors;
}

Deno.test("a scheduler's deadlines pass in simulated time", () => {
  for (const kernel of kernelProfiles) {
    // A device of 1 us lets nothing expire in the time of 120 I/Os, one of 1 s
    // nearly all: reads have half a second.
    const young = order("fixed:1us", kernel, 1);
    assertEquals(order("fixed:2us", kernel, 1), young);
    const old = order("fixed:1s", kernel, 1);
    assertEquals(old.toSorted(), young.toSorted());
    assertEquals(old.join() === young.join(), false, kernel);
    // A batch goes on, whatever has expired.
    const batch = (device: string) => order(device, kernel, 1000);
    assertEquals(batch("fixed:1us"), batch("fixed:2us"));
  }
});

Deno.test("errors are handled below a scheduler, and what waits goes on", () => {
  for (const kernel of kernelProfiles) {
    const { report, statuses } = runFaults(window, {
      depth: 32,
      faults: [
        { kind: "mapping", every: 7, nth: 1 },
        { kind: "tag", every: 5 },
        { kind: "status", every: 11, status: "internal", retry: true },
        { kind: "timeout", io: 12, end: "reset" },
      ],
      more: { kernel, settings: HELD },
    });
    assertEquals(report.ios, IOS);
    assertEquals(statuses.every((status) => status === 0), true, kernel);
    assertEquals(report.counts.resets, 1);
  }
});
