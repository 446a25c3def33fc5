import { assert, assertEquals } from "@std/assert";
import { warmUpOf } from "../../../bench/run/warm_up.ts";
import { createWindow, WINDOW_OP } from "../../../sim/workload/window.ts";
import { setupOf } from "../contender_rig.ts";

const LAYOUTS = ["page_offset", "phyr", "rlist_16", "soa_phys_len"];
const SETUPS = LAYOUTS.map((layout) => setupOf({ layout }));

/** A window of I/Os with a piece each. */
function windowOf(
  ios: number,
  lengthBytes: number,
  op: number = WINDOW_OP.read,
) {
  const window = createWindow({ ios, pieces: ios });
  window.counts.set([ios, ios]);
  window.op.fill(op);
  window.lengthBytes.fill(lengthBytes);
  window.pieceBytes.fill(lengthBytes);
  window.firstPiece.set(Array.from({ length: ios + 1 }, (_, io) => io));
  return window;
}

Deno.test("warmUpOf() takes the first I/Os and the last layouts, in JavaScript", () => {
  const native = SETUPS.map((one) => ({
    ...one,
    engine: { name: "native" as const },
  }));
  const flushes = windowOf(3, 0, WINDOW_OP.flush);
  const found = warmUpOf(native, [flushes, windowOf(100, 4096)]);
  assert(found !== undefined);
  assertEquals(
    found.setups.map(({ layout, engine }) => [layout, engine]),
    [["rlist_16", undefined], ["soa_phys_len", undefined]],
  );
  assertEquals([found.ios, found.verifyIos], [4, 4]);
  assertEquals(found.window.capacity, { ios: 4, pieces: 4 });
  const copy = createWindow(found.window.capacity, found.window.buffer);
  assertEquals([...copy.counts], [4, 4]);
  assertEquals([...copy.lengthBytes], [4096, 4096, 4096, 4096]);
});

Deno.test("warmUpOf() verifies 1 MiB at most", () => {
  const verified = (lengthBytes: number) =>
    warmUpOf(SETUPS, [windowOf(9, lengthBytes)])?.verifyIos;
  assertEquals(verified(1 << 18), 4);
  assertEquals(verified(1 << 19), 2);
  assertEquals(verified(1 << 21), 0);
});

Deno.test("warmUpOf() gives nothing for few layouts, or without I/Os", () => {
  const windows = [windowOf(9, 4096)];
  assertEquals(warmUpOf(SETUPS.slice(1), windows), undefined);
  assertEquals(warmUpOf(SETUPS, []), undefined);
  assertEquals(
    warmUpOf(SETUPS, [windowOf(9, 0, WINDOW_OP.flush)]),
    undefined,
  );
});
