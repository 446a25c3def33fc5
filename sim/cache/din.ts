/**
 * The text that Dinero IV reads, in both its forms; each line says by its label
 * which one it is:
 *
 *     r 1fff000d08 8     -informat D: read, write (w) or instruction fetch (i)
 *     0 1fff000d08       -informat d: labels 0, 1, 2 for the same
 *
 * Addresses *and sizes* are hexadecimal, with or without `0x`. With a classic
 * label, Dinero takes 4 bytes at the address rounded down to 4, whatever stands
 * behind it (dinfmt.c: "dineroIII is pretty much word-oriented"). What stands
 * behind address and size is a comment in both (dinfmt.c, xdinfmt.c). Dinero's
 * labels for copy-back, invalidation and other accesses are refused by name.
 */
import {
  type AddressTraceEntry,
  EXPECTED_SIZE,
  HEX_VALUE,
  lineError,
  type ParserInput,
} from "./address_text.ts";
import { AddressLines } from "./address_lines.ts";
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
/** Size of a reference with a classic label. */
const CLASSIC_SIZE_BYTES = 4;

/** Kind by the first byte of a line; -1 for any other byte. */
const KIND = new Int8Array(256).fill(-1);
[..."rR"].forEach((c) => KIND[c.charCodeAt(0)] = REFERENCE_KIND.read);
[..."wW"].forEach((c) => KIND[c.charCodeAt(0)] = REFERENCE_KIND.write);
[..."iI"].forEach((c) => KIND[c.charCodeAt(0)] = REFERENCE_KIND.instruction);
/** In the kind of a line with a classic label. */
const CLASSIC = 4;
/** Kinds by the value of a classic label (D4XREAD and so on, d4.h). */
const CLASSIC_KINDS = [
  REFERENCE_KIND.read,
  REFERENCE_KIND.write,
  REFERENCE_KIND.instruction,
] as const;
CLASSIC_KINDS.forEach((kind, label) => KIND[ZERO + label] = kind | CLASSIC);

const EXPECTED_LABEL =
  "r, w, i, 0, 1 or 2 and an address; misses of Dinero's other accesses " +
  "(m, c, v, 3, 4, 5) are not modelled";
const ROUNDED = "classic addresses rounded down to 4 bytes";
const COMMENT = "lines with a comment behind the reference";
/** A reference of either form; `I  10,3` is lackey's. */
const REFERENCE = /^[ \t]*([rwi]|(0x)?0*[012])[ \t]+(?![ \t])(?![^ \t]*,)/i;

/** The format as a whole. */
export const din: AddressTraceEntry = {
  name: "din",
  origin: "Dinero IV, -informat D (r, w, i) or -informat d (0, 1, 2)",
  isText: true,
  isReference: (line) => REFERENCE.test(line),
  isMessage: (line) => /^\s*$/.test(line),
  samples: [
    "r 1fff000d08 8\nw 0x1000 10\ti0 annul\ni 401ab70 3\n\nR 0 1 \r\n",
    "0 1fff000d09\n1 40 0\n2 401ab70 any text\n 0x2\t401ab74\n00 7\n",
  ],
  tokens: ["r ", "w ", "i ", "0 ", "1 ", "2 ", "0x", " 8\n", "\td0\n", "3 "],
  create: (name, batch) => new DinParser(name, batch),
};

/** Kind by the first two bytes of a line, the second a blank; -1: none. */
function kindOf(first: number, second: number): number {
  return second === SPACE ? KIND[first] as number : -1;
}

/** Parses din text; the input must end with a line feed. */
class DinParser {
  /** Blank lines. */
  skippedLines = 0;
  readonly #name: string;
  readonly #lines: AddressLines;
  #line = 0;
  #rounded = 0;
  #comments = 0;

  /**
   * @param name Name of the trace, for errors.
   * @param batch What is parsed into, for the most part.
   */
  constructor(name: string, batch?: ReferenceBatch) {
    this.#name = name;
    this.#lines = new AddressLines("din", kindOf, batch);
  }

