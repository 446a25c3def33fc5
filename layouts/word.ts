/**
 * Reading and writing 1, 2, 4 or 8 bytes of a view as a lo/hi pair of int32.
 * Of 8 bytes, the less significant word is always accessed first, and the
 * other directly after it, so that a tracer can see one access of 8.
 */

/**
 * Which half of a 64-bit value four bytes are. A `DataView` ignores this third
 * argument, as every function does (and V8 emits the same code); a tracer sees
 * one access of eight bytes where it stands.
 */
export const HALF = { low: 1, high: 2 } as const;

/** The part of `DataView` that the lab uses; a tracer offers the same. */
export interface MemoryView {
  /** Bytes that it has; checked where it is known. */
  readonly byteLength?: number;
  /** Reads 32 bits; `half` says which part of a 64-bit value they are. */
  getInt32(at: number, littleEndian?: boolean, half?: number): number;
  /** Writes 32 bits; `half` as for reading. */
  setInt32(
    at: number,
    value: number,
    littleEndian?: boolean,
    half?: number,
  ): void;
  /** Reads 16 bits. */
  getUint16(at: number, littleEndian?: boolean): number;
  /** Writes 16 bits. */
  setUint16(at: number, value: number, littleEndian?: boolean): void;
  /** Reads a byte. */
  getUint8(at: number): number;
  /** Writes a byte. */
  setUint8(at: number, value: number): void;
}

/** Reads a word at a byte of the view. */
export type ReadWord = (at: number) => number;

/** Writes a whole value at a byte of the view. */
export type WriteWords = (at: number, lo: number, hi: number) => void;

/** How one width and byte order is read and written. */
export interface WordAccess {
  /** The less significant 32 bits. */
  readonly lo: ReadWord;
  /** The more significant 32 bits; 0 below 8 bytes. */
  readonly hi: ReadWord;
  /** Writes both. */
  readonly write: WriteWords;
}

/**
 * Makes the accessors of one width and byte order.
 *
 * @param view The memory.
 * @param options Width in bytes (1, 2, 4 or 8) and byte order.
 * @returns The accessors.
 */
export function wordAccess(
  view: MemoryView,
  options: { readonly sizeBytes: number; readonly littleEndian: boolean },
): WordAccess {
  const little = options.littleEndian;
  switch (options.sizeBytes) {
    case 1:
      return {
        lo: (at) => view.getUint8(at),
        hi: () => 0,
        write: (at, lo) => view.setUint8(at, lo),
      };
    case 2:
      return {
        lo: (at) => view.getUint16(at, little),
        hi: () => 0,
        write: (at, lo) => view.setUint16(at, lo, little),
      };
    case 4:
      return {
        lo: (at) => view.getInt32(at, little),
        hi: () => 0,
        write: (at, lo) => view.setInt32(at, lo, little),
      };
    case 8:
      return little ? little64(view) : big64(view);
    default:
      throw new RangeError(
        `Cannot access ${options.sizeBytes} bytes at once, expected 1, 2, 4 or 8`,
      );
  }
}

function little64(view: MemoryView): WordAccess {
  return {
    lo: (at) => view.getInt32(at, true, HALF.low),
    hi: (at) => view.getInt32(at + 4, true, HALF.high),
    write: (at, lo, hi) => {
      view.setInt32(at, lo, true, HALF.low);
      view.setInt32(at + 4, hi, true, HALF.high);
    },
  };
}

function big64(view: MemoryView): WordAccess {
  return {
    lo: (at) => view.getInt32(at + 4, false, HALF.low),
    hi: (at) => view.getInt32(at, false, HALF.high),
    write: (at, lo, hi) => {
      view.setInt32(at + 4, lo, false, HALF.low);
      view.setInt32(at, hi, false, HALF.high);
    },
  };
}
