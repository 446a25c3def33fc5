/**
 * The path in C over the arena of an assembled path: compiled for its layout
 * and recognition, loaded through Deno FFI, working on the same bytes.
 */
import type { Assembly, AssemblyOptions } from "../../sim/setup/assembly.ts";
import { assemblePath } from "../../sim/setup/assembly.ts";
import type { PathCounts } from "../../sim/path/path_counts.ts";
import { notOpen } from "../../sim/path/path.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import {
  type CompiledObject,
  compileObject,
  type CompileOptions,
} from "./compile.ts";
import { linkAt, TEXT_PLACES } from "./link_at.ts";
import { NativeEngineError } from "./error.ts";
import { loadObject, type PathObject } from "./load_object.ts";
import { type AssembledPath, columnsOf, placesOf } from "./places.ts";
import { pathSources } from "./path_sources.ts";
import { rangesOf } from "./ranges.ts";
import { refuseNative } from "./refusal.ts";

/** Counts of `path_counts()`, in its order. */
const NATIVE_COUNTS = [
  "ios",
  "bios",
  "requests",
  "segments",
  "physicalSegments",
  "dmaSegments",
  "merges",
  "splits",
  "errors",
] as const satisfies readonly (keyof PathCounts)[];

/** What went through a path in C. */
export type NativeCounts = Pick<PathCounts, typeof NATIVE_COUNTS[number]>;

export interface CompilePathOptions extends CompileOptions {
  /**
   * Which build: to which of `TEXT_PLACES` the code is moved; default: where
   * the linker places it.
   */
  readonly build?: number | undefined;
}

export interface NativePathOptions extends CompilePathOptions {
  /**
   * Whether commands go to the assembly's own device, such as a decoding one,
   * and not to the null device in C.
   */
  readonly usesDevice?: boolean | undefined;
  /** What it was compiled into before; compiled now if absent. */
  readonly object?: CompiledObject | undefined;
}

/**
 * @param options Compiler, flags, cache, build.
 * @throws {NativeEngineError} If it cannot be compiled.
 */
async function compilePath(
  assembled: AssembledPath,
  options: CompilePathOptions = {},
): Promise<CompiledObject> {
  const { build } = options;
  const sources = { files: await pathSources(assembled), main: "path.c" };
  return build === undefined
    ? await compileObject(sources, options)
    : await linkAt(build % TEXT_PLACES, sources, options);
}

/** The flag of a build that writes its accesses down (`traceInto()`). */
export const TRACE_FLAG = "-DBVEC_TRACE";

export class NativePath {
  /** The assembly whose arena it works on. */
  readonly assembly: Assembly;
  readonly object: CompiledObject;
  readonly #library: PathObject;
  readonly #callback: Deno.UnsafeCallback | undefined;
  readonly #counts = new BigUint64Array(NATIVE_COUNTS.length);
  #window: IoWindow | undefined;
  /** Addresses of the window's columns, which C reads. */
  #addresses = new BigUint64Array(0);
  /** The columns themselves, so that they stay where they are. */
  #columns: readonly (Int32Array | Uint8Array)[] = [];
  #failure: unknown;
  /** Where a tracing build writes; kept, so that it stays where it is. */
  #records = new Uint32Array(0);

  private constructor(
    { assembly, options }: AssembledPath,
    loaded: { object: CompiledObject; library: PathObject },
    usesDevice: boolean,
  ) {
    this.assembly = assembly;
    this.object = loaded.object;
    this.#library = loaded.library;
    this.#callback = usesDevice
      ? new Deno.UnsafeCallback({ parameters: [], result: "i32" }, () => {
        // Nothing may be thrown through C: replay() does it afterwards.
        try {
          assembly.device.process();
          return 0;
        } catch (error) {
          this.#failure = error;
          return -1;
        }
      })
      : undefined;
    const places = Object.values(placesOf({ assembly, options }));
    loaded.library.symbols.path_open(
      Deno.UnsafePointer.of(assembly.memory.bytes()),
      BigUint64Array.from(places, BigInt),
      rangesOf({ assembly, options }),
      this.#callback?.pointer ?? null,
    );
  }

  /**
   * Assembles a path and builds its twin in C.
   *
   * @param native Compiler, flags, cache, build, device.
   * @throws {NativeEngineError} If the native path does not cover the options,
   *   or if it cannot be compiled or loaded.
   */
  static async make(
    options: AssemblyOptions,
    native: NativePathOptions = {},
  ): Promise<NativePath> {
    refuseNative(options);
    const assembly = assemblePath({ ...options, linksAtOnce: true });
    const assembled = { assembly, options };
    const object = native.object ?? await compilePath(assembled, native);
    const library = await loadObject(object.path);
    return new NativePath(
      assembled,
      { object, library },
      native.usesDevice ?? false,
    );
  }

  /**
   * Sends I/Os of the open window through the path, as many in flight as it
   * allows.
   *
   * @param ios Indexes of the I/Os.
   * @throws {TypeError} If the window is not open.
   */
  replay(window: IoWindow, ios: Int32Array, passes = 1): void {
    if (this.#window !== window) throw notOpen(ios[0] ?? 0);
    const result = this.#library.symbols.path_replay(
      this.#addresses,
      Deno.UnsafePointer.of(ios as Int32Array<ArrayBuffer>),
      ios.length,
      passes,
    );
    if (result !== 0) throw this.#failure;
  }

  /** What went through the path. */
  counts(): NativeCounts {
    this.#library.symbols.path_counts(this.#counts);
    return Object.fromEntries(
      NATIVE_COUNTS.map((name, index) => [name, Number(this.#counts[index])]),
    ) as NativeCounts;
  }

  /**
   * Has accesses written down from now on, where the build does so
   * (`TRACE_FLAG`): two words each, the offset in the arena and `sizeBytes |
   * isWrite << 4 | stage << 5`, the stage by its index in `STAGES`. A size of
   * 0 says which I/O of the window begins, or 2^32 - 1 that all is to complete.
   *
   * @param records Room for them, for an even number of words.
   * @throws {NativeEngineError} If the build does not trace.
   */
  traceInto(records: Uint32Array<ArrayBuffer>): void {
    const trace = this.#library.symbols.path_trace;
    if (trace === null) {
      throw new NativeEngineError(
        `Cannot trace the path in C: it was compiled without ${TRACE_FLAG}, ` +
          `expected it among its flags`,
      );
    }
    this.#records = records;
    trace(Deno.UnsafePointer.of(records), BigInt(records.length >>> 1));
  }

  /** How many accesses were to be written down; more than there was room for. */
  tracedCount(): number {
    return Number(this.#library.symbols.path_traced?.() ?? 0n);
  }

  /** Unloads the object. */
  close(): void {
    this.#library.close();
    this.#callback?.close();
  }

  /**
   * Opens a window in place of the one before: registers its buffers and finds
   * its columns, once for all of its replays. A window that was filled again
   * has to be opened again.
   */
  open(window: IoWindow): void {
    this.#window = undefined;
    this.assembly.path.open(window);
    this.#columns = columnsOf(this.assembly, window);
    this.#addresses = BigUint64Array.from(
      this.#columns,
      (column) =>
        Deno.UnsafePointer.value(
          Deno.UnsafePointer.of(column as Int32Array<ArrayBuffer>),
        ),
    );
    this.#window = window;
  }
}
