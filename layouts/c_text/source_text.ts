/** A text with its lines, and errors that name a place in it. */

/** Longest part of a text that an error quotes. */
const LONGEST_QUOTE = 40;

// What a terminal would act on, as layouts/ prints others' words, too.
const WILD = // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/g;

export class SourceText {
  /** What errors call it. */
  readonly name: string;
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
    for (
      let at = text.indexOf("\n");
      at >= 0;
      at = text.indexOf("\n", at + 1)
    ) {
      this.#lineStarts.push(at + 1);
    }
  }

  /**
   * Returns the line of a place.
   *
   * @param at The place, in UTF-16 units from the start.
   * @returns The line, from 1.
   */
  line(at: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /**
   * Names a place.
   *
   * @returns `line 3, column 9`, both from 1; a tab is one column.
   */
  where(at: number): string {
    const line = this.line(at);
    return `line ${line}, column ${at - (this.#lineStarts[line - 1] ?? 0) + 1}`;
  }

  /** Makes the error of a place where the text is not C. */
  syntaxError(at: number, found: string, expected: string): SyntaxError {
    return new SyntaxError(this.#message(at, found, expected));
  }

  /** Makes the error of a place where C says what a layout cannot be. */
  rangeError(at: number, found: string, expected: string): RangeError {
    return new RangeError(this.#message(at, found, expected));
  }

  #message(at: number, found: string, expected: string): string {
    return printable(
      `Cannot read C of ${this.name}, ${this.where(at)}: found ${found}, ` +
        `expected ${expected}`,
    );
  }
}

/**
 * Makes somebody else's words printable in one line.
 *
 * @returns The words with what a terminal acts on as `\x1b` or `\u202e`.
 */
export function printable(text: string): string {
  return text.replace(WILD, (found) => {
    const code = found.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/**
 * Quotes a part of a text for an error.
 *
 * @returns It in quotes, cut to 40 characters.
 */
export function quoted(text: string): string {
  const cut = text.length > LONGEST_QUOTE
    ? `${text.slice(0, LONGEST_QUOTE)}...`
    : text;
  return `"${printable(cut)}"`;
}
