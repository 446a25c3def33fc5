/**
 * The errors of malformed input, all of one form: `Cannot read iolog
 * "x.iolog": line 7, column 12: found "abc", expected an offset in bytes`.
 */

import { printableLine } from "./printable.ts";

/** Longest part of an input that an error quotes. */
const LONGEST_QUOTE = 40;

/** Where an input is wrong and how. */
export interface InputErrorOptions {
  /** Kind of input, such as `iolog`. */
  readonly kind: string;
  /** File name or other name of the input. */
  readonly name: string;
  /** Line and column from 1, or for binary data a record and a byte. */
  readonly where: string;
  /** What is there, quoted where it is text. */
  readonly found: string;
  /** What should be there. */
  readonly expected: string;
}

export function inputError(options: InputErrorOptions): SyntaxError {
  const { kind, name, where, found, expected } = options;
  return new SyntaxError(
    printableLine(
      `Cannot read ${kind} "${name}": ${where}: found ${found}, ` +
        `expected ${expected}`,
    ),
  );
}

/**
 * Quotes a part of an input for an error: control characters escaped, cut to
 * 40 characters.
 *
 * @param range First byte, and the one after the last.
 * @returns The quoted text; `end of line` for nothing.
 */
export function quoteInput(
  bytes: Uint8Array,
  range: { start: number; end: number },
): string {
  const { start, end } = range;
  if (start >= end) return "end of line";
  const cut = Math.min(end, start + LONGEST_QUOTE);
  let text = "";
  for (let i = start; i < cut; i++) {
    text += String.fromCharCode(bytes[i] ?? 0);
  }
  // Not JSON.stringify: bytes above 0x7f could garble a terminal as well.
  const escaped = text.replace(
    /[^\x20-\x7e]|["\\]/g,
    (c) =>
      c === '"' || c === "\\"
        ? `\\${c}`
        : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return cut < end ? `"${escaped}..."` : `"${escaped}"`;
}
