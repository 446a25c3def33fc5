/**
 * What can be timed: a window that is open on a path, in whatever runs it.
 *
 * Opening is a step of its own. It lays the window out, registers its buffers,
 * maps them ahead and writes the tables that C reads; what it returns can only
 * replay I/Os, so none of that can happen while the clock runs. Whether an
 * engine keeps to this is counted (`opened`), not trusted.
 */
import type { Assembly } from "../../sim/setup/assembly.ts";
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import {
  createOpenCounts,
  type OpenCounts,
} from "../../sim/path/open_counts.ts";
import { dataIos, replayOpen } from "../../sim/replay/replay.ts";
import { createWindow } from "../../sim/workload/window.ts";
import type { WindowHandle } from "./contender_protocol.ts";
import type { EmptyReplay } from "./empty_path.ts";
import type { NativePath } from "../native/native_path.ts";

export interface TimedWindow {
  /** Its I/Os that move data. */
  readonly ios: Int32Array;
  /** Replays some of its I/Os, this many times. */
  readonly replay: (ios: Int32Array, passes: number) => void;
  /** I/Os that have ended well on the path so far. */
  readonly ended: () => number;
  /** What I/Os have taken and not given back, where that is counted. */
  readonly inUse: () => Readonly<Record<string, number>>;
  /** Something that depends on all that was replayed. */
  readonly sink: () => number;
  /** What opening windows has done on the path so far. */
  readonly opened: () => OpenCounts;
}

export interface TimedPath {
  readonly open: (handle: WindowHandle) => TimedWindow;
  /** The path's kernel memory, if there is a path. */
  readonly memory?: KernelMemory;
}

export function timedAssembly(assembly: Assembly): TimedPath {
  const { path } = assembly;
  const { counts } = path;
  return {
    memory: assembly.memory,
    open: (handle) => {
      const window = createWindow(handle.capacity, handle.buffer);
      path.open(window);
      return {
        ios: dataIos(window),
        replay: (ios, passes) => {
          for (let pass = 0; pass < passes; pass++) {
            replayOpen(path, window, ios);
          }
        },
        ended: () => counts.ios - counts.errors,
        inUse: path.balance,
        sink: () => counts.segments,
        opened: () => ({ ...path.opened }),
      };
    },
  };
}

export function timedNative(native: NativePath): TimedPath {
  return {
    memory: native.assembly.memory,
    open: (handle) => {
      const window = createWindow(handle.capacity, handle.buffer);
      native.open(window);
      return {
        ios: dataIos(window),
        replay: (ios, passes) => native.replay(window, ios, passes),
        ended: () => {
          const { ios, errors } = native.counts();
          return ios - errors;
        },
        // The path in C counts none of what it has in use.
        inUse: () => ({}),
        sink: () => native.counts().segments,
        opened: () => ({ ...native.assembly.path.opened }),
      };
    },
  };
}

/** Times no path at all. */
export function timedEmpty(empty: EmptyReplay): TimedPath {
  let ended = 0;
  const opened = createOpenCounts();
  return {
    open: (handle) => {
      const window = createWindow(handle.capacity, handle.buffer);
      opened.windows++;
      return {
        ios: dataIos(window),
        replay: (ios, passes) => {
          for (let pass = 0; pass < passes; pass++) empty.replay(window, ios);
          ended += ios.length * passes;
        },
        ended: () => ended,
        inUse: () => ({}),
        sink: empty.sink,
        opened: () => ({ ...opened }),
      };
    },
  };
}
