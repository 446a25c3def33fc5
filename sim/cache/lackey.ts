/**
 * The text that `valgrind --tool=lackey --trace-mem=yes` writes:
 *
 *     I  0401ab70,3          an instruction of 3 bytes
 *      S 1fff000d08,8        a store
 *      L 0401b771,8          a load
 *      M 0421c7cc,4          a modify: a load and a store of one place
 *
 * Addresses are hexadecimal, sizes decimal. valgrind's own messages (`==pid==`
 * and `--pid--`) and superblock lines (`SB address`) stand between; they are
 * passed over and counted. Copies of such traces have blanks at the ends of
 * lines, or none at their beginnings; the letter and the comma tell enough.
 */
import {
  type AddressTraceEntry,
  DECIMAL_VALUE,
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

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COMMA = 0x2c;
const LETTER_I = 0x49;

/** Kind by the letter; -1 for any other byte. */
const DATA_KIND = new Int8Array(256).fill(-1);
DATA_KIND["L".charCodeAt(0)] = REFERENCE_KIND.read;
DATA_KIND["S".charCodeAt(0)] = REFERENCE_KIND.write;
DATA_KIND["M".charCodeAt(0)] = REFERENCE_KIND.modify;

/** Kind by the first two bytes of a line in lackey's columns; -1: none. */
function kindOf(first: number, second: number): number {
  if (first === SPACE) return DATA_KIND[second] as number;
  return first === LETTER_I && second === SPACE
    ? REFERENCE_KIND.instruction
    : -1;
}

/** A line that is no reference: messages, superblocks, blank lines. */
const MESSAGE = /^(==|--|SB [0-9a-f]+\s*$|\s*$)/i;
/** A reference: in lackey's columns, or with its letter and comma. */
const REFERENCE =
  /^(I {2}(?!(0[xX])?[0-9a-fA-F]+[ \t])| [LSM] |[ \t]*[ILSM][ \t]+[^, \t]*,)/;

/** The format as a whole. */
export const lackey: AddressTraceEntry = {
  name: "lackey",
  origin: "valgrind --tool=lackey --trace-mem=yes",
  isText: true,
  isReference: (line) => REFERENCE.test(line),
  isMessage: (line) => MESSAGE.test(line),
  samples: [
    "==7== Lackey, an example Valgrind tool\n--7-- warning\n" +
    "I  0401ab70,3\n S 1fff000d08,8\nSB 0401ab70\n L 0401b771,16 \n" +
    " M 0421c7cc,4\r\n==7== \n",
    " L 10,4 \n S 18,4\n",
    "I 0400d7d4,8\nL 7ff0005c8,8\n",
  ],
  tokens: ["I  ", " L ", " S ", " M ", ",8\n", "==7== a\n", "SB ", "0401ab70"],
  create: (name, batch) => new LackeyParser(name, batch),
};

/** Parses lackey text; the input must end with a line feed. */
class LackeyParser {
  /** Lines that hold no reference: messages, superblocks, blank lines. */
  skippedLines = 0;
  /** What was not read of lines with a reference: nothing. */
  readonly remarks: Readonly<Record<string, number>> = {};
  readonly #name: string;
  readonly #lines: AddressLines;
  #line = 0;

  /**
   * @param name Name of the trace, for errors.
   * @param batch What is parsed into, for the most part.
   */
  constructor(name: string, batch?: ReferenceBatch) {
    this.#name = name;
    this.#lines = new AddressLines("lackey", kindOf, batch);
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
        filled = batch.length;
        at = input.at;
        continue;
      }
      this.#line++;
      const letterAt = skipBlanks(bytes, at);
      const letter = bytes[letterAt] as number;
      if (letter === LINE_FEED) {
        this.skippedLines++;
        at = letterAt + 1;
        continue;
      }
      const kind = letter === LETTER_I
        ? REFERENCE_KIND.instruction
        : DATA_KIND[letter] as number;
      if (kind < 0 || !isBlank(bytes[letterAt + 1])) {
        at = this.#skip(bytes, at);
        continue;
      }
      const addressAt = skipBlanks(bytes, letterAt + 1);
      let to = addressAt;
      let lo = 0;
      let hi = 0;
      let digit = HEX_VALUE[bytes[to] as number] as number;
      while (digit >= 0) {
        hi = (hi << 4) | (lo >>> 28);
        lo = (lo << 4) | digit;
        digit = HEX_VALUE[bytes[++to] as number] as number;
      }
      if (to === addressAt || to > addressAt + 16 || bytes[to] !== COMMA) {
        this.#failAddress(bytes, at, { addressAt, to });
      }
      const sizeAt = ++to;
      let size = 0;
      digit = DECIMAL_VALUE[bytes[to] as number] as number;
      while (digit >= 0) {
        size = size * 10 + digit;
        digit = DECIMAL_VALUE[bytes[++to] as number] as number;
      }
      if (size < 1 || size > LARGEST_REFERENCE_BYTES) {
        this.#fail(bytes, at, sizeAt, EXPECTED_SIZE);
      }
      to = skipBlanks(bytes, to);
      if (bytes[to] === CARRIAGE_RETURN) to++;
      if (bytes[to] !== LINE_FEED) {
        this.#fail(bytes, at, to, "the end of the line");
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

  /** Passes over a line without a reference; where the next one starts. */
  #skip(bytes: Uint8Array, at: number): number {
    const lineEnd = bytes.indexOf(LINE_FEED, at);
    const text = String.fromCharCode(
      ...bytes.subarray(at, Math.min(lineEnd, at + 32)),
    );
    if (!MESSAGE.test(text)) {
      this.#fail(bytes, at, at, "I, L, S or M in lackey's columns");
    }
    this.skippedLines++;
    return lineEnd + 1;
  }

  #failAddress(
    bytes: Uint8Array,
    lineStart: number,
    { addressAt, to }: { addressAt: number; to: number },
  ): never {
    if (to === addressAt) {
      this.#fail(bytes, lineStart, to, "a hexadecimal address");
    }
    if (to - addressAt > 16) {
      this.#fail(
        bytes,
        lineStart,
        addressAt,
        "an address of at most 16 hexadecimal digits",
      );
    }
    this.#fail(bytes, lineStart, to, "a comma and a size");
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

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function skipBlanks(bytes: Uint8Array, at: number): number {
  while (isBlank(bytes[at])) at++;
  return at;
}
