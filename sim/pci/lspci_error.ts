/** Complaints about the text of lspci, at their line and column. */
import { printableLine } from "../text/printable.ts";

/** Longest part of a wrong line that a complaint quotes. */
const LONGEST_QUOTE = 40;

export interface LspciLine {
  /** Its number, from 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * Makes a complaint.
 *
 * @param at The line, and the column from 1.
 * @param found What was found, and after a comma what was expected.
 */
export function lspciError(
  fileName: string,
  at: { readonly line: number; readonly column: number },
  found: string,
): SyntaxError {
  return new SyntaxError(
    printableLine(
      `Cannot read lspci output "${fileName}": line ${at.line}, column ` +
        `${at.column}: ${found}`,
    ),
  );
}

export function quotePart(text: string): string {
  return text.length > LONGEST_QUOTE
    ? `"${text.slice(0, LONGEST_QUOTE)}..."`
    : `"${text}"`;
}
