import { assertEquals, assertRejects } from "@std/assert";
import { Contender } from "../../../bench/contender/contender.ts";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import { auditCell } from "../../../bench/run/audit_cell.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";
import { openWorkload, type Workload } from "../../../sim/workload/workload.ts";
import { setupOf } from "../contender_rig.ts";
import { faulty } from "../guards/faulty_module.ts";

const PAGE = 4096;

/** Reads of so many pages each, 8 KiB apart, the first at `physHi` * 4 GiB. */
function windowOf(pages: readonly number[], physHi = 1): IoWindow {
  const window = createWindow({
    ios: pages.length,
    pieces: pages.reduce((sum, count) => sum + count, 0),
  });
  window.counts.set([pages.length, window.capacity.pieces]);
  let piece = 0;
  for (const [io, count] of pages.entries()) {
    window.sectorLo[io] = io * 1024;
    window.lengthBytes[io] = count * PAGE;
    for (let i = 0; i < count; i++) {
      window.physHi[piece] = physHi;
      window.physLo[piece] = piece * 2 * PAGE;
      window.pieceBytes[piece] = PAGE;
      window.provider[piece] = physHi === 1 ? 0 : 1;
      piece++;
    }
    window.firstPiece[io + 1] = piece;
  }
  return window;
}

/** A workload of just these windows. */
async function workloadOf(windows: readonly IoWindow[]): Promise<Workload> {
  const preset = await openWorkload("4k-hot", {
    seed: 1,
    memoryMap: setupOf().map,
    ios: 1,
  });
  return {
    ...preset,
    name: "by hand",
    windows: async function* () {
      yield* windows;
    },
  };
}

/** Audits layouts in workers of their own, each from its module. */
async function audit(
  windows: readonly IoWindow[],
  modules: Readonly<Record<string, URL | undefined>>,
  isKept = false,
) {
  const contenders = new Map<string, Contender>();
  const done: number[] = [];
  try {
    for (const [layout, module] of Object.entries(modules)) {
      contenders.set(
        layout,
        await Contender.start(setupOf({ layout }), {
          ...(module === undefined ? {} : { module }),
        }),
      );
    }
    const cell = await auditCell(await workloadOf(windows), {
      contenders,
      traces: false,
      ...(isKept ? { windows } : {}),
      onProgress: (ios) => done.push(ios),
    });
    return { cell, done };
  } finally {
    for (const contender of contenders.values()) contender.stop();
  }
}

Deno.test("auditCell() counts over all windows, and times the first", async () => {
  const { cell, done } = await audit(
    [windowOf([1, 1, 1]), windowOf([4]), windowOf([8, 8])],
    { page_offset: undefined, phys_len: undefined },
  );
  assertEquals(done, [3, 4, 6]);
  assertEquals(cell.windowIos, 3);
  // 3 x 1 + 4 + 2 x 8 segments, no two of which are neighbours, of 6 I/Os.
  const [one, other] = ["page_offset", "phys_len"].map((name) =>
    cell.contenders.get(name)
  );
  assertEquals(one?.counts.dmaSegmentsPerIo, 23 / 6);
  assertEquals(one?.digest, other?.digest);
  // Bytes of the first window alone are checked.
  assertEquals(one?.verifiedBytes, 3 * PAGE);
});

Deno.test("auditCell() leaves out a layout that cannot hold a later window", async () => {
  // rlist_8 reaches to 2^44; the BAR of the third window lies above that.
  const { cell } = await audit(
    [windowOf([1, 1]), windowOf([2]), windowOf([1], 0x3c00)],
    { page_offset: undefined, rlist_8: undefined },
  );
  assertEquals([...cell.contenders.keys()], ["page_offset"]);
  assertEquals(cell.unfit.map(({ name }) => name), ["rlist_8"]);
  assertEquals(
    cell.contenders.get("page_offset")?.counts.dmaSegmentsPerIo,
    5 / 4,
  );
});

Deno.test("auditCell() finds in windows that stay what it finds one by one", async () => {
  const windows = [windowOf([1, 1, 1]), windowOf([4]), windowOf([8, 8])];
  const layouts = Object.fromEntries(
    ["page_offset", "rlist_16"].map((layout) => [layout, undefined]),
  );
  const one = await audit(windows, layouts);
  const all = await audit(windows, layouts, true);
  assertEquals(all.done, [6]);
  assertEquals(all.cell.contenders, one.cell.contenders);
  assertEquals(all.cell.windowIos, one.cell.windowIos);
  // Nothing is copied: the first window is the one that is timed.
  assertEquals(all.cell.window.buffer === windows[0]?.buffer, true);
});

Deno.test("auditCell() names the I/O that is wrong in windows that stay", async () => {
  await assertRejects(
    () =>
      audit([windowOf([1, 1, 1]), windowOf([128])], {
        page_offset: undefined,
        phys_len: faulty("short requests", "phys_len"),
      }, true),
    WrongAnswerError,
    "differ from I/O 3 on",
  );
});

Deno.test("auditCell() names the I/O of a later window that is wrong", async () => {
  // The faulty worker makes short requests: one page is not long enough.
  await assertRejects(
    () =>
      audit([windowOf([1, 1, 1]), windowOf([128])], {
        page_offset: undefined,
        phys_len: faulty("short requests", "phys_len"),
      }),
    WrongAnswerError,
    'Cannot compare layouts "page_offset" and "phys_len": their commands ' +
      "differ from I/O 3 on",
  );
});
