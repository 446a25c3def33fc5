/**
 * Reading and writing 1, 2, 4 or 8 bytes of a view as a lo/hi pair of int32.
 * Of 8 bytes, the less significant word is always accessed first, and the
 * other directly after it, so that a tracer can see one access of 8.
 */

import { type OwnMaker, sameMaker } from "./own_copy.ts";

/**
 * Which half of a 64-bit value four bytes are. A `DataView` ignores this third
 * argument, as every function does (and V8 emits the same code); a tracer sees
 * one access of eight bytes where it is. For `kept` it sees none: a value that
 * was loaded just before, which is in a register wherever there are 64-bit
 * values. `onlyHigh` is a load by itself, whatever half was read before.
 */
export const HALF = { low: 1, high: 2, kept: 4, onlyHigh: 8 } as const;

// Constants of its own: bench/HOT_PATH.md.
const LOW = HALF.low;
const HIGH = HALF.high;
const KEPT = HALF.kept;
const ONLY_HIGH = HALF.onlyHigh;
/** What copies of the functions below know them by. */
const CONSTANTS = { LOW, HIGH, KEPT, ONLY_HIGH };

/** The part of `DataView` that the lab uses; a tracer offers the same. */
export interface MemoryView {
  /** Bytes that it has; checked where it is known. */
  readonly byteLength?: number;
  /** Reads 32 bits; `half` is one of `HALF`, for what is no value by itself. */
  getInt32(at: number, littleEndian?: boolean, half?: number): number;
  /** Writes 32 bits; `half` as for reading. */
  setInt32(
    at: number,
    value: number,
    littleEndian?: boolean,
    half?: number,
  ): void;
  /**
   * Writes 8 bytes as one access, from their halves. No `DataView` has it; a
   * tracer sees one access instead of two halves in a row.
   */
  readonly setHalves?: (
    at: number,
    lo: number,
    hi: number,
    littleEndian: boolean,
  ) => void;
  /** Reads 16 bits. */
  getUint16(at: number, littleEndian?: boolean): number;
  /** Writes 16 bits. */
  setUint16(at: number, value: number, littleEndian?: boolean): void;
  /** Reads a byte. */
  getUint8(at: number): number;
  /** Writes a byte. */
  setUint8(at: number, value: number): void;
}

export type ReadWord = (at: number) => number;

/** Writes a whole value at a byte of the view. */
export type WriteWords = (at: number, lo: number, hi: number) => void;

/** How one width and byte order is read and written. */
export interface WordAccess {
  /** The less significant 32 bits. */
  readonly lo: ReadWord;
  /** The more significant 32 bits; 0 below 8 bytes. */
  readonly hi: ReadWord;
  /** `lo` once more, of what was read just before: no access for a tracer. */
  readonly keptLo: ReadWord;
  /** `hi` of what `lo` has read just before: no access for a tracer. */
  readonly keptHi: ReadWord;
  /** `hi` by itself: another access than a `lo` before it. */
  readonly onlyHi: ReadWord;
  readonly write: WriteWords;
}

/**
 * Makes the accessors of one width and byte order.
 *
 * @param options Width in bytes (1, 2, 4 or 8) and byte order.
 */
export function wordAccess(
  memory: MemoryView,
  options: { readonly sizeBytes: number; readonly littleEndian: boolean },
  own: OwnMaker = sameMaker,
): WordAccess {
  const { littleEndian } = options;
  switch (options.sizeBytes) {
    case 1:
      return own(bytes)(memory);
    case 2:
      return own(words16)(memory, littleEndian);
    case 4:
      return own(words32, CONSTANTS)(memory, littleEndian);
    case 8:
      return own(littleEndian ? little64 : big64, CONSTANTS)(memory);
    default:
      throw new RangeError(
        `Cannot access ${options.sizeBytes} bytes at once, expected 1, 2, 4 or 8`,
      );
  }
}

// V8 folds what a closure captures into the code only if it is a `const`; a
// captured parameter is loaded again at every access.

function bytes(memory: MemoryView): WordAccess {
  const view = memory;
  return {
    lo: (at) => view.getUint8(at),
    hi: () => 0,
    // No address is so narrow, and of nothing else is a half read again.
    keptLo: (at) => view.getUint8(at),
    keptHi: () => 0,
    onlyHi: () => 0,
    write: (at, lo) => view.setUint8(at, lo),
  };
}

function words16(memory: MemoryView, littleEndian: boolean): WordAccess {
  const view = memory;
  const little = littleEndian;
  return {
    lo: (at) => view.getUint16(at, little),
    hi: () => 0,
    keptLo: (at) => view.getUint16(at, little),
    keptHi: () => 0,
    onlyHi: () => 0,
    write: (at, lo) => view.setUint16(at, lo, little),
  };
}

function words32(memory: MemoryView, littleEndian: boolean): WordAccess {
  const view = memory;
  const little = littleEndian;
  return {
    lo: (at) => view.getInt32(at, little),
    hi: () => 0,
    keptLo: (at) => view.getInt32(at, little, KEPT),
    keptHi: () => 0,
    onlyHi: () => 0,
    write: (at, lo) => view.setInt32(at, lo, little),
  };
}

function little64(memory: MemoryView): WordAccess {
  const view = memory;
  const { setHalves } = view;
  return {
    lo: (at) => view.getInt32(at, true, LOW),
    hi: (at) => view.getInt32((at + 4) | 0, true, HIGH),
    keptLo: (at) => view.getInt32(at, true, KEPT),
    keptHi: (at) => view.getInt32((at + 4) | 0, true, KEPT),
    onlyHi: (at) => view.getInt32((at + 4) | 0, true, ONLY_HIGH),
    write: setHalves !== undefined
      ? (at, lo, hi) => setHalves(at, lo, hi, true)
      : (at, lo, hi) => {
        view.setInt32(at, lo, true, LOW);
        view.setInt32((at + 4) | 0, hi, true, HIGH);
      },
  };
}

function big64(memory: MemoryView): WordAccess {
  const view = memory;
  const { setHalves } = view;
  return {
    lo: (at) => view.getInt32((at + 4) | 0, false, LOW),
    hi: (at) => view.getInt32(at, false, HIGH),
    keptLo: (at) => view.getInt32((at + 4) | 0, false, KEPT),
    keptHi: (at) => view.getInt32(at, false, KEPT),
    onlyHi: (at) => view.getInt32(at, false, ONLY_HIGH),
    write: setHalves !== undefined
      ? (at, lo, hi) => setHalves(at, lo, hi, false)
      : (at, lo, hi) => {
        view.setInt32((at + 4) | 0, lo, false, LOW);
        view.setInt32(at, hi, false, HIGH);
      },
  };
}
