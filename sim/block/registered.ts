/**
 * Registered buffers of io_uring: tables of vectors that are made once and
 * that each I/O borrows (struct io_mapped_ubuf, io_uring/rsrc.c). Two I/Os on
 * the same buffer borrow the same table.
 */
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { KernelProfile } from "../kernel/struct_offsets.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { IoWindow } from "../workload/window.ts";
import type { DirectIo } from "./direct_io.ts";
import { mappedUbuf } from "./mapped_ubuf.ts";
import { ERRNO } from "../kernel/operation.ts";

// Constants of its own: bench/HOT_PATH.md.
const EFAULT = ERRNO.fault;
/** IO_IMU_DEST and IO_IMU_SOURCE: read into, written from. */
const BOTH_DIRECTIONS = 3;

/** How much can be registered at once. */
export interface RegisteredCapacity {
  /** Buffers. */
  readonly buffers: number;
  /** Vectors of all of them. */
  readonly segments: number;
}

/** Registered buffers of one window of I/Os. */
export interface RegisteredBuffers {
  /**
   * Makes the tables of a window's buffers, dropping those of the last; how
   * many.
   */
  readonly register: (window: IoWindow) => number;
  /** Where the table of an I/O's buffer is. */
  readonly tableOf: (io: number) => number;
  /**
   * Looks at the header and the first vector of an I/O's table
   * (io_import_reg_buf): vectors of the I/O, or -errno.
   */
  readonly importBuffer: ImportBuffer;
}

/** Vectors of an I/O on a registered buffer, or -errno. */
export type ImportBuffer = (io: DirectIo, table: number) => number;

/** What the tables of a path depend on. */
export interface RegisteredOptions {
  readonly codec: Pick<
    SegmentCodec,
    "abi" | "arrayBytes" | "arrayAlignBytes"
  >;
  /** The kernel, whose header is in front of a table. */
  readonly kernel: KernelProfile;
  /** How much can be registered. */
  readonly capacity: RegisteredCapacity;
}

const LINE_BYTES = 64;

/**
 * Returns where the table begins in a registered buffer.
 *
 * @returns Bytes from the header's start.
 */
export function tableOffset(
  { codec, kernel }: Omit<RegisteredOptions, "capacity">,
): number {
  const { headerBytes } = mappedUbuf(kernel, codec.abi);
  const align = codec.arrayAlignBytes;
  return Math.ceil(headerBytes / align) * align;
}

/** Returns the memory that tables need. */
export function registeredBytes(options: RegisteredOptions): number {
  const { codec, capacity } = options;
  return codec.arrayBytes(capacity.segments) +
    capacity.buffers *
      (LINE_BYTES + tableOffset(options) + codec.arrayBytes(1) +
        codec.arrayAlignBytes);
}

/**
 * Makes room for registered buffers. Each begins a line, as each is an
 * allocation of its own (io_alloc_imu); those of the kernel are further apart,
 * in objects of kmalloc().
 */
