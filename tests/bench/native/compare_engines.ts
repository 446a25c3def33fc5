/**
 * Runs a workload on the DataView path and on the path in C and compares the
 * two arenas whole: every structure, list, ring and free list, byte for byte.
 */
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import type { Layout, Recognition } from "../../../layouts/layout.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { assemblePath, type AssemblyOptions } from "../../../sim/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../sim/machine.ts";
import { dataIos, replay } from "../../../sim/replay.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";
import type { PlacementOptions } from "../../../sim/workload/placement_options.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import {
  type NativeCounts,
  NativePath,
  type NativePathOptions,
} from "../../../bench/native/native_path.ts";

/** Builds in a quarter of the time; nothing here is timed. */
export const QUICK: NativePathOptions = { flags: ["-O0", "-DQUICK_BUILD"] };

/** The machine of all comparisons: 256 MiB and two BARs. */
export const MAP = defaultMemoryMap(true);

/** Options of a path of a layout by name, PRP only unless told. */
export function pathOptions(
  layout: string | Layout,
  recognition: Recognition,
  change: Partial<AssemblyOptions> = {},
): AssemblyOptions {
  return {
    layout: typeof layout === "string" ? findLayout(layout) : layout,
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition,
    limits: nvmeLimits(7),
    map: MAP,
    depth: 32,
    decode: false,
    ...change,
  };
}

/** The first window of a workload, copied so that it stays. */
export async function firstWindow(
  name: string,
  ios: number,
  placement?: Partial<PlacementOptions>,
): Promise<IoWindow> {
  const workload = await openWorkload(name, {
    seed: 1,
    memoryMap: MAP,
    ios,
    ...(placement === undefined ? {} : { placement }),
  });
  for await (const window of workload.windows({ ios, pieces: 1 << 15 })) {
    const copy = createWindow(window.capacity);
    new Uint8Array(copy.buffer).set(new Uint8Array(window.buffer));
    return copy;
  }
  throw new RangeError(`Cannot open "${name}": no I/Os, expected some`);
}

/** Runs windows on both engines, all of them twice, and compares. */
export async function compareEngines(
  options: AssemblyOptions,
  windows: readonly IoWindow[],
  native: NativePathOptions = QUICK,
): Promise<NativeCounts> {
  const js = assemblePath(options);
  const c = await NativePath.make(options, native);
  for (const window of [...windows, ...windows]) {
    const ios = dataIos(window);
    js.path.open(window);
    c.open(window);
    replay(js, window, ios);
    c.replay(window, ios);
  }
  const [expected, found] = [js, c.assembly].map(({ memory }) =>
    new Int32Array(memory.buffer, memory.baseBytes, memory.sizeBytes >> 2)
  ) as [Int32Array, Int32Array];
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at++;
  const region = js.memory.regions.find(({ offset, sizeBytes }) =>
    at * 4 >= offset && at * 4 < offset + sizeBytes
  );
  assertEquals(
    at,
    expected.length,
    `${options.layout.name}: ${region?.structure} differs at ${at * 4}: ` +
      `${found[at]}, expected ${expected[at]}`,
  );
  const counts = c.counts();
  const { lastErrno: _, requestMerges, ...expectedCounts } = js.path.counts;
  assertEquals(requestMerges, 0, "no scheduler is in C");
  assertEquals<unknown>(counts, expectedCounts);
  c.close();
  return counts;
}
