/**
 * The text that Dinero IV reads, in both its forms; each line says by its label
 * which one it is:
 *
 *     r 1fff000d08 8     -informat D: read, write (w) or instruction fetch (i)
 *     0 1fff000d08       -informat d: labels 0, 1, 2 for the same
 *
 * Addresses *and sizes* are hexadecimal, with or without `0x`. With a classic
 * label, Dinero takes 4 bytes at the address rounded down to 4, whatever is
 * after it (dinfmt.c: "dineroIII is pretty much word-oriented"). What is after
 * address and size is a comment in both (dinfmt.c, xdinfmt.c). Dinero's labels
 * for copy-back, invalidation and other accesses are refused by name.
 */
import {
  type AddressTraceEntry,
  EXPECTED_SIZE,
  HEX_VALUE,
} from "./address_text.ts";
import { AddressLines } from "./address_lines.ts";
import {
  isAddress,
  isBlank,
  isLineEnd,
  nextLine,
  skipBlanks,
  TextTraceParser,
} from "./text_trace_parser.ts";
import {
  LARGEST_REFERENCE_BYTES,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./reference.ts";

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
const COMMENT = "lines with a comment after the reference";
/** A reference of either form; `I  10,3` is lackey's. */
const REFERENCE = /^[ \t]*([rwi]|(0x)?0*[012])[ \t]+(?![ \t])(?![^ \t]*,)/i;

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

class DinParser extends TextTraceParser {
  #rounded = 0;
  #comments = 0;

  constructor(name: string, batch?: ReferenceBatch) {
    super(name, new AddressLines("din", kindOf, batch));
  }

  /** What was not taken literally. */
  get remarks(): Readonly<Record<string, number>> {
    const rounded = this.#rounded + this.lines.rounded;
    return {
      ...(rounded > 0 && { [ROUNDED]: rounded }),
      ...(this.#comments > 0 && { [COMMENT]: this.#comments }),
    };
  }

  protected override readLine(
    bytes: Uint8Array,
    at: number,
    batch: ReferenceBatch,
  ): number {
    const labelAt = skipBlanks(bytes, at);
    if (isLineEnd(bytes, labelAt)) {
      this.skippedLines++;
      return nextLine(bytes, labelAt);
    }
    const first = KIND[bytes[labelAt] as number] as number;
    const isLetter = first >= 0 && first < CLASSIC;
    const labelEnd = isLetter ? labelAt + 1 : this.#readLabel(bytes, labelAt);
    const kind = isLetter ? first : CLASSIC_KINDS[this.value] ?? -1;
    if (labelEnd === labelAt || kind < 0 || !isBlank(bytes[labelEnd])) {
      this.fail(bytes, labelAt, EXPECTED_LABEL);
    }
    const addressAt = skipPrefix(bytes, skipBlanks(bytes, labelEnd));
    let to = this.readAddress(bytes, addressAt);
    if (!isAddress(to - addressAt)) {
      this.fail(bytes, addressAt, "an address of 1 to 16 hexadecimal digits");
    }
    if (isLetter) to = this.#readSize(bytes, skipBlanks(bytes, to));
    else this.#round();
    if (!isBlank(bytes[to]) && !isLineEnd(bytes, to)) {
      this.fail(bytes, to, "a hexadecimal number or the end of line");
    }
    if (!isLineEnd(bytes, skipBlanks(bytes, to))) this.#comments++;
    this.put(batch, this.value, kind);
    return nextLine(bytes, to);
  }

  /** Reads a classic label, a hexadecimal number; where it ends. */
  #readLabel(bytes: Uint8Array, start: number): number {
    const digitsAt = skipPrefix(bytes, start);
    const end = this.readHexadecimal(bytes, digitsAt);
    return end === digitsAt ? start : end;
  }

  #readSize(bytes: Uint8Array, sizeAt: number): number {
    const digitsAt = skipPrefix(bytes, sizeAt);
    const end = this.readHexadecimal(bytes, digitsAt);
    if (this.value < 1 || this.value > LARGEST_REFERENCE_BYTES) {
      this.fail(bytes, sizeAt, `${EXPECTED_SIZE}, hexadecimal`);
    }
    return end;
  }

  /** Rounds an address that has a classic label, which says no size. */
  #round(): void {
    if ((this.lo & 3) !== 0) this.#rounded++;
    this.lo &= ~3;
    this.value = CLASSIC_SIZE_BYTES;
  }
}

/** Passes over `0x`, if it is here and a digit follows. */
function skipPrefix(bytes: Uint8Array, at: number): number {
  const isPrefix = bytes[at] === ZERO &&
    ((bytes[at + 1] as number) | 0x20) === 0x78 &&
    (HEX_VALUE[bytes[at + 2] as number] as number) >= 0;
  return isPrefix ? at + 2 : at;
}
