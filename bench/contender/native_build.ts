/**
 * One build: a path in C for each contender, all in one process, each compiled
 * and placed by itself, with memory of its own. They take turns in slices, so
 * that what the machine does meets all of them alike.
 */
import { pathParts } from "../../sim/setup/path_setup.ts";
import type {
  BuildMemory,
  BuildSlice,
  ContenderSetup,
  SliceTime,
  WindowHandle,
} from "./contender_protocol.ts";
import { type CpuClockName, cpuClocks } from "../machine/cpu_clock.ts";
import { compileFixedWork } from "../machine/speed_probe.ts";
import { timeWindow } from "./time_window.ts";
import { timedNative, type TimedWindow } from "./timed_path.ts";
import { ArenaPool } from "../native/arena_pool.ts";
import { hugePageBytes } from "../native/huge_pages.ts";
import type { CompiledObject } from "../native/compile.ts";
import { NativePath } from "../native/native_path.ts";

export class NativeBuild {
  /** Memory of this build and of those after it. */
  readonly #arenas = new ArenaPool();
  /** What paths were compiled into, by their setup. */
  readonly #objects = new Map<string, CompiledObject>();
  #paths: { path: NativePath; window: TimedWindow }[] = [];

  /**
   * Begins a build: the paths of the one before are unloaded, and their memory
   * is dealt out again.
   *
   * @param seed Seed of who gets which memory.
   */
  restart(seed: number): void {
    for (const { path } of this.#paths) path.close();
    this.#paths = [];
    this.#arenas.reset(seed);
  }

  /**
   * Adds a path and opens a window on it.
   *
   * @throws {NativeEngineError} If it cannot be compiled or loaded.
   */
  async join(
    setup: ContenderSetup,
    options: { readonly window: WindowHandle; readonly scatterSeed: number },
  ): Promise<void> {
    const { window, scatterSeed } = options;
    // What is compiled from is the same in each build.
    const key = JSON.stringify(setup, bigintAsText);
    const object = this.#objects.get(key);
    const path = await NativePath.make(
      {
        ...pathParts(setup),
        decode: false,
        placeArena: this.#arenas.place,
        scatterSeed,
      },
      { ...setup.engine, object },
    );
    compileFixedWork();
    this.#objects.set(key, path.object);
    this.#arenas.touched(path.assembly.memory);
    this.#paths.push({ path, window: timedNative(path).open(window) });
  }

  memory(): BuildMemory {
    return {
      arenaBytes: this.#arenas.sizeBytes,
      hugePageBytes: hugePageBytes(),
    };
  }

  /**
   * Measures slices, one after another.
   *
   * @throws {RangeError} If a path has not joined.
   * @throws {WrongIoError} If an I/O did not end well.
   */
  time(slices: readonly BuildSlice[]): {
    readonly times: readonly SliceTime[];
    readonly clock: CpuClockName;
  } {
    const times = slices.map(({ path: index, ...slice }) => {
      const path = this.#paths[index];
      if (path === undefined) {
        throw new RangeError(
          `Cannot time path ${index}: ${this.#paths.length} joined the build, ` +
            "expected one of them",
        );
      }
      const { parts, probesNs } = timeWindow(path.window, slice);
      return probesNs === undefined ? { parts } : { parts, probesNs };
    });
    return { times, clock: cpuClocks().name };
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
