/**
 * Reading and writing 1, 2, 4 or 8 bytes of a view as a lo/hi pair of int32.
 * Of 8 bytes, the less significant word is always accessed first, and the
 * other directly after it, so that a tracer can see one access of 8.
 */

/** The part of `DataView` that codecs use; a tracer offers the same. */
export interface MemoryView extends
  Pick<
    DataView,
    | "getInt32"
    | "setInt32"
    | "getUint16"
    | "setUint16"
    | "getUint8"
    | "setUint8"
  > {
  /** Bytes that it has; checked where it is known. */
  readonly byteLength?: number;
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
    lo: (at) => view.getInt32(at, true),
    hi: (at) => view.getInt32(at + 4, true),
    write: (at, lo, hi) => {
      view.setInt32(at, lo, true);
      view.setInt32(at + 4, hi, true);
    },
  };
}

function big64(view: MemoryView): WordAccess {
  return {
    lo: (at) => view.getInt32(at + 4, false),
    hi: (at) => view.getInt32(at, false),
    write: (at, lo, hi) => {
      view.setInt32(at + 4, lo, false);
      view.setInt32(at, hi, false);
    },
  };
}
