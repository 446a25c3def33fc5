/**
 * Text of somebody else's file, before it stands in a message or a report: a
 * name can hold what moves a terminal's cursor, colours or hides what follows,
 * or turns the direction of the line.
 */

// C0 and DEL, C1 (0x9b begins an escape sequence as ESC [ does), zero-width
// and bidirectional controls, line separators, the byte order mark, and halves
// of a character that no encoding has.
const WILD = // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Makes a text printable in one line.
 *
 * @param text Any text.
 * @returns The text with each character that a terminal would act on written
 *   as `\x1b` or `\u202e`.
 */
export function printableLine(text: string): string {
  return text.replace(WILD, escaped);
}

/**
 * Makes a text of several lines printable.
 *
 * @param text Any text.
 * @returns The same as {@linkcode printableLine}, but line ends and tabs stay.
 */
export function printableText(text: string): string {
  return text.replace(
    WILD,
    (found, at: number) =>
      found === "\n" || found === "\t" ||
        (found === "\r" && text[at + 1] === "\n")
        ? found
        : escaped(found),
  );
}

/**
 * Makes the text of a JSON document printable; it says the same as before.
 *
 * @param json The document.
 * @returns The document with such characters as `\u001b`.
 */
export function printableJson(json: string): string {
  // Outside of strings JSON has none of them but the line feed.
  return json.replace(
    WILD,
    (found) =>
      found === "\n"
        ? found
        : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function escaped(found: string): string {
  const code = found.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
