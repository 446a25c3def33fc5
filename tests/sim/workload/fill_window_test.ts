import { assertEquals, assertThrows } from "@std/assert";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { BatchBuilder } from "../../../sim/workload/batch.ts";
import { clearWindow, fillWindow } from "../../../sim/workload/fill_window.ts";
import { Placement } from "../../../sim/workload/placement.ts";
import { createWindow, WINDOW_OP } from "../../../sim/workload/window.ts";

const MAP = defaultMemoryMap(true);
const MIB = 1 << 20;

Deno.test("fillWindow() cuts an I/O above the limit and counts it", () => {
  const placement = new Placement("huge", { seed: 1, memoryMap: MAP });
  const window = createWindow({ ios: 2, pieces: 64 });
  const rows = new BatchBuilder();
  rows.add(WINDOW_OP.write, 2 ** 42, 20 * MIB, 0);
  rows.add(WINDOW_OP.flush, 0, 0, 0);
  const position = { row: 0, doneBytes: 0 };
  const options = { placement, position, tally: rows.tally };
  assertEquals(fillWindow(window, rows, options), true);
  assertEquals([...window.lengthBytes], [8 * MIB, 8 * MIB]);
  // 2^42 / 512 = 2^33 sectors: 2 in the high word; 8 MiB are 16384 sectors.
  assertEquals([...window.sectorHi], [2, 2]);
  assertEquals([...window.sectorLo], [0, 16384]);
  clearWindow(window);
  assertEquals(fillWindow(window, rows, options), false);
  assertEquals([...window.lengthBytes], [4 * MIB, 0]);
  assertEquals([...window.op], [WINDOW_OP.write, WINDOW_OP.flush]);
  assertEquals(window.firstPiece[2], window.firstPiece[1]); // no buffer
  assertEquals(rows.tally.cut, 1);
});

Deno.test("fillWindow() refuses an I/O that no window could hold", () => {
  const placement = new Placement("scattered", { seed: 1, memoryMap: MAP });
  const rows = new BatchBuilder();
  rows.add(WINDOW_OP.read, 0, MIB, 0);
  assertThrows(
    () =>
      fillWindow(createWindow({ ios: 4, pieces: 255 }), rows, {
        placement,
        position: { row: 0, doneBytes: 0 },
        tally: rows.tally,
      }),
    RangeError,
    "Cannot place an I/O of 1048576 bytes: found a window of 255 pieces, " +
      "expected at least 256",
  );
});
