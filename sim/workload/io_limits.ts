/**
 * What no I/O can be: the checks that every reader and generator shares.
 */
import { WINDOW_OP } from "./window.ts";

/** Which bytes of its device an I/O moves; readers fill one in again and again. */
export interface IoRange {
  /** One of `WINDOW_OP`. */
  op: number;
  /** First byte. */
  offsetBytes: number;
  /** How many. */
  lengthBytes: number;
}

/**
 * Longest read or write: MAX_RW_COUNT (include/linux/fs.h), 2 GiB less a page,
 * where the kernel cuts what a program asks for. Discards are no such calls.
 */
export const LONGEST_RW_BYTES: number = 2 ** 31 - 4096;

/** What a reader says of a longer one. */
export const EXPECTED_RW = `at most ${LONGEST_RW_BYTES} bytes in a read or ` +
  "write (MAX_RW_COUNT)";

/**
 * Returns what is wrong with the range of an I/O.
 *
 * @param op One of `WINDOW_OP`.
 * @param offsetBytes First byte on the lab's one device.
 * @returns What was expected instead, or null if nothing is wrong.
 */
export function ioRangeProblem(
  op: number,
  offsetBytes: number,
  lengthBytes: number,
): string | null {
  if (lengthBytes > LONGEST_RW_BYTES && movesData(op)) return EXPECTED_RW;
  if (offsetBytes + lengthBytes > Number.MAX_SAFE_INTEGER) {
    return "an I/O that ends below 2^53 bytes";
  }
  return null;
}

/**
 * Returns whether an operation is a read or a write.
 *
 * @param op One of `WINDOW_OP`.
 */
export function movesData(op: number): boolean {
  return op === WINDOW_OP.read || op === WINDOW_OP.write;
}
