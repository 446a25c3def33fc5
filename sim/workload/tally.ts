/**
 * What a workload held, counted, and what a reader has to say about it: the
 * rule is that nothing is skipped silently (blockspec 5.3).
 */

import { printableLine } from "../text/printable.ts";

/** A remark that a user should see; data, so that JSON carries it too. */
export interface WorkloadWarning {
  /** Stable name of the kind of warning, such as `several-devices`. */
  readonly code: string;
  /** What was found. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Counts over a whole workload; complete after its last batch. */
export interface WorkloadTally {
  /** Lines of a text, records of a binary trace; 0 for generated I/O. */
  lines: number;
  /** I/Os handed on: reads + writes + others. */
  ios: number;
  /** Reads. */
  reads: number;
  /** Writes. */
  writes: number;
  /** Flushes and discards. */
  others: number;
  /** Bytes that the reads and writes move: readBytes + writeBytes. */
  bytes: number;
  /** Bytes that the reads move. */
  readBytes: number;
  /** Bytes that the writes move. */
  writeBytes: number;
  /** I/Os widened to whole sectors of 512 bytes (counted after widening). */
  rounded: number;
  /** I/Os longer than the lab's limit, cut into several (fill_window.ts). */
  cut: number;
  /** Lines or records that are not an I/O, or were left out, by reason. */
  readonly skipped: Record<string, number>;
}

export function createTally(): WorkloadTally {
  return {
    lines: 0,
    ios: 0,
    reads: 0,
    writes: 0,
    others: 0,
    bytes: 0,
    readBytes: 0,
    writeBytes: 0,
    rounded: 0,
    cut: 0,
    skipped: {},
  };
}

/**
 * Counts and warns of a file that ends inside a record: its tracer was killed,
 * or the copy is not whole. What was read of it before is.
 *
 * @param cut The file, the byte at which its last record begins, and how many
 *   bytes of it are there.
 */
export function warnOfCut(
  rows: {
    skip(reason: string): void;
    warn(warning: WorkloadWarning): void;
  },
  cut: { name: string; byte: number; leftBytes: number },
): void {
  rows.skip("record that is cut off");
  rows.warn({
    code: "cut-trace",
    message: `"${printableLine(cut.name)}" ends inside a record: ` +
      `${cut.leftBytes} bytes from byte ${cut.byte} on are left out`,
    hint:
      "the tracer was killed or the copy is not whole; the records before " +
      "it are read",
  });
}
