import { assertEquals, assertNotEquals } from "@std/assert";
import { createEmptyPath } from "../../../bench/contender/empty_path.ts";
import { EMPTY_PATHS } from "../../../bench/setup/empty_path_names.ts";
import { createWindow } from "../../../sim/workload/window.ts";

/** Three I/Os of two segments each. */
function window() {
  const made = createWindow({ ios: 3, pieces: 6 });
  for (let io = 0; io < 3; io++) {
    made.lengthBytes[io] = 100 * (io + 1);
    made.firstPiece[io] = 2 * io;
  }
  made.firstPiece[3] = 6;
  for (let piece = 0; piece < 6; piece++) made.physLo[piece] = 1 << piece;
  made.counts.set([3, 6]);
  return made;
}

const ALL = Int32Array.of(0, 1, 2);

Deno.test("createEmptyPath() noop touches each I/O that it is given", () => {
  const noop = createEmptyPath("noop", 4);
  noop.replay(window(), ALL);
  assertEquals(noop.sink(), 600);
  noop.replay(window(), Int32Array.of(1));
  assertEquals(noop.sink(), 800);
});

Deno.test("createEmptyPath() null_path reaps all that it read, at any depth", () => {
  // Segments at 1, 2, 4, ... 32 and no other bits: I/Os leave 3, 12 and 48.
  for (const depth of [1, 2, 3, 32]) {
    const path = createEmptyPath("null_path", depth);
    path.replay(window(), ALL);
    assertEquals(path.sink(), 63, `depth ${depth}`);
  }
});

Deno.test("createEmptyPath() null_path depends on every segment", () => {
  const changed = window();
  changed.pieceBytes[5] = 4096;
  const sinks = [window(), changed].map((from) => {
    const path = createEmptyPath("null_path", 2);
    path.replay(from, ALL);
    return path.sink();
  });
  assertNotEquals(sinks[0], sinks[1]);
});

Deno.test("EMPTY_PATHS are no layouts", async () => {
  const { layouts } = await import("../../../layouts/registry.ts");
  for (const name of EMPTY_PATHS) {
    assertEquals(layouts.some((layout) => layout.name === name), false);
  }
});
