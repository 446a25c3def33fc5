/**
 * Text of an untrusted file, before it is in a message or a report: a name can
 * hold what moves a terminal's cursor, colours or hides what follows, or turns
 * the direction of the line.
 */

// Controls (0x9b begins an escape sequence as ESC [ does), formats (zero-width,
// bidirectional, invisible tags, the byte order mark), separators of lines and
// paragraphs, and halves of a character that no encoding has.
const WILD = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Makes a text printable in one line.
 *
 * @returns The text with each character that a terminal would act on written
 *   as `\x1b` or `\u202e`.
 */
export function printableLine(text: string): string {
  return text.replace(WILD, escaped);
}

/**
 * Returns whether a text is printable in one line without changes.
 *
 * @returns Whether nothing in it would have to be written out.
 */
export function isPrintableLine(text: string): boolean {
  return text.search(WILD) < 0;
}

/**
 * Makes a text of several lines printable.
 *
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
 * @returns The document with such characters as `\u001b`.
 */
export function printableJson(json: string): string {
  // Outside of strings JSON has none of them but the line feed.
  return json.replace(
    WILD,
    (found) =>
      found === "\n" ? found : Array.from(found.split(""), unit).join(""),
  );
}

function escaped(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : unit(found);
}

/** A UTF-16 unit, as JSON writes it. */
function unit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
