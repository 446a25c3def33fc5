/**
 * The text that `valgrind --tool=lackey --trace-mem=yes` writes:
 *
 *     I  0401ab70,3          an instruction of 3 bytes
 *      S 1fff000d08,8        a store
 *      L 0401b771,8          a load
 *      M 0421c7cc,4          a modify: a load and a store of one place
 *
 * Addresses are hexadecimal, sizes decimal. valgrind's own messages (`==pid==`
 * and `--pid--`) and superblock lines (`SB address`) are between; they are
 * passed over and counted. Copies of such traces have blanks at the ends of
 * lines, or none at their beginnings; the letter and the comma are enough.
 */
import { type AddressTraceEntry, EXPECTED_SIZE } from "./address_text.ts";
import { AddressLines } from "./address_lines.ts";
import {
  isAddress,
  isBlank,
  nextLine,
  skipBlanks,
  TextTraceParser,
} from "./text_trace_parser.ts";
import {
  LARGEST_REFERENCE_BYTES,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./reference.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
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

/** A line that is not a reference: messages, superblocks, blank lines. */
const MESSAGE = /^(==|--|SB [0-9a-f]+\s*$|\s*$)/i;
/** A reference: in lackey's columns, or with its letter and comma. */
const REFERENCE =
  /^(I {2}(?!(0[xX])?[0-9a-fA-F]+[ \t])| [LSM] |[ \t]*[ILSM][ \t]+[^, \t]*,)/;

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

class LackeyParser extends TextTraceParser {
  /** What was not read of lines with a reference: nothing. */
  override readonly remarks: Readonly<Record<string, number>> = {};

  constructor(name: string, batch?: ReferenceBatch) {
    super(name, new AddressLines("lackey", kindOf, batch));
  }

  protected override readLine(
    bytes: Uint8Array,
    at: number,
    batch: ReferenceBatch,
  ): number {
    const letterAt = skipBlanks(bytes, at);
    const letter = bytes[letterAt] as number;
    const kind = letter === LETTER_I
      ? REFERENCE_KIND.instruction
      : DATA_KIND[letter] as number;
    if (kind < 0 || !isBlank(bytes[letterAt + 1])) {
      return this.#skip(bytes, at, letterAt);
    }
    const addressAt = skipBlanks(bytes, letterAt + 1);
    const addressEnd = this.readAddress(bytes, addressAt);
    if (!isAddress(addressEnd - addressAt) || bytes[addressEnd] !== COMMA) {
      this.#failAddress(bytes, addressAt, addressEnd);
    }
    const sizeAt = addressEnd + 1;
    let to = this.readDecimal(bytes, sizeAt);
    const size = this.value;
    if (size < 1 || size > LARGEST_REFERENCE_BYTES) {
      this.fail(bytes, sizeAt, EXPECTED_SIZE);
    }
    to = skipBlanks(bytes, to);
    if (bytes[to] === CARRIAGE_RETURN) to++;
    if (bytes[to] !== LINE_FEED) this.fail(bytes, to, "the end of the line");
    this.put(batch, size, kind);
    return to + 1;
  }

  /** Passes over a line without a reference; where the next one starts. */
  #skip(bytes: Uint8Array, at: number, wordAt: number): number {
    const next = nextLine(bytes, wordAt);
    const text = String.fromCharCode(
      ...bytes.subarray(at, Math.min(next, at + 32)),
    );
    if (bytes[wordAt] !== LINE_FEED && !MESSAGE.test(text)) {
      this.fail(bytes, at, "I, L, S or M in lackey's columns");
    }
    this.skippedLines++;
    return next;
  }

  #failAddress(bytes: Uint8Array, start: number, end: number): never {
    if (end === start) this.fail(bytes, end, "a hexadecimal address");
    if (!isAddress(end - start)) {
      this.fail(bytes, start, "an address of at most 16 hexadecimal digits");
    }
    this.fail(bytes, end, "a comma and a size");
  }
}
