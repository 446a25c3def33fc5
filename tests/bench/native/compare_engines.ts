/**
 * Runs a workload on the DataView path and on the path in C and compares the
 * two: every access to kernel memory in its order, and behind each window the
 * arenas whole, every structure, list, ring and free list, byte for byte.
 */
import { Buffer } from "node:buffer";
import { assertEquals, AssertionError } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import type { Layout } from "../../../layouts/layout.ts";
import { findLayout } from "../../../layouts/registry.ts";
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import {
  defaultMemoryMap,
  type MemoryMap,
} from "../../../sim/memory/memory_map.ts";
import { OWN_WORDS } from "../../../sim/memory/own_words.ts";
import type { AccessBatch } from "../../../sim/trace/access_batch.ts";
import { KeptTracer } from "../../../sim/trace/kept_tracer.ts";
import { dataIos } from "../../../sim/replay/replay.ts";
import { type TracedPath, tracePath } from "../../../sim/replay/traced_path.ts";
import { copyWindow, type IoWindow } from "../../../sim/workload/window.ts";
import type { PlacementOptions } from "../../../sim/workload/placement_options.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import {
  type NativeCounts,
  NativePath,
  type NativePathOptions,
  TRACE_FLAG,
} from "../../../bench/native/native_path.ts";
import {
  AccessStream,
  AccessWords,
  DRAIN,
  firstDifference,
} from "./access_stream.ts";
import type { Recognition } from "../../../sim/recognition/recognition_registry.ts";

/** Builds in a quarter of the time; nothing here is timed. */
export const QUICK: NativePathOptions = { flags: ["-O0", "-DQUICK_BUILD"] };

/** The same, and every access is written down. */
export const TRACED: NativePathOptions = {
  flags: [...QUICK.flags ?? [], TRACE_FLAG],
};

const MIB = 1 << 20;
const WHOLE = defaultMemoryMap(true);
/**
 * The machine of most comparisons: the usual one with less memory, of whose
 * struct pages all are compared byte by byte. 96 MiB hold each preset's pool.
 */
export const MAP: MemoryMap = {
  ...WHOLE,
  dram: WHOLE.dram.map((range) => ({ ...range, sizeBytes: 96 * MIB })),
  providers: WHOLE.providers.map((bar) => ({ ...bar, sizeBytes: 16 * MIB })),
};

/** Accesses before one that differs, for its message. */
const CONTEXT = 4;

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
    return copyWindow(window);
  }
  throw new RangeError(`Cannot open "${name}": no I/Os, expected some`);
}

/** A traced path of such options; none decodes what it traces. */
export function tracedPath(
  { decode: _decode, ...options }: AssemblyOptions,
  consume: (batch: AccessBatch) => void,
  kept?: KeptTracer,
): TracedPath {
  return tracePath(options, consume, kept);
}

/** Recorder and memory of one comparison's path after the other. */
const kept = new KeptTracer();

/**
 * Runs windows on both engines, all of them twice, and compares.
 *
 * @param options What both paths are put together from.
 * @param windows The windows.
 * @param native How C is built; accesses are compared if it traces.
 * @returns What went through the path in C.
 */
export async function compareEngines(
  options: AssemblyOptions,
  windows: readonly IoWindow[],
  native: NativePathOptions = TRACED,
): Promise<NativeCounts> {
  const { counts, difference } = await runEngines(options, windows, {
    native,
  });
  if (difference !== undefined) throw new AssertionError(difference);
  return counts;
}

