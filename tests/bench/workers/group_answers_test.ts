import { assertEquals } from "@std/assert";
import { LatencyRecorder } from "../../../bench/result/latency.ts";
import { groupObservation } from "../../../bench/workers/group_answers.ts";

/** What a submitter saw; all figures of both differ. */
function host(first: number) {
  return {
    ios: first,
    latencies: new LatencyRecorder().take(),
    // So many of size 1, and two of size 2.
    completionBatches: Int32Array.of(0, first, 2),
    occupancy: Int32Array.of(0, 0, first),
    shared: {
      lockAcquisitions: first + 1,
      lockContended: first + 2,
      sentRequests: first + 3,
      sentInterrupts: first + 4,
    },
    sleeps: first + 5,
    remoteFrees: first + 6,
  };
}

Deno.test("groupObservation() adds up each figure of its own", () => {
  const served = [
    { batches: Int32Array.of(9, 1, 1), sleeps: 1000 },
    { batches: Int32Array.of(0, 1, 0), sleeps: 2000 },
  ];
  assertEquals(groupObservation([host(100), host(200)], served), {
    ios: 300,
    latency: null,
    completionBatch: { count: 304, mean: (300 + 4 * 2) / 304, most: 2 },
    // How often nothing was found counts as batch of 0.
    commandBatch: { count: 12, mean: 4 / 12, most: 2 },
    ringOccupancy: { count: 300, mean: 2, most: 2 },
    ringEntries: 2,
    remoteFrees: 312,
    queueLock: { acquisitions: 302, contended: 304 },
    sent: { requests: 306, interrupts: 308 },
    submitterSleeps: 310,
    deviceSleeps: 3000,
  });
});

Deno.test("groupObservation() has no rings without devices, and no queues where none lie apart", () => {
  const seen = groupObservation([{ ...host(7), shared: null }], []);
  assertEquals(
    [
      ...[seen.completionBatch, seen.commandBatch, seen.ringOccupancy],
      ...[seen.ringEntries, seen.queueLock, seen.sent],
    ],
    Array(6).fill(null),
  );
  assertEquals([seen.ios, seen.deviceSleeps], [7, 0]);
});
