/**
 * A short code of the exact figures of a result, so that a figure cited in a
 * mail can be found and counted again by whoever reads it.
 */
import { createHash } from "node:crypto";
import type { LabResult } from "../result/result.ts";

/** The version of the list of figures; another list has another number. */
export const EXACT_CODE_VERSION = 1;

const CODE_DIGITS = 16;

/** Counts that the code is of; a count that a later lab adds is none of them. */
const COUNTS = [
  "biosPerIo",
  "requestsPerIo",
  "segmentsPerIo",
  "prpEntriesPerIo",
  "bvecBytesPerIo",
  "bvecLinesPerIo",
  "pageLinesPerIo",
  "linesPerIo",
] as const;

/** The exact figures of a result, each named by its cell, layout and key. */
export type ExactFigures = ReadonlyMap<string, string | number>;

/**
 * Lists the exact figures that a code is of. What two engines share is there
 * once.
 *
 * @returns Digests of commands, bytes of a segment and counts, in order.
 */
export function exactFiguresOf(result: LabResult): ExactFigures {
  const figures = new Map<string, string | number>();
  for (const cell of result.cells) {
    const { workload, abi, recognition, kernel } = cell;
    const name = [workload, abi, recognition, ...(kernel ? [kernel] : [])]
      .join(", ");
    figures.set(`${name}: digest of the commands`, cell.digest);
    for (const { name: layout, bytesPerSegment, counts } of cell.layouts) {
      const own = `${name}: ${layout}`;
      if (typeof bytesPerSegment === "number") {
        figures.set(`${own}: bytesPerSegment`, bytesPerSegment);
      }
      for (const key of COUNTS) {
        const value = counts[key];
        if (value !== undefined) figures.set(`${own}: ${key}`, rounded(value));
      }
    }
  }
  return new Map([...figures].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0));
}

/** A quotient of whole numbers, without the last bits of its division. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/**
 * Returns the code of exact figures.
 *
 * @returns 16 hexadecimal digits of their SHA-256.
 */
export function exactCode(figures: ExactFigures): string {
  const text = [...figures].map((figure) => JSON.stringify(figure)).join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, CODE_DIGITS);
}

/**
 * Writes the code of a result, as placed after the command of a mail.
 *
 * @returns Words such as `exact v1 154 0123456789abcdef`.
 */
export function exactWords(result: LabResult): string {
  const figures = exactFiguresOf(result);
  return `exact v${EXACT_CODE_VERSION} ${figures.size} ${exactCode(figures)}`;
}
