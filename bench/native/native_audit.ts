/**
 * The path in C against the DataView path: every command and every list of
 * every I/O equal, list addresses included, and the same counts.
 */
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import { kernelStructs } from "../../sim/kernel/path_structs.ts";
import { DIO } from "../../sim/block/blkdev_dio.ts";
import { END_IO } from "../../sim/block/bio.ts";
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { SQE } from "../../sim/nvme/command.ts";
import type { PathCounts } from "../../sim/path/path_counts.ts";
import { WrongIoError } from "../../sim/replay/replay.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import { DescriptorTape } from "./descriptor_tape.ts";
import { NativePath, type NativePathOptions } from "./native_path.ts";
import { regionNamed } from "../../sim/memory/region_named.ts";

/** Compares the two paths window by window. */
export class NativeAudit {
  readonly #options: AssemblyOptions;
  readonly #tape = new DescriptorTape();
  readonly #native: NativePath;
  /** The I/O of each command, as in the DataView path. */
  #ios: number[] = [];

  private constructor(options: AssemblyOptions, native: NativePath) {
    this.#options = options;
    this.#native = native;
  }

  /**
   * Builds the path in C.
   *
   * @param native Compiler, flags, cache.
   */
  static async start(
    options: AssemblyOptions,
    native: NativePathOptions = {},
  ): Promise<NativeAudit> {
    let audit: NativeAudit | undefined;
    const path = await NativePath.make({
      ...options,
      decode: true,
      probe: { command: (entry) => audit?.compare(entry) },
    }, { ...native, usesDevice: true });
    return audit = new NativeAudit(options, path);
  }

  get native(): NativePath {
    return this.#native;
  }

  /** Begins a window, before the DataView path replays it. */
  restart(): void {
    this.#tape.restart();
    this.#ios = [];
  }

  /** Writes down a command of the DataView path. */
  write(memory: KernelMemory, entry: number): void {
    this.#tape.write(memory, entry, this.#options.limits);
    this.#ios.push(ioOf(memory, entry, this.#options));
  }

  /** Compares a command of the path in C. */
  private compare(entry: number): void {
    const { memory } = this.#native.assembly;
    this.#tape.compare(memory, entry, this.#options.limits);
  }

  /**
   * Replays a window in C and compares it with what was written down.
   *
   * @param ios Indexes of its I/Os.
   * @param from Number of its first I/O, and the DataView path's counts.
   * @throws {WrongIoError} If anything differs; names the I/O.
   */
  check(
    window: IoWindow,
    ios: Int32Array,
    from: { readonly firstIo: number; readonly counts: PathCounts },
  ): void {
    const { firstIo } = from;
    let refused: unknown;
    try {
      this.#native.open(window);
      this.#native.replay(window, ios);
    } catch (error) {
      refused = error;
    }
    const { difference, commands, compared } = this.#tape;
    if (difference !== undefined) {
      const { command, byte, found, expected } = difference;
      throw new WrongIoError(
        `Cannot trust engine native at I/O ${
          firstIo + (this.#ios[command] ?? 0)
        }: byte ${byte} of its descriptors holds ${hex(found)}, expected ` +
          `${hex(expected)} as in the DataView path`,
      );
    }
    if (refused !== undefined) {
      throw new WrongIoError(
        `Cannot trust engine native at I/O ${
          firstIo + (this.#ios[compared - 1] ?? 0)
        }: ${refused instanceof Error ? refused.message : String(refused)}`,
      );
    }
    if (compared !== commands) {
      const last = this.#ios[Math.min(compared, commands - 1)] ?? 0;
      throw new WrongIoError(
        `Cannot trust engine native from I/O ${firstIo + last} on: it built ` +
          `${compared} commands, expected ${commands} as in the DataView path`,
      );
    }
    for (const [name, count] of Object.entries(this.#native.counts())) {
      const expected = from.counts[name as keyof PathCounts];
      if (count === expected) continue;
      throw new WrongIoError(
        `Cannot trust engine native from I/O ${firstIo} on: it counted ` +
          `${count} ${name}, expected ${expected} as in the DataView path`,
      );
    }
  }

  /** Unloads the path in C. */
  close(): void {
    this.#native.close();
  }
}

/** The I/O of a command: that of its request's first bio. */
function ioOf(
  memory: KernelMemory,
  entry: number,
  options: AssemblyOptions,
): number {
  const { getPointer, getLong, get32, view } = memory;
  const { kernel, abi, ownKernel } = options;
  const { bio, request } = kernelStructs(kernel, abi, ownKernel);
  const at = (struct: typeof bio, name: string) =>
    struct.fields[name]?.offsetBytes ?? 0;
  const table = regionNamed(memory.regions, "request");
  const tag = view.getUint16(entry + SQE.commandId, true);
  let own = getPointer(
    table.offset + tag * table.strideBytes + at(request, "bio"),
  );
  while (getLong(own + at(bio, "bi_end_io")) === END_IO.chain) {
    own = getPointer(own + at(bio, "bi_private"));
  }
  return get32(getPointer(own + at(bio, "bi_private")) + DIO.cookie);
}

function hex(word: number): string {
  return `0x${(word >>> 0).toString(16)}`;
}
