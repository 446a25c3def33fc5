/**
 * What the parsers of textual address traces share: usual lines are taken many
 * at a time (`address_lines.ts`), and others one by one.
 */
import type { AddressLines } from "./address_lines.ts";
import {
  type AddressTraceParser,
  DECIMAL_VALUE,
  HEX_VALUE,
  lineError,
  type ParserInput,
} from "./address_text.ts";
import type { ReferenceBatch } from "./reference.ts";

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const MOST_DIGITS = 16;

/** Parses text whose lines all end with a line feed. */
export abstract class TextTraceParser implements AddressTraceParser {
  skippedLines = 0;
  abstract readonly remarks: Readonly<Record<string, number>>;
  /** What `readNumber()` read last; its last 64 bits. */
  protected value = 0;
  protected lo = 0;
  protected hi = 0;
  protected readonly lines: AddressLines;
  readonly #name: string;
  #line = 0;
  #lineStart = 0;

  constructor(name: string, lines: AddressLines) {
    this.#name = name;
    this.lines = lines;
  }

  get text(): Uint8Array {
    return this.lines.text;
  }

  close(): void {
    this.lines.close();
  }

  /** @throws {SyntaxError} At a malformed line. */
  parse(input: ParserInput, batch: ReferenceBatch): void {
    const capacity = batch.sizeAndKind.length;
    while (input.at < input.end && batch.length < capacity) {
      const taken = this.lines.take(input, batch);
      this.#line += taken;
      if (taken > 0) continue;
      this.#line++;
      this.#lineStart = input.at;
      input.at = this.readLine(input.bytes, input.at, batch);
    }
  }

  /** Reads one line; returns where the next one starts. */
  protected abstract readLine(
    bytes: Uint8Array,
    at: number,
    batch: ReferenceBatch,
  ): number;

  /** Puts a reference to what `readAddress()` read last after the others. */
  protected put(batch: ReferenceBatch, sizeBytes: number, kind: number): void {
    const index = batch.length++;
    batch.addressLo[index] = this.lo;
    batch.addressHi[index] = this.hi;
    batch.sizeAndKind[index] = (sizeBytes << 2) | kind;
  }

  /** Reads a hexadecimal address; returns where it ends. */
  protected readAddress(bytes: Uint8Array, start: number): number {
    let at = start;
    let lo = 0;
    let hi = 0;
    let digit = HEX_VALUE[bytes[at] as number] as number;
    while (digit >= 0) {
      hi = (hi << 4) | (lo >>> 28);
      lo = (lo << 4) | digit;
      digit = HEX_VALUE[bytes[++at] as number] as number;
    }
    this.lo = lo;
    this.hi = hi;
    return at;
  }

  /** Reads a decimal number; returns where it ends. */
  protected readDecimal(bytes: Uint8Array, start: number): number {
    let at = start;
    let value = 0;
    let digit = DECIMAL_VALUE[bytes[at] as number] as number;
    while (digit >= 0) {
      value = value * 10 + digit;
      digit = DECIMAL_VALUE[bytes[++at] as number] as number;
    }
    this.value = value;
    return at;
  }

  /** Reads a hexadecimal number; returns where it ends. */
  protected readHexadecimal(bytes: Uint8Array, start: number): number {
    let at = start;
    let value = 0;
    let digit = HEX_VALUE[bytes[at] as number] as number;
    while (digit >= 0) {
      value = value * 16 + digit;
      digit = HEX_VALUE[bytes[++at] as number] as number;
    }
    this.value = value;
    return at;
  }

  /** Refuses the line that is read, at one of its bytes. */
  protected fail(bytes: Uint8Array, at: number, expected: string): never {
    throw lineError(bytes, {
      name: this.#name,
      line: this.#line,
      lineStart: this.#lineStart,
      at,
      expected,
    });
  }
}

/** Whether this many bytes are the digits of an address. */
export function isAddress(digits: number): boolean {
  return digits >= 1 && digits <= MOST_DIGITS;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

export function skipBlanks(bytes: Uint8Array, at: number): number {
  while (isBlank(bytes[at])) at++;
  return at;
}

/** Whether the line ends here; a carriage return may be before its end. */
export function isLineEnd(bytes: Uint8Array, at: number): boolean {
  const to = bytes[at] === CARRIAGE_RETURN ? at + 1 : at;
  return bytes[to] === LINE_FEED;
}

/** Where the line after this one starts. */
export function nextLine(bytes: Uint8Array, at: number): number {
  return bytes.indexOf(LINE_FEED, at) + 1;
}