  /** What was not taken as it stands. */
  get remarks(): Readonly<Record<string, number>> {
    return {
      ...(this.#rounded > 0 && { [ROUNDED]: this.#rounded }),
      ...(this.#comments > 0 && { [COMMENT]: this.#comments }),
    };
  }

  /** {@inheritDoc AddressTraceParser.text} */
  get text(): Uint8Array {
    return this.#lines.text;
  }

  /** {@inheritDoc AddressTraceParser.close} */
  close(): void {
    this.#lines.close();
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
    let filled = batch.length;
    let at = input.at;
    while (at < end && filled < capacity) {
      batch.length = filled;
      input.at = at;
      const taken = this.#lines.take(input, batch);
      if (taken > 0) {
        this.#line += taken;
        this.#rounded += this.#lines.rounded;
        filled = batch.length;
        at = input.at;
        continue;
      }
      this.#line++;
      const labelAt = skipBlanks(bytes, at);
      if (isLineEnd(bytes, labelAt)) {
        this.skippedLines++;
        at = bytes.indexOf(LINE_FEED, labelAt) + 1;
        continue;
      }
      let to = labelAt + 1;
      let kind = KIND[bytes[labelAt] as number] as number;
      if (kind < 0 || (kind >= CLASSIC && !isBlank(bytes[to]))) {
        const label = { value: 0, end: 0 };
        readLabel(bytes, labelAt, label);
        kind = CLASSIC_KINDS[label.value] ?? -1;
        if (label.end === labelAt || kind < 0) {
          this.#fail(bytes, at, labelAt, EXPECTED_LABEL);
        }
        kind |= CLASSIC;
        to = label.end;
      }
      if (!isBlank(bytes[to])) this.#fail(bytes, at, labelAt, EXPECTED_LABEL);
      to = skipBlanks(bytes, to);
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
      if (kind >= CLASSIC) {
        if ((lo & 3) !== 0) this.#rounded++;
        lo &= ~3;
      } else {
        const sizeAt = skipBlanks(bytes, to);
        to = sizeAt;
        if (bytes[to] === ZERO) to = skipPrefix(bytes, to);
        const digitsAt = to;
        size = 0;
        digit = HEX_VALUE[bytes[to] as number] as number;
        while (digit >= 0) {
          size = size * 16 + digit;
          digit = HEX_VALUE[bytes[++to] as number] as number;
        }
        if (
          to === digitsAt || size < 1 || size > LARGEST_REFERENCE_BYTES
        ) {
          this.#fail(bytes, at, sizeAt, `${EXPECTED_SIZE}, hexadecimal`);
        }
      }
      if (!isBlank(bytes[to]) && !isLineEnd(bytes, to)) {
        this.#fail(bytes, at, to, "a hexadecimal number or the end of line");
      }
      const lineEnd = bytes.indexOf(LINE_FEED, to);
      if (!isLineEnd(bytes, skipBlanks(bytes, to))) this.#comments++;
      addressLo[filled] = lo;
      addressHi[filled] = hi;
      sizeAndKind[filled] = (size << 2) | (kind & 3);
      filled++;
      at = lineEnd + 1;
    }
    batch.length = filled;
    input.at = at;
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

/** Reads a classic label, which is a hexadecimal number. */
function readLabel(
  bytes: Uint8Array,
  start: number,
  label: { value: number; end: number },
): void {
  let at = bytes[start] === ZERO ? skipPrefix(bytes, start) : start;
  const digitsAt = at;
  let value = 0;
  let digit = HEX_VALUE[bytes[at] as number] as number;
  while (digit >= 0) {
    value = Math.min(value * 16 + digit, 16);
    digit = HEX_VALUE[bytes[++at] as number] as number;
  }
  label.value = value;
  label.end = at === digitsAt ? start : at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function skipBlanks(bytes: Uint8Array, at: number): number {
  while (isBlank(bytes[at])) at++;
  return at;
}

/** Whether the line ends here; a carriage return may stand before its end. */
function isLineEnd(bytes: Uint8Array, at: number): boolean {
  const to = bytes[at] === CARRIAGE_RETURN ? at + 1 : at;
  return bytes[to] === LINE_FEED;
}

/** Passes over `0x`, if a digit follows. */
function skipPrefix(bytes: Uint8Array, at: number): number {
  const isPrefix = ((bytes[at + 1] as number) | 0x20) === 0x78 &&
    (HEX_VALUE[bytes[at + 2] as number] as number) >= 0;
  return isPrefix ? at + 2 : at;
}
