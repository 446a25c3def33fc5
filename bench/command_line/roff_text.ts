/** Plain text as roff, for the macros of man(7). */
import { wrap } from "../text/wrap.ts";

/**
 * Escapes a line of text, so that roff prints it unchanged.
 *
 * @returns It for a text line, never a request.
 */
export function roffLine(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("`", "\\(ga")
    .replaceAll("'", "\\(aq")
    .replaceAll(
      /\P{ASCII}/gu,
      (character) =>
        `\\[u${
          character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")
        }]`,
    );
  return /^\./.test(escaped) ? `\\&${escaped}` : escaped;
}

/** Escapes an argument of a macro. */
export function roffArgument(text: string): string {
  return `"${roffLine(text).replaceAll('"', "\\(dq")}"`;
}

/** Columns of a line of the source, escapes not counted. */
const SOURCE_COLUMNS = 60;

/** Sets a paragraph, which is filled. */
export function roffFilled(text: string): string[] {
  return wrap(text, { width: SOURCE_COLUMNS }).map(roffLine);
}

/**
 * Sets text that keeps its lines.
 *
 * @param text Lines of at most 80 columns.
 * @returns Requests and lines, at an indent that leaves them whole.
 */
export function roffLiteral(text: string): string {
  return [
    ".RS -7n",
    ".nf",
    ...text.split("\n").map((line) => line === "" ? "\\&" : roffLine(line)),
    ".fi",
    ".RE",
  ].join("\n");
}
