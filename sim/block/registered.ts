/**
 * Registered buffers of io_uring: tables of vectors that are made once and
 * that each I/O borrows (struct io_mapped_ubuf, io_uring/rsrc.c). Two I/Os on
 * the same buffer borrow the same table.
 */
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { IoWindow } from "../workload/window.ts";

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
  /** Where the table of an I/O's buffer lies. */
  readonly tableOf: (io: number) => number;
}

/**
 * Gives the memory that tables need.
 *
 * @param codec The layout.
 * @param capacity How much is registered.
 * @returns Bytes.
 */
export function registeredBytes(
  codec: Pick<SegmentCodec, "arrayBytes" | "arrayAlignBytes">,
  capacity: RegisteredCapacity,
): number {
  return codec.arrayBytes(capacity.segments) +
    capacity.buffers * (codec.arrayBytes(1) + codec.arrayAlignBytes);
}

/**
 * Makes room for registered buffers.
 *
 * @param memory Kernel memory.
 * @param options The layout and how much can be registered.
 * @returns The buffers, none registered.
 */
export function createRegisteredBuffers(
  memory: KernelMemory,
  options: { codec: SegmentCodec; capacity: RegisteredCapacity },
): RegisteredBuffers {
  const { codec, capacity } = options;
  const sizeBytes = registeredBytes(codec, capacity);
  const start = memory.reserve("io_mapped_ubuf", sizeBytes, {
    alignBytes: 4096,
  });
  const tables = new Int32Array(capacity.buffers);

  const register = (window: IoWindow): number => {
    const ios = window.counts[0] ?? 0;
    let made = 0;
    const known = new Map<number, number[]>();
    const align = codec.arrayAlignBytes;
    let at = start;
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
      const table = Math.ceil(at / align) * align;
      at = table + codec.arrayBytes(count);
      if (at > start + sizeBytes) refuse(io);
      for (let i = 0; i < count; i++) {
        if (window.provider[first + i] !== 0) {
          throw new RangeError(
            `Cannot register the buffer of I/O ${io}: it has P2P memory, ` +
              `expected host memory (FOLL_LONGTERM refuses P2P pages)`,
          );
        }
        codec.set(
          table,
          count,
          i,
          window.physLo[first + i] as number,
          window.physHi[first + i] as number,
          window.pieceBytes[first + i] as number,
          0,
        );
      }
      made++;
      tables[io] = table;
      known.set(key, [...others, io]);
    }
    return made;
  };
  return { register, tableOf: (io) => tables[io] as number };
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
