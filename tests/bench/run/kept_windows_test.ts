import { assertEquals } from "@std/assert";
import { keptWindows, MOST_KEPT } from "../../../bench/run/kept_windows.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";

const open = (ios: number) =>
  openWorkload("randread-4k", {
    seed: 1,
    memoryMap: defaultMemoryMap(true),
    ios,
  });

Deno.test("keptWindows() keeps each window as it was when it was read", async () => {
  const capacity = { ios: 4, pieces: 8 };
  const windows = await keptWindows(await open(10), capacity) ?? [];
  assertEquals(windows.map(({ counts }) => counts[0]), [4, 4, 2]);
  const sectors: number[] = [];
  for await (const window of (await open(10)).windows(capacity)) {
    sectors.push(...window.sectorLo.subarray(0, window.counts[0]));
  }
  assertEquals(
    windows.flatMap(({ sectorLo }) => [...sectorLo.subarray(0)]),
    sectors,
  );
});

Deno.test("keptWindows() keeps nothing of a workload that is too long", async () => {
  // An I/O of 4 KiB has one piece.
  const capacity = { ios: 1 << 18, pieces: 1 << 18 };
  assertEquals(
    await keptWindows(await open(MOST_KEPT / 2 + 1), capacity),
    undefined,
  );
  const kept = await keptWindows(await open(MOST_KEPT / 2), capacity);
  assertEquals(kept?.length, 2);
});
