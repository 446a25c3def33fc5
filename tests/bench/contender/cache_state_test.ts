import { assertEquals } from "@std/assert";
import {
  groupIosOf,
  sliceIosLike,
  sliceIosOf,
  sliceOf,
} from "../../../bench/contender/cache_state.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";

Deno.test("sliceIosOf() is 0.2 ms and 4 ms in C", () => {
  assertEquals(sliceIosOf("native", 1000, 300), {
    cold: 200,
    warm: 4000,
    group: 300,
  });
  // No I/O comes twice in a cold slice.
  assertEquals(sliceIosOf("native", 1000, 128).cold, 128);
  // Never nothing, however long an I/O takes.
  assertEquals(sliceIosOf("js", 1e9, 1), { cold: 1, warm: 1, group: 1 });
});

Deno.test("sliceIosLike() has both engines in the same cache states", () => {
  // JavaScript takes 4 times as long for the same I/Os.
  const js = sliceIosOf("js", 4000, 300);
  const native = sliceIosOf("native", 1000, 300);
  assertEquals(js, { cold: 200, warm: 1000, group: 300 });
  assertEquals(sliceIosLike("native", js), native);
  assertEquals(sliceIosLike("js", native), js);
});

/** A window of reads in so many pieces of 4 KiB each. */
function alike(ios: number, each: number): IoWindow {
  const window = createWindow({ ios, pieces: ios * each });
  window.counts.set([ios, ios * each]);
  window.lengthBytes.fill(each * 4096);
  window.pieceBytes.fill(4096);
  window.firstPiece.forEach((_, io) => window.firstPiece[io] = io * each);
  return window;
}

Deno.test("groupIosOf() has as many I/Os as 4096 segments are in", () => {
  assertEquals(groupIosOf(alike(4096, 32)), 128); // 128 KiB in 4 KiB pages
  assertEquals(groupIosOf(alike(8192, 1)), 4096);
  assertEquals(groupIosOf(alike(100, 1)), 100); // the window has no more
  assertEquals(groupIosOf(alike(2, 8192)), 1); // 32 MiB
});

Deno.test("groupIosOf() has all I/Os where some are not as others", () => {
  const changes: ((window: IoWindow) => void)[] = [
    ({ op }) => op[300] = 1,
    ({ lengthBytes }) => lengthBytes[300] = 512,
    ({ provider }) => provider[9000] = 1,
    ({ pieceBytes }) => pieceBytes[9000] = 512,
    ({ firstPiece }) => firstPiece[300] = 300 * 32 + 1,
  ];
  for (const change of changes) {
    const window = alike(512, 32);
    change(window);
    assertEquals(groupIosOf(window), 512);
  }
});

Deno.test("sliceOf() goes on in the group of the next build", () => {
  const lengths = { cold: 5, warm: 40, group: 10 };
  // Of the build behind two others.
  const own = { group: { first: 20, ios: 10 }, first: 90 };
  assertEquals(sliceOf("cold", lengths, 2), { ...own, ios: 5, leadIn: 0 });
  assertEquals(sliceOf("warm", lengths, 2), {
    ...own,
    ios: 40,
    leadIn: 0.25, // once through the group
    parts: 8,
    isProbed: true,
  });
  // Of a group that is long, not more.
  assertEquals(
    sliceOf("warm", { cold: 5, warm: 40, group: 1000 }, 0).leadIn,
    0.25,
  );
  assertEquals(
    sliceOf("warm", { cold: 5, warm: 40, group: 4 }, 0).leadIn,
    0.1,
  );
  // A file of an older lab tells no group: as many as a turn had then.
  assertEquals(sliceOf("cold", { cold: 5, warm: 40 }, 2).group, {
    first: 170,
    ios: 85,
  });
});