export function createRegisteredBuffers(
  memory: KernelMemory,
  options: RegisteredOptions & { readonly codec: SegmentCodec },
): RegisteredBuffers {
  const { codec, capacity, kernel } = options;
  const { get8, get32, get64Lo, getLong, set8, set32, set64, setLong } = memory;
  const sizeBytes = registeredBytes(options);
  const objectStarts = new Uint8Array(Math.ceil(sizeBytes / LINE_BYTES));
  let reachedBytes = 0;
  const start = memory.reserve("io_mapped_ubuf", sizeBytes, {
    alignBytes: 4096,
    objectStarts,
    reachedBytes: () => reachedBytes,
  });
  const tables = new Int32Array(capacity.buffers);
  const header = mappedUbuf(kernel, codec.abi);
  const { addressAt, lengthAt, folioShiftAt, flagsAt, directionsAt } = header;
  const tableAt = tableOffset(options);
  const isLong = header.lengthBytes === codec.abi.longBytes;

  /** Fills the header of a buffer (io_sqe_buffer_register). */
  const describe = (
    at: number,
    of: { physLo: number; physHi: number; lengthBytes: number; shift: number },
  ): void => {
    set64(at + addressAt, of.physLo, of.physHi);
    if (isLong) setLong(at + lengthAt, of.lengthBytes);
    else set64(at + lengthAt, of.lengthBytes, 0);
    if (folioShiftAt >= 0) set32(at + folioShiftAt, of.shift);
    if (flagsAt >= 0) set8(at + flagsAt, 0);
    if (directionsAt >= 0) set8(at + directionsAt, BOTH_DIRECTIONS);
  };

  const importBuffer = (io: DirectIo, table: number): number => {
    const at = table - tableAt;
    const physLo = io.pieces.physLo[io.firstPiece] as number;
    const vectors = io.endPiece - io.firstPiece;
    if (get64Lo(at + addressAt) !== physLo) return -EFAULT;
    const length = isLong ? getLong(at + lengthAt) : get64Lo(at + lengthAt);
    if (length < io.lengthBytes) return -EFAULT;
    if (
      directionsAt >= 0 &&
      ((get8(at + directionsAt) >> io.operation) & 1) === 0
    ) return -EFAULT;
    if (flagsAt >= 0 && get8(at + flagsAt) !== 0) return -EFAULT;
    if (codec.length(table, vectors, 0) === 0) return -EFAULT;
    const offset = codec.pageOffset(table, vectors, 0);
    const shift = folioShiftAt >= 0 ? get32(at + folioShiftAt) : 0;
    // An int32 in both cases: a u32 in one makes V8 carry a double in both.
    return shift === 0
      ? vectors
      : ((offset + io.lengthBytes + (1 << shift) - 1) >>> shift) | 0;
  };

  const register = (window: IoWindow): number => {
    const ios = window.counts[0] ?? 0;
    let made = 0;
    const known = new Map<number, number[]>();
    let next = start;
    objectStarts.fill(0);
    const refuse = (io: number): never => {
      throw new RangeError(
        `Cannot register the buffers of ${ios} I/Os: I/O ${io} has no room, ` +
          `expected at most ${capacity.buffers} buffers of ` +
          `${capacity.segments} segments`,
      );
    };
    if (ios > tables.length) refuse(tables.length);
    for (let io = 0; io < ios; io++) {
      const first = window.firstPiece[io] as number;
      const count = (window.firstPiece[io + 1] as number) - first;
      if (count === 0) continue;
      const key = (window.physLo[first] as number) ^ Math.imul(count, 0x9e37);
      const others = known.get(key) ?? [];
      const same = others.find((other) => sameBuffer(window, io, other));
      if (same !== undefined) {
        tables[io] = tables[same] as number;
        continue;
      }
      const at = Math.ceil(next / LINE_BYTES) * LINE_BYTES;
      const table = at + tableAt;
      next = table + codec.arrayBytes(count);
      if (next > start + sizeBytes) refuse(io);
      reachedBytes = Math.max(reachedBytes, next - start);
      objectStarts[(at - start) / LINE_BYTES] = 1;
      let lengthBytes = 0;
      for (let i = 0; i < count; i++) {
        if (window.provider[first + i] !== 0) {
          throw new RangeError(
            `Cannot register the buffer of I/O ${io}: it has P2P memory, ` +
              `expected host memory (FOLL_LONGTERM refuses P2P pages)`,
          );
        }
        const bytes = window.pieceBytes[first + i] as number;
        lengthBytes += bytes;
        codec.set(
          table,
          count,
          i,
          window.physLo[first + i] as number,
          window.physHi[first + i] as number,
          bytes,
          0,
        );
      }
      const physLo = window.physLo[first] as number;
      describe(at, {
        physLo,
        physHi: window.physHi[first] as number,
        lengthBytes,
        shift: folioShift((physLo & 4095) + lengthBytes, count),
      });
      made++;
      tables[io] = table;
      known.set(key, [...others, io]);
    }
    return made;
  };
  return { register, tableOf: (io) => tables[io] as number, importBuffer };
}

/** What says how many vectors a buffer has: pages have one each; 0: nothing. */
function folioShift(bytes: number, vectors: number): number {
  return (bytes + 4095) >>> 12 === vectors ? 12 : 0;
}

function sameBuffer(window: IoWindow, a: number, b: number): boolean {
  const { firstPiece, physLo, physHi, pieceBytes } = window;
  const atA = firstPiece[a] as number;
  const atB = firstPiece[b] as number;
  const count = (firstPiece[a + 1] as number) - atA;
  if ((firstPiece[b + 1] as number) - atB !== count) return false;
  for (let i = 0; i < count; i++) {
    if (
      physLo[atA + i] !== physLo[atB + i] ||
      physHi[atA + i] !== physHi[atB + i] ||
      pieceBytes[atA + i] !== pieceBytes[atB + i]
    ) return false;
  }
  return true;
}