/** The same; a difference is an answer, and C may have options of its own. */
export async function runEngines(
  options: AssemblyOptions,
  windows: readonly IoWindow[],
  { native = TRACED, inC = {} }: {
    native?: NativePathOptions;
    inC?: Partial<AssemblyOptions>;
  } = {},
): Promise<{ counts: NativeCounts; difference?: string }> {
  let consume: (batch: AccessBatch) => void = () => {};
  // Memory is compared, byte by byte: C has all links from the start.
  const linked = { ...options, linksAtOnce: true };
  const js = tracedPath(
    linked,
    (batch) => consume(batch),
    // What places its arena lies where it says.
    options.placeArena === undefined ? kept : undefined,
  );
  const c = await NativePath.make({ ...options, ...inC }, native);
  const isTraced = native.flags?.includes(TRACE_FLAG) ?? false;
  const words = new AccessWords(js.assembly.memory, js.parts, {
    options,
    codec: js.assembly.codec,
  });
  try {
    for (const [number, window] of [...windows, ...windows].entries()) {
      const ios = dataIos(window);
      const expected = new AccessStream();
      consume = (batch) => expected.take(batch);
      replayTraced(js, window, { ios, stream: expected });
      c.open(window);
      const found = new AccessStream();
      // What C does beyond the other is still counted, and told.
      found.words = new Uint32Array(expected.count * 2);
      if (isTraced) c.traceInto(found.words);
      c.replay(window, ios);
      if (isTraced) {
        found.count = Math.min(c.tracedCount(), expected.count);
        const at = firstDifference(found, expected) ??
          (c.tracedCount() === expected.count ? undefined : {
            io: DRAIN,
            position: found.count,
            index: found.count,
          });
        if (at !== undefined) {
          return {
            counts: c.counts(),
            difference: `window ${number}: ` + describe(at, {
              found,
              expected,
              words,
              options,
            }),
          };
        }
      }
      // The values: what the next window writes over is not seen behind it.
      const difference = compareState(js, c, options);
      if (difference !== undefined) {
        return {
          counts: c.counts(),
          difference: `window ${number}: ${difference}`,
        };
      }
    }
    return { counts: c.counts() };
  } finally {
    c.close();
  }
}

/** Replays as `replay()` does, and marks where each I/O begins. */
export function replayTraced(
  { assembly: { path }, record, flush }: TracedPath,
  window: IoWindow,
  { ios, stream }: { ios: Int32Array; stream: AccessStream },
): void {
  path.open(window);
  record(true);
  for (const io of ios) {
    flush();
    stream.begin(io);
    path.submit(window, io);
  }
  flush();
  stream.begin(DRAIN);
  path.drain();
  record(false);
}

function describe(
  at: { io: number; position: number; index: number },
  from: {
    found: AccessStream;
    expected: AccessStream;
    words: AccessWords;
    options: AssemblyOptions;
  },
): string {
  const { found, expected, words, options } = from;
  const before = Array.from(
    { length: Math.min(CONTEXT, at.index) },
    (_, i) => at.index - Math.min(CONTEXT, at.index) + i,
  );
  return [
    `${options.layout.name} by ${options.recognition}, ` +
    (at.io === DRAIN ? "drain" : `I/O ${at.io}`) +
    `, access ${at.position}: C has`,
    `    ${words.of(found, at.index)}, the DataView path`,
    `    ${words.of(expected, at.index)}, behind`,
    ...before.map((index) => `    ${words.of(expected, index)}`),
  ].join("\n");
}

/** What differs in the arenas or the counts. */
function compareState(
  { assembly: js }: TracedPath,
  c: NativePath,
  options: AssemblyOptions,
): string | undefined {
  // In one call: arenas of 20 MB are compared a thousand times. Own words of
  // the DataView path are variables of the path in C.
  const { from, to } = OWN_WORDS;
  const parts = ([start, end]: readonly [number, number]) =>
    [js, c.assembly].map(({ memory }) =>
      Buffer.from(memory.buffer, memory.baseBytes + start, end - start)
    ) as [Buffer, Buffer];
  const { sizeBytes } = js.memory;
  const same = ([[0, from], [to, sizeBytes]] as const).every((part) => {
    const [whole, own] = parts(part);
    return whole.equals(own);
  });
  if (!same) {
    const [expected, found] = [js, c.assembly].map(({ memory }) =>
      new Int32Array(memory.buffer, memory.baseBytes, memory.sizeBytes >> 2)
    ) as [Int32Array, Int32Array];
    const at = expected.findIndex((word, index) =>
      word !== found[index] && (index * 4 < from || index * 4 >= to)
    );
    const region = js.memory.regions.find(({ offset, sizeBytes }) =>
      at * 4 >= offset && at * 4 < offset + sizeBytes
    );
    return `${options.layout.name}: ${region?.structure} differs at ` +
      `${at * 4}: ${found[at]}, expected ${expected[at]}`;
  }
  const { lastErrno: _, requestMerges, ...counts } = js.path.counts;
  assertEquals(requestMerges, 0, "no scheduler is in C");
  assertEquals<unknown>(c.counts(), counts);
  return undefined;
}
