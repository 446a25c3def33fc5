/** That a reference which is not given back, or given back twice, is told. */
import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { HeldPages } from "../../../sim/replay/held_pages.ts";
import { dataIos, WrongIoError } from "../../../sim/replay/replay.ts";
import { createSimulatedReplay } from "../../../sim/simulation/simulated_replay.ts";
import { createWindow } from "../../../sim/workload/window.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { smallMap } from "../small_map.ts";

const IOS = 4;

async function opened() {
  const map = smallMap(true);
  const replay = createSimulatedReplay({
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    ...{ kernel: "7.2", recognition: "page", depth: 4, decode: true, map },
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
  });
  const workload = await openWorkload("64k-mixed", {
    ...{ seed: 1, ios: IOS, memoryMap: map },
    placement: { poolBytes: 8 << 20 },
  });
  for await (const window of workload.windows({ ios: IOS, pieces: 999 })) {
    return { replay, window, pages: replay.simulated.assembly.pages };
  }
  throw new Error("no window");
}

Deno.test("HeldPages counts pages with one reference more or less", async () => {
  const { window, pages } = await opened();
  const held = new HeldPages(pages);
  const left = () => Object.values(held.balance());
  assertEquals(left(), [0]);
  held.begin(window);
  assertEquals(left(), [0]);
  const last = (window.counts[1] ?? 0) - 1;
  const [first, other] = [0, last].map((piece) =>
    pages.pageOf(window.physLo[piece] ?? 0, window.physHi[piece] ?? 0)
  ) as [number, number];
  pages.getReference(first);
  assertEquals(left(), [1]);
  pages.putReference(other);
  assertEquals(left(), [2]);
  pages.putReference(first);
  pages.getReference(other);
  assertEquals(left(), [0]);
});

Deno.test("HeldPages counts each page that a piece reaches into, and no other", async () => {
  const { pages } = await opened();
  const window = createWindow({ ios: 1, pieces: 1 });
  window.counts.set([1, 1]);
  window.physHi[0] = 1;
  // The last 512 bytes of a page, one page, and the first 512 of a third.
  window.physLo[0] = 0x3e00;
  window.pieceBytes[0] = 5120;
  const held = new HeldPages(pages);
  held.begin(window);
  for (const [page, found] of [[2, 0], [3, 1], [4, 2], [5, 3], [6, 3]]) {
    pages.getReference(pages.pageOf((page ?? 0) * 4096, 1));
    assertEquals(Object.values(held.balance()), [found], `page ${page}`);
  }
});

Deno.test("a replay fails if an I/O keeps a reference on a page", async () => {
  const { replay, window, pages } = await opened();
  replay.replay(window, { ios: dataIos(window), firstIo: 0 });
  const [lo, hi] = [window.physLo[0] ?? 0, window.physHi[0] ?? 0];
  const { simulated } = replay;
  const { submit } = simulated;
  let isKept = false;
  Object.assign(simulated, {
    submit: (...args: Parameters<typeof submit>) => {
      if (!isKept) pages.getReference(pages.pageOf(lo, hi));
      isKept = true;
      return submit(...args);
    },
  });
  assertThrows(
    () => replay.replay(window, { ios: dataIos(window), firstIo: 4 }),
    WrongIoError,
    "Cannot trust the I/Os from 4 on: 1 of pages with other references still " +
      "in use after them, expected 0",
  );
});
