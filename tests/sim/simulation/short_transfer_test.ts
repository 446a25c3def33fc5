// Short transfers that nobody reports: which bytes lack, and who notices.
import { assert, assertEquals } from "@std/assert";
import { BLK_STS } from "../../../sim/kernel/operation.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { faultWindow, runFaults } from "./fault_rig.ts";

const IOS = 60;
const small = await faultWindow("randrw-70-30-4k", IOS);
const large = await faultWindow("128k-scattered", IOS);
/** I/Os that `every: 10` chooses of 60. */
const CHOSEN = [0, 10, 20, 30, 40, 50];

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
