/**
 * A prepared path as one file: the arena with the window open, the columns of a
 * few I/Os, and where everything is. `program.c` maps it and runs the path over
 * it, on whatever machine it was compiled for, so numbers are in the ABI's
 * order of bytes.
 */
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { dataIos } from "../../../sim/replay/replay.ts";
import { selectIos } from "../../../sim/workload/select_ios.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { regionNamed } from "../../../sim/memory/region_named.ts";
import { type AssembledPath, columnsOf, placesOf } from "../places.ts";
import { rangesOf } from "../ranges.ts";

/** I/Os before counting begins, as many as fill every free list once. */
const WARM_IOS = 128;
/** I/Os that are counted. */
export const COUNTED_IOS = 128;

/** `MAGIC` of program.c: which program reads it, and which version. */
const MAGIC = 0x62766563_636e7401n;
/** `MOST_COLUMNS` of program.c. */
const MOST_COLUMNS = 16;
/** Words in front of the columns' offsets, in `struct dump`. */
const HEAD_WORDS = 15;
/** So that the arena is in the program as it would in huge pages. */
const ARENA_ALIGN_BYTES = 4096;

/** A path that is ready to be written down, and the I/Os that it is for. */
export interface PreparedPath extends AssembledPath {
  /** The I/Os, all of which move data. */
  readonly window: IoWindow;
  /** In which order they go; the first `warmIos` are not counted. */
  readonly ios: Int32Array;
  /** How many of them are not counted. */
  readonly warmIos: number;
}

/**
 * Puts a path together and opens a window on it that holds only what is
 * counted.
 *
 * @param how Whether its device decodes commands; default: no.
 * @returns The path, before its first I/O.
 * @throws {RangeError} If the window moves no data.
 */
export function preparePath(
  options: AssemblyOptions,
  window: IoWindow,
  { decode = false } = {},
): PreparedPath {
  const own = dataIos(window).subarray(0, WARM_IOS + COUNTED_IOS);
  if (own.length === 0) {
    throw new RangeError(
      "Cannot count: the window has no reads and writes, expected at least one",
    );
  }
  const chosen = selectIos(window, own);
  const assembly = assemblePath({
    ...options,
    decode,
    linksAtOnce: true,
    // Room for what is counted: the arena becomes a file.
    registered: {
      buffers: chosen.capacity.ios,
      segments: chosen.capacity.pieces,
    },
  });
  assembly.path.open(chosen);
  return {
    assembly,
    options,
    window: chosen,
    // A short workload is repeated.
    ios: Int32Array.from(
      { length: WARM_IOS + COUNTED_IOS },
      (_, i) => i % own.length,
    ),
    warmIos: WARM_IOS,
  };
}

export async function writeDump(
  path: string,
  prepared: PreparedPath,
): Promise<void> {
  const { assembly, options, ios } = prepared;
  const { littleEndian } = options.abi;
  const { memory } = assembly;
  const at = (name: string) => regionNamed(memory.regions, name).offset;
  const sq = regionNamed(memory.regions, "nvme sq");
  const columns = columnsOf(assembly, prepared.window);
  const places = Object.values(placesOf(prepared)).map(BigInt);
  const parts = [
    wide(places, littleEndian),
    wide([...rangesOf(prepared)], littleEndian),
    words(ios, littleEndian),
    ...columns.map((column) =>
      column instanceof Int32Array ? words(column, littleEndian) : column
    ),
  ];
  const headBytes = (HEAD_WORDS + MOST_COLUMNS) * 8;
  const offsets: number[] = [];
  let end = headBytes;
  for (const part of parts) {
    const offset = Math.ceil(end / 64) * 64;
    offsets.push(offset);
    end = offset + part.length;
  }
  const arena = Math.ceil(end / ARENA_ALIGN_BYTES) * ARENA_ALIGN_BYTES;
  const [placesAt = 0, rangesAt = 0, iosAt = 0, ...columnsAt] = offsets;
  const head = wide(
    [
      MAGIC,
      ...[arena + memory.sizeBytes, arena, memory.sizeBytes],
      ...[placesAt, rangesAt, iosAt, ios.length, prepared.warmIos],
      ...[sq.offset, at("nvme cq"), at("nvme doorbell")],
      ...[sq.sizeBytes / sq.strideBytes, options.limits.logicalBlockBytes],
      ...[columns.length, ...columnsAt],
    ].map(BigInt),
    littleEndian,
  );
  using file = await Deno.open(path, {
    write: true,
    create: true,
    truncate: true,
  });
  await file.truncate(arena + memory.sizeBytes);
  await writeAt(file, 0, head);
  for (const [index, part] of parts.entries()) {
    await writeAt(file, offsets[index] as number, part);
  }
  await writeSparsely(file, arena, memory.bytes());
}

/** Leaves out what is zero: most of an arena is. */
async function writeSparsely(
  file: Deno.FsFile,
  start: number,
  bytes: Uint8Array,
): Promise<void> {
  const block = 1 << 16;
  for (let from = 0; from < bytes.length; from += block) {
    const part = bytes.subarray(from, from + block);
    if (!isZero(part)) await writeAt(file, start + from, part);
  }
}

/** Word by word: an arena is 20 MB, and begins and ends at a page. */
function isZero({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  const words = new Int32Array(buffer, byteOffset, byteLength >> 2);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}

async function writeAt(
  file: Deno.FsFile,
  offset: number,
  bytes: Uint8Array,
): Promise<void> {
  await file.seek(offset, Deno.SeekMode.Start);
  // A copy: what is shared with workers cannot be written.
  const plain = bytes.slice();
  for (let done = 0; done < plain.length;) {
    done += await file.write(plain.subarray(done));
  }
}

function wide(values: readonly bigint[], littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, index) =>
    view.setBigUint64(index * 8, value, littleEndian)
  );
  return new Uint8Array(view.buffer);
}

function words(values: Int32Array, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) =>
    view.setInt32(index * 4, value, littleEndian)
  );
  return new Uint8Array(view.buffer);
}
