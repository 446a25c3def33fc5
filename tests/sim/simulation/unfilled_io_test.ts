import { assertEquals, assertThrows } from "@std/assert";
import { BLK_STS, ERRNO } from "../../../sim/kernel/operation.ts";
import { changesKindInBlock } from "../../../sim/simulation/unfilled_io.ts";
import { WrongIoError } from "../../../sim/replay/replay.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { faultWindow, runFaults } from "./fault_rig.ts";

const IOS = 80;
const MIXED = { mixedIoShare: 1, unalignedShare: 1 };

/** Bytes up to the first change of kind inside a block; -1 for none. */
function firstChange(window: IoWindow, io: number): number {
  let bytes = 0;
  let before = -1;
  const end = window.firstPiece[io + 1] ?? 0;
  for (let i = window.firstPiece[io] ?? 0; i < end; i++) {
    const provider = window.provider[i] ?? 0;
    if (before >= 0 && provider !== before && bytes % 512 !== 0) return bytes;
    before = provider;
    bytes += window.pieceBytes[i] ?? 0;
  }
  return -1;
}

Deno.test("createSimulatedReplay() knows which I/Os no bio can be filled for", async () => {
  const window = await faultWindow("64k-mixed", IOS, {
    ...MIXED,
    unalignedBytes: 256,
  });
  // Before one whole block there is no bio: refused. Behind it one is on its
  // way, and the I/O ends with it.
  const wanted = Array.from({ length: IOS }, (_, io) => {
    const bytes = firstChange(window, io);
    return bytes < 0 ? BLK_STS.ok : bytes < 512 ? -ERRNO.fault : BLK_STS.ioerr;
  });
  for (
    const [layout, recognition] of [
      ["page_offset", "page"],
      ["phys_len", "bio"],
    ] as const
  ) {
    const { statuses, report } = runFaults(window, { layout, recognition });
    assertEquals(statuses, wanted, layout);
    assertEquals(report.ios, IOS);
  }
  // Starts are multiples of 256 from 1 to 15, half of them of 512, too.
  const count = (status: number) =>
    wanted.filter((found) => found === status).length;
  assertEquals(count(BLK_STS.ok) > 20 && count(BLK_STS.ioerr) > 20, true);
  // With a flag for each segment a bio takes both kinds.
  const flagged = runFaults(window, {
    layout: "phys_flags",
    recognition: "segment",
  });
  assertEquals(new Set(flagged.statuses), new Set([BLK_STS.ok]));
});

Deno.test("createSimulatedReplay() ends an unfilled I/O with its first error", async () => {
  const window = await faultWindow("64k-mixed", IOS, {
    ...MIXED,
    unalignedBytes: 256,
  });
  const { statuses } = runFaults(window, {
    faults: [{
      kind: "status",
      every: 1,
      status: "read_error",
      retry: false,
    }],
  });
  // The bio that could not be filled ended before any command came back.
  for (const [io, status] of statuses.entries()) {
    const bytes = firstChange(window, io);
    const wanted = bytes < 0
      ? BLK_STS.medium
      : bytes < 512
      ? -ERRNO.fault
      : BLK_STS.ioerr;
    assertEquals(status, wanted, `I/O ${io}`);
  }
});

Deno.test("createSimulatedReplay() refuses what has no reason in the I/O", async () => {
  // A queue without BLK_FEAT_PCI_P2PDMA: no plan and no I/O says so.
  const window = await faultWindow("1m-p2p", 2, { p2pIoShare: 1 });
  assertThrows(
    () => runFaults(window, { more: { settings: { p2p: false } } }),
    WrongIoError,
    "Cannot trust I/O 0: its memory was refused with EREMOTEIO, expected it " +
      "to be taken",
  );
});

Deno.test("changesKindInBlock() looks at every border of a block", async () => {
  const blocks = async (unalignedBytes: number, blockBytes: number) => {
    const window = await faultWindow("64k-mixed", IOS, {
      ...MIXED,
      unalignedBytes,
    });
    return Array.from(
      { length: IOS },
      (_, io) => changesKindInBlock(window, io, blockBytes),
    ).filter((found) => found).length;
  };
  assertEquals(await blocks(512, 512), 0);
  assertEquals(await blocks(2048, 4096), IOS);
  assertEquals(await blocks(2048, 2048), 0);
});
