/**
 * A cursor over one line of bytes. It parses bytes, not strings, because a
 * string per field costs more than the whole rest of a line.
 */
import { inputError, quoteInput } from "./input_error.ts";

const SPACE = 0x20;
const TAB = 0x09;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** The text of a token that is mostly the same from line to line. */
export class KeptToken {
  #bytes: Uint8Array = new Uint8Array(0);
  #text = "";

  /**
   * Returns the token that a cursor read last as text.
   *
   * @returns The text: the same string for as long as the token is the same.
   */
  text(cursor: LineCursor): string {
    if (!cursor.tokenIs(this.#bytes)) {
      this.#bytes = cursor.bytes.slice(cursor.tokenStart, cursor.tokenEnd);
      this.#text = cursor.tokenText();
    }
    return this.#text;
  }
}

/** Reads the fields of a line; one cursor serves all lines of an input. */
export class LineCursor {
  /** The bytes that the line is part of. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Next byte to read. */
  at = 0;
  /** The byte after the line's last. */
  end = 0;
  /** Number of the line, from 1. */
  line = 0;
  /** First byte of the token read last. */
  tokenStart = 0;
  /** The byte after the last of the token read last. */
  tokenEnd = 0;
  readonly #kind: string;
  readonly #name: string;
  #lineStart = 0;
  readonly #kept = new KeptToken();

  /**
   * Makes a cursor for one input.
   *
   * @param kind Kind of the input, for errors, such as `iolog`.
   */
  constructor(kind: string, name: string) {
    this.#kind = kind;
    this.#name = name;
  }

  /**
   * Goes to the next line.
   *
   * @param bytes Bytes that hold it whole.
   * @param start Its first byte.
   * @param end The byte after its last, the line end left out.
   */
  nextLine(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.#lineStart = start;
    this.end = end > start && bytes[end - 1] === 0x0d ? end - 1 : end;
    this.line++;
    this.tokenStart = start;
    this.tokenEnd = start;
  }

  /** Makes all that is left of the line the token; the cursor stays. */
  restAsToken(): void {
    this.tokenStart = this.at;
    this.tokenEnd = this.end;
  }

  /** Passes spaces and tabs. */
  skipBlanks(): void {
    const bytes = this.bytes;
    let at = this.at;
    while (at < this.end && isBlank(bytes[at])) at++;
    this.at = at;
  }

  /** Whether nothing but blanks is left. */
  isAtEnd(): boolean {
    this.skipBlanks();
    return this.at >= this.end;
  }

  /**
   * Reads a word: bytes up to a blank.
   *
   * @param expected What it should be, if the line has none left.
   */
  word(expected: string): void {
    this.skipBlanks();
    const bytes = this.bytes;
    const end = this.end;
    let at = this.at;
    this.tokenStart = at;
    while (at < end && bytes[at] !== SPACE && bytes[at] !== TAB) at++;
    this.tokenEnd = at;
    this.at = at;
    if (at === this.tokenStart) this.fail(expected);
  }

  /**
   * Reads a field that ends with a comma or with the line, without the blanks
   * around it.
   *
   * @param expected What it should be, for the error if it is empty.
   */
  commaField(expected: string): void {
    this.emptyableField(expected);
    if (this.tokenEnd === this.tokenStart) this.fail(expected);
  }

  /**
   * Reads a field as `commaField()`, which may be empty.
   *
   * @param expected What it should be, if the line has none left.
   */
  emptyableField(expected: string): void {
    if (this.at > this.end) { // a comma less than expected
      this.tokenStart = this.end;
      this.tokenEnd = this.end;
      this.fail(expected);
    }
    this.skipBlanks();
    const bytes = this.bytes;
    const end = this.end;
    let at = this.at;
    this.tokenStart = at;
    while (at < end && bytes[at] !== COMMA) at++;
    this.at = at + 1;
    while (at > this.tokenStart && isBlank(bytes[at - 1])) at--;
    this.tokenEnd = at;
  }

  /**
   * Reads a decimal integer that is a whole word.
   *
   * @returns The number, 0 to 2^53 - 1.
   */
  integer(expected: string): number {
    this.word(expected);
    return this.tokenInteger(expected);
  }

  /**
   * Returns the token read last as a decimal integer.
   *
   * @returns The number, 0 to 2^53 - 1.
   */
  tokenInteger(expected: string): number {
    const bytes = this.bytes;
    let value = 0;
    for (let at = this.tokenStart; at < this.tokenEnd; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO || byte > NINE) this.fail(expected);
      value = value * 10 + (byte - ZERO);
    }
    if (value > Number.MAX_SAFE_INTEGER) this.fail(`${expected} below 2^53`);
    return value;
  }

  /** Passes over a whole word that is a decimal integer, perhaps negative. */
  passInteger(expected: string): void {
    this.word(expected);
    const isNegative = this.bytes[this.tokenStart] === MINUS &&
      this.tokenStart + 1 < this.tokenEnd;
    if (isNegative) this.tokenStart++;
    this.passDigits(expected);
    if (isNegative) this.tokenStart--;
  }

  /** Fails if the token read last holds anything but digits. */
  passDigits(expected: string): void {
    const bytes = this.bytes;
    for (let at = this.tokenStart; at < this.tokenEnd; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO || byte > NINE) this.fail(expected);
    }
  }

  /**
   * The token read last as text: the same string for as long as the token is
   * the same, so that it is cheap on every line.
   *
   * @returns The text, each byte one character.
   */
  keptText(): string {
    return this.#kept.text(this);
  }

  /** Whether the token read last is a certain text. */
  tokenIs(text: Uint8Array): boolean {
    const start = this.tokenStart;
    if (this.tokenEnd - start !== text.length) return false;
    const bytes = this.bytes;
    for (let i = 0; i < text.length; i++) {
      if (bytes[start + i] !== text[i]) return false;
    }
    return true;
  }

  /**
   * The token read last as text; not for use on every line.
   *
   * @returns The text, each byte one character.
   */
  tokenText(): string {
    let text = "";
    for (let at = this.tokenStart; at < this.tokenEnd; at++) {
      text += String.fromCharCode(this.bytes[at] ?? 0);
    }
    return text;
  }

  /**
   * Makes the error of a line that is too long.
   *
   * @param mostBytes Bytes that it may have.
   */
  tooLong(mostBytes: number): SyntaxError {
    return inputError({
      kind: this.#kind,
      name: this.#name,
      where: `line ${this.line + 1}, column ${mostBytes + 1}`,
      found: "more text",
      expected: `a line of at most ${mostBytes} bytes`,
    });
  }

  /** Fails unless the line ends here. */
  expectEnd(): void {
    if (this.isAtEnd()) return;
    this.word("the end of the line");
    this.fail("the end of the line");
  }

  /**
   * Fails at the token read last.
   *
   * @throws {SyntaxError} Always.
   */
  fail(expected: string): never {
    const start = this.tokenStart;
    throw inputError({
      kind: this.#kind,
      name: this.#name,
      where: `line ${this.line}, column ${start - this.#lineStart + 1}`,
      found: quoteInput(this.bytes, { start, end: this.tokenEnd }),
      expected,
    });
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
