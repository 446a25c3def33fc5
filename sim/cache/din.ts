/**
 * The text that Dinero IV reads, in both its forms:
 *
 *     r 1fff000d08 8     read, write (w) or instruction fetch (i)
 *     0 1fff000d08       classic labels 0, 1, 2; without a size it is 4 bytes
 *
 * Addresses *and sizes* are hexadecimal, with or without `0x`. Dinero's labels
 * for copy-back, invalidation and other accesses are refused by name.
 */
import {
  EXPECTED_SIZE,
  HEX_PAIR,
  HEX_VALUE,
  lineError,
  type ParserInput,
  SHORT_CUT_BYTES,
} from "./address_text.ts";
import {
  LARGEST_REFERENCE_BYTES,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./reference.ts";

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const ZERO = 0x30;
/** A line without a size (Dinero IV, tracein.c, traditional din format). */
const CLASSIC_SIZE_BYTES = 4;

/** Kind by the first byte of a line; -1 for any other byte. */
const KIND = new Int8Array(256).fill(-1);
[..."rR0"].forEach((c) => KIND[c.charCodeAt(0)] = REFERENCE_KIND.read);
[..."wW1"].forEach((c) => KIND[c.charCodeAt(0)] = REFERENCE_KIND.write);
[..."iI2"].forEach((c) => KIND[c.charCodeAt(0)] = REFERENCE_KIND.instruction);

// V8 loads imported bindings anew at every use.
const PAIR = HEX_PAIR;
const HEX = HEX_VALUE;

/** Parses din text; the input must end with a line feed. */
export class DinParser {
  /** Blank lines. */
  skippedLines = 0;
  readonly #name: string;
  #line = 0;

  /** @param name Name of the trace, for errors. */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Parses whole lines until the batch is full or the input is used up.
   *
   * @param input The bytes; `at` moves behind what was parsed.
   * @param batch Filled from its length on.
   * @throws {SyntaxError} At a malformed line.
   */
  parse(input: ParserInput, batch: ReferenceBatch): void {
    const { bytes, end } = input;
    const { addressLo, addressHi, sizeAndKind } = batch;
    const capacity = sizeAndKind.length;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const shortCutEnd = end - SHORT_CUT_BYTES;
    let filled = batch.length;
    let at = input.at;
    while (at < end && filled < capacity) {
      this.#line++;
      if (at < shortCutEnd) {
        // Label, address and a size of one digit, a space between each. All
        // other lines, and all that is wrong, are for the careful way below.
        const kind = KIND[view.getUint8(at)] as number;
        const addressAt = at + 2;
        const addressEnd = addressAt + 16;
        let to = addressAt;
        let lo = 0;
        let hi = 0;
        let pair = PAIR[view.getUint16(to, true)] as number;
        while (pair >= 0 && to < addressEnd) {
          hi = hi << 8 | lo >>> 24;
          lo = lo << 8 | pair;
          to += 2;
          pair = PAIR[view.getUint16(to, true)] as number;
        }
        const digit = HEX[view.getUint8(to)] as number;
        if (digit >= 0 && to < addressEnd) {
          hi = hi << 4 | lo >>> 28;
          lo = lo << 4 | digit;
          to++;
        }
        const size = HEX[view.getUint8(to + 1)] as number;
        if (
          kind >= 0 && size > 0 && to > addressAt &&
          view.getUint8(at + 1) === SPACE && view.getUint8(to) === SPACE &&
          view.getUint8(to + 2) === LINE_FEED
        ) {
          addressLo[filled] = lo;
          addressHi[filled] = hi;
          sizeAndKind[filled] = (size << 2) | kind;
          filled++;
          at = to + 3;
          continue;
        }
      }
      const kind = KIND[bytes[at] as number] as number;
      let to = at + 1;
      if (kind < 0 || (bytes[to] !== SPACE && bytes[to] !== TAB)) {
        at = this.#skip(bytes, at);
        continue;
      }
      to = skipBlanks(bytes, to + 1);
      if (bytes[to] === ZERO) to = skipPrefix(bytes, to);
      const addressAt = to;
      let lo = 0;
      let hi = 0;
      let digit = HEX_VALUE[bytes[to] as number] as number;
      while (digit >= 0) {
        hi = (hi << 4) | (lo >>> 28);
        lo = (lo << 4) | digit;
        digit = HEX_VALUE[bytes[++to] as number] as number;
      }
      if (to === addressAt || to > addressAt + 16) {
        this.#fail(
          bytes,
          at,
          addressAt,
          "an address of 1 to 16 hexadecimal digits",
        );
      }
      let size = CLASSIC_SIZE_BYTES;
      if (bytes[to] === SPACE || bytes[to] === TAB) {
        to = skipBlanks(bytes, to + 1);
        if (bytes[to] === ZERO) to = skipPrefix(bytes, to);
        const sizeAt = to;
        digit = HEX_VALUE[bytes[to] as number] as number;
        if (digit >= 0) size = 0;
        while (digit >= 0) {
          size = size * 16 + digit;
          digit = HEX_VALUE[bytes[++to] as number] as number;
        }
        if (size < 1 || size > LARGEST_REFERENCE_BYTES) {
          this.#fail(bytes, at, sizeAt, `${EXPECTED_SIZE}, hexadecimal`);
        }
        if (bytes[to] === SPACE || bytes[to] === TAB) {
          to = skipBlanks(bytes, to + 1);
        }
      }
      if (bytes[to] === CARRIAGE_RETURN) to++;
      if (bytes[to] !== LINE_FEED) {
        this.#fail(bytes, at, to, "a hexadecimal number or the end of line");
      }
      addressLo[filled] = lo;
      addressHi[filled] = hi;
      sizeAndKind[filled] = (size << 2) | kind;
      filled++;
      at = to + 1;
    }
    batch.length = filled;
    input.at = at;
  }

  /** Passes over a blank line; anything else is an error. */
  #skip(bytes: Uint8Array, at: number): number {
    const to = skipBlanks(bytes, at);
    const lineEnd = bytes[to] === CARRIAGE_RETURN ? to + 1 : to;
    if (bytes[lineEnd] !== LINE_FEED) {
      this.#fail(bytes, at, at, "r, w, i, 0, 1 or 2 and an address");
    }
    this.skippedLines++;
    return lineEnd + 1;
  }

  #fail(
    bytes: Uint8Array,
    lineStart: number,
    at: number,
    expected: string,
  ): never {
    const line = this.#line;
    throw lineError(bytes, { name: this.#name, line, lineStart, at, expected });
  }
}

function skipBlanks(bytes: Uint8Array, at: number): number {
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

/** Passes over `0x`, if a digit follows. */
function skipPrefix(bytes: Uint8Array, at: number): number {
  const isPrefix = ((bytes[at + 1] as number) | 0x20) === 0x78 &&
    (HEX_VALUE[bytes[at + 2] as number] as number) >= 0;
  return isPrefix ? at + 2 : at;
}
