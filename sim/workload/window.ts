/**
 * A window of I/Os laid out for workers: typed arrays over one
 * SharedArrayBuffer that every worker of a cell reads.
 *
 * An I/O is a range of sectors and a user buffer; the buffer is a list of
 * pieces. A piece is physically contiguous and is inside one folio, as the
 * kernel's page extraction sees it (lib/iov_iter.c, blockspec 2.4).
 */

import { checkKeys } from "../../layouts/known_keys.ts";
import { checkMade, checkWhole } from "../../layouts/value_text.ts";
import { allocateShared } from "../memory/allocate.ts";

/** Operation codes in a window, with the kernel's REQ_OP numbers. */
export const WINDOW_OP = { read: 0, write: 1, flush: 2, discard: 3 } as const;

/** How much a window can hold. */
export interface WindowCapacity {
  /** I/Os at most. */
  readonly ios: number;
  /** Pieces of all their buffers together at most. */
  readonly pieces: number;
}

/** The columns of a window; every array is a view of `buffer`. */
export interface IoWindow {
  /** The memory after all columns; hand this to a worker. */
  readonly buffer: SharedArrayBuffer;
  /** What fits. */
  readonly capacity: WindowCapacity;
  /** [0] I/Os filled in, [1] pieces filled in. */
  readonly counts: Int32Array;
  /** Operation of each I/O, one of `WINDOW_OP`. */
  readonly op: Uint8Array;
  /** First sector (512 B) of each I/O, low 32 bits. */
  readonly sectorLo: Int32Array;
  /** First sector of each I/O, high 32 bits. */
  readonly sectorHi: Int32Array;
  /** Length of each I/O in bytes. */
  readonly lengthBytes: Int32Array;
  /** Index of each I/O's first piece; entry `ios` ends the last one. */
  readonly firstPiece: Int32Array;
  /** Physical address of each piece, low 32 bits. */
  readonly physLo: Int32Array;
  /** Physical address of each piece, high 32 bits. */
  readonly physHi: Int32Array;
  /** Length of each piece in bytes. */
  readonly pieceBytes: Int32Array;
  /** 0 for host memory, provider index + 1 for P2P memory. */
  readonly provider: Uint8Array;
  /**
   * I/Os that are parts of a longer one of the workload, by their number in the
   * window. Only in the thread that filled the window: not in `buffer`.
   */
  readonly parts: Map<number, IoPart>;
}

/** Which part of a longer I/O of the workload an I/O of a window is. */
export interface IoPart {
  /** Bytes of the whole. */
  readonly wholeBytes: number;
  /** Bytes of it in front of the part. */
  readonly doneBytes: number;
}

/** The columns by name. */
const COLUMNS = [
  "counts",
  "op",
  "sectorLo",
  "sectorHi",
  "lengthBytes",
  "firstPiece",
  "physLo",
  "physHi",
  "pieceBytes",
  "provider",
] as const;

/**
 * Copies what a window holds into one just as large as needed.
 *
 * @returns The copy, in memory of its own.
 *
 * @example A copy keeps what the window is filled with next
 * ```ts
 * import { copyWindow, createWindow } from "./window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const window = createWindow({ ios: 8, pieces: 32 });
 * window.counts.set([1, 2]);
 * const copy = copyWindow(window);
 * window.counts.fill(0);
 * assertEquals([...copy.counts], [1, 2]);
 * assertEquals(copy.capacity, { ios: 1, pieces: 2 });
 * ```
 */
export function copyWindow(window: IoWindow): IoWindow {
  const copy = createWindow({
    ios: window.counts[0] ?? 0,
    pieces: window.counts[1] ?? 0,
  });
  for (const column of COLUMNS) {
    const target = copy[column];
    target.set(window[column].subarray(0, target.length));
  }
  return copy;
}

/**
 * Lays a window out over new or given shared memory.
 *
 * @param buffer Memory from `IoWindow.buffer` of a window of equal capacity.
 *
 * @example Two views of one window, as a worker has them
 * ```ts
 * import { createWindow } from "./window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const window = createWindow({ ios: 8, pieces: 32 });
 * const same = createWindow(window.capacity, window.buffer);
 * window.lengthBytes[0] = 4096;
 * assertEquals(same.lengthBytes[0], 4096);
 * ```
 */
export function createWindow(
  capacity: WindowCapacity,
  buffer?: SharedArrayBuffer,
): IoWindow {
  requireCapacity("make a window", capacity);
  if (buffer !== undefined) {
    checkMade("make a window", "buffer", buffer, {
      expected: "a SharedArrayBuffer",
      isOne: (value) => value instanceof SharedArrayBuffer,
    });
  }
  const { ios, pieces } = capacity;
  // Int32 columns first, so that all of them are aligned.
  const words = 2 + 4 * ios + 1 + 3 * pieces;
  const shared = buffer ??
    allocateShared("a window of I/Os", words * 4 + ios + pieces);
  let at = 0;
  const int32 = (length: number) => {
    const column = new Int32Array(shared, at, length);
    at += length * 4;
    return column;
  };
  const uint8 = (length: number) => {
    const column = new Uint8Array(shared, at, length);
    at += length;
    return column;
  };
  return {
    buffer: shared,
    capacity,
    counts: int32(2),
    sectorLo: int32(ios),
    sectorHi: int32(ios),
    lengthBytes: int32(ios),
    firstPiece: int32(ios + 1),
    physLo: int32(pieces),
    physHi: int32(pieces),
    pieceBytes: int32(pieces),
    op: uint8(ios),
    provider: uint8(pieces),
    parts: new Map(),
  };
}

/**
 * Refuses what is not a capacity of a window; whether there is memory for it
 * shows itself.
 *
 * @throws {TypeError} If it, or a part of it, is of another kind.
 * @throws {RangeError} If a part of it is outside its range.
 */
export function requireCapacity(what: string, capacity: WindowCapacity): void {
  checkKeys(what, "capacity", capacity, ["ios", "pieces"]);
  const range = { least: 0, expected: "a whole number from 0" };
  checkWhole(what, "ios", capacity.ios, range);
  checkWhole(what, "pieces", capacity.pieces, range);
}

/**
 * Refuses what is not a window.
 *
 * @throws {TypeError} If it is none.
 */
export function requireWindow(what: string, window: IoWindow): void {
  checkMade(what, "window", window, {
    expected: "a window of I/Os, as createWindow() makes it",
    isOne: ({ counts, op, firstPiece, physLo }) =>
      counts instanceof Int32Array && op instanceof Uint8Array &&
      firstPiece instanceof Int32Array && physLo instanceof Int32Array,
  });
}
