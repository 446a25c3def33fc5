/**
 * The usual lines of textual address traces, parsed in WebAssembly
 * (`address_lines.as`): four lines at a time, where JavaScript takes them byte
 * by byte. What it does not know, a parser takes line by line.
 */
import { wasmModule } from "../memory/wasm_module.ts";
import { ADDRESS_LINES_WASM } from "./address_lines_wasm.ts";
import { HEX_VALUE, type ParserInput } from "./address_text.ts";
import type { ReferenceBatch } from "./reference.ts";
import {
  createRoomyBatch,
  giveRoomBack,
  PARSER_BYTES,
  takeRoom,
  type TextRoom,
} from "./text_room.ts";

/** Kind of the lines that begin with two bytes; none where it gives -1. */
export type KindOf = (first: number, second: number) => number;

type Parse = (
  at: number,
  end: number,
  out: number,
  column: number,
  most: number,
) => number;

interface LinesModule {
  readonly lackey: Parse;
  readonly din: Parse;
}

const instantiate = wasmModule<LinesModule>(ADDRESS_LINES_WASM);

// As in address_lines.as and address_fours.as, in bytes.
const OUT_AT = 0;
const ROUNDED_AT = 4;
const VECTORS_AT = 64;
const FOUR_AT = 256;
const TURNS_AT = 1024;
const HEX_AT = 0x600;
const LINES_AT = 0x800;
const KINDS_AT = 0x2000;
const LONG = 80;
const LONGER = 80;
const LANES = 16;
const NONE = 0xff;
const LINE_FEED = 0x0a;
/** Vectors of equal bytes, except for the last one: `vector()` there. */
const VECTORS = [0x2c, 0x20, 0x61, 5, 0x30, 9, 15];
/** Digits of 16 bytes that end with a separator, a digit and a line feed. */
const MOST_DIGITS = 13;
/** References that are parsed at once for a batch that is elsewhere. */
const COPIED_AT_ONCE = 0x800;

/** What the commonest lines of a format look like. */
interface LineShape {
  /** Their beginnings; the first two bytes give the kind. */
  readonly heads: readonly string[];
  /** The byte that tells them apart, and which two of its bits do. */
  readonly telling: { readonly at: number; readonly bits: readonly number[] };
  /** What is between address and size. */
  readonly separator: number;
  /** The largest size of one digit. */
  readonly largestSize: number;
}

const SHAPES: Readonly<Record<keyof LinesModule, LineShape>> = {
  lackey: {
    heads: ["I  ", " L ", " S ", " M "],
    telling: { at: 1, bits: [1, 4] },
    separator: 0x2c,
    largestSize: 9,
  },
  din: {
    heads: ["r ", "w ", "i "],
    telling: { at: 0, bits: [1, 2] },
    separator: 0x20,
    largestSize: 15,
  },
};

/** Lines of one format, beside the batch that they are parsed into. */
export class AddressLines {
  /** Addresses that were rounded down so far. */
  rounded = 0;
  readonly #home: ReferenceBatch;
  readonly #room: TextRoom;
  readonly #parse: Parse;
  /** Where the last parse ended, and rounded addresses. */
  readonly #words: Int32Array;

  /**
   * Takes memory for lines.
   *
   * @param kindOf Their kinds; with 4 added for a classic label of Dinero.
   * @param batch What they are parsed into, for the most part: straight, if
   *   there is room beside it.
   */
  constructor(
    format: keyof LinesModule,
    kindOf: KindOf,
    batch?: ReferenceBatch,
  ) {
    let home = batch;
    let room = batch && takeRoom(batch);
    if (home === undefined || room === undefined) {
      home = createRoomyBatch(COPIED_AT_ONCE);
      room = takeRoom(home) as TextRoom;
    }
    this.#home = home;
    this.#room = room;
    const { memory } = room;
    this.#parse = instantiate(memory)[format];
    this.#words = new Int32Array(memory.buffer, 0, 2);
    new Uint8Array(memory.buffer).set(imageOf(format, kindOf));
  }

  /** Memory for text, all that there is. */
  get text(): Uint8Array {
    return this.#room.text;
  }

  /** Leaves the memory to others. */
  close(): void {
    giveRoomBack(this.#home, this.#room);
  }

  /**
   * Parses lines up to the first one that is not usual.
   *
   * @param input The bytes; `at` moves after what was parsed.
   * @param batch Filled from its length on, which grows.
   * @returns How many; 0 where none is usual, or the bytes are not in `text`.
   */
  take(input: ParserInput, batch: ReferenceBatch): number {
    const { bytes, at, end } = input;
    const { text } = this.#room;
    if (bytes.buffer !== text.buffer) return 0;
    const home = this.#home;
    const isHome = batch === home;
    const filled = batch.length;
    const start = isHome ? filled : 0;
    const room = batch.sizeAndKind.length - filled;
    const { addressLo, addressHi, sizeAndKind } = home;
    const out = addressLo.byteOffset + start * 4;
    const textAt = bytes.byteOffset;
    input.at = this.#parse(
      textAt + at,
      textAt + end,
      out,
      addressHi.byteOffset - addressLo.byteOffset,
      isHome ? room : Math.min(COPIED_AT_ONCE, room),
    ) - textAt;
    const count = ((this.#words[OUT_AT / 4] as number) - out) >> 2;
    this.rounded += this.#words[ROUNDED_AT / 4] as number;
    if (!isHome) {
      batch.addressLo.set(addressLo.subarray(0, count), filled);
      batch.addressHi.set(addressHi.subarray(0, count), filled);
      batch.sizeAndKind.set(sizeAndKind.subarray(0, count), filled);
    }
    batch.length = filled + count;
    return count;
  }
}

/** What is at the start of the memory, by what distinguishes the kinds. */
const images = new WeakMap<KindOf, Map<string, Uint8Array>>();

function imageOf(format: keyof LinesModule, kindOf: KindOf): Uint8Array {
  const ofKinds = images.get(kindOf) ?? new Map<string, Uint8Array>();
  images.set(kindOf, ofKinds);
  const image = ofKinds.get(format) ?? createImage(format, kindOf);
  ofKinds.set(format, image);
  return image;
}

function createImage(format: keyof LinesModule, kindOf: KindOf): Uint8Array {
  const bytes = new Uint8Array(PARSER_BYTES);
  VECTORS.forEach((byte, at) => fill(bytes, VECTORS_AT, at, [byte]));
  fill(bytes, VECTORS_AT, VECTORS.length, [0xff, 0]);
  bytes.set(HEX_VALUE, HEX_AT);
  // Which digit comes to which lane: the last one first, NONE for nothing.
  for (let digits = 0; digits <= LANES; digits++) {
    fill(bytes, TURNS_AT, digits, turnOf(digits, digits));
  }
  for (let pair = 0; pair < 1 << 16; pair++) {
    bytes[KINDS_AT + pair] = kindOf(pair & 0xff, pair >>> 8);
  }
  putFours(bytes, SHAPES[format], kindOf);
  putLines(bytes, SHAPES[format].heads[0]?.length ?? 0);
  return bytes;
}

/**
 * Which byte comes to which lane: this many digits before one, last one first.
 */
function turnOf(digits: number, before: number): number[] {
  return Array.from(
    { length: LANES },
    (_, lane) => lane < digits ? before - 1 - lane : NONE,
  );
}

/** Puts a vector into a table of them: a few bytes again and again. */
function fill(
  bytes: Uint8Array,
  tableAt: number,
  index: number,
  lanes: readonly number[],
): void {
  for (let lane = 0; lane < LANES; lane++) {
    bytes[tableAt + index * LANES + lane] = lanes[lane % lanes.length] ?? 0;
  }
}

/** Puts the constants of four lines there: `constant()`. */
function putFours(
  bytes: Uint8Array,
  { heads, telling, separator, largestSize }: LineShape,
  kindOf: KindOf,
): void {
  const headBytes = heads[0]?.length ?? 0;
  const bits = telling.bits.reduce((sum, bit) => sum | bit);
  // A place for each byte of a head, and its kind: of the other two bits.
  const [one = 0, other = 0] = [1, 2, 4, 8].filter((bit) => (bits & bit) === 0);
  const places = [0, one, other, one | other];
  const expected = new Array<number>(LANES).fill(NONE);
  for (const head of heads) {
    const codes = Array.from(head, (letter) => letter.charCodeAt(0));
    const [first = 0, second = 0] = codes;
    const kind = kindOf(first, second);
    if (kind < 0) continue;
    const key = (codes[telling.at] as number) & bits;
    // The size is one more than what its digit is compared with.
    const parts = [first, second, codes[2] ?? 0, 1 << 2 | kind];
    places.forEach((place, at) => expected[key | place] = parts[at] as number);
  }
  const tellingLanes = Array.from(
    { length: LANES },
    (_, lane) => lane - lane % 4 + telling.at,
  );
  const vectors = [
    ...[[LINE_FEED], [0xff - 0x39], [6], [0x10], [0x61], [10]],
    beside([0, digitOf(separator), 1, digitOf(LINE_FEED)], 0),
    beside([0x70, 0x7f, 0x80 - largestSize, 0x7f], 0x70),
    ...[tellingLanes, [bits], places, expected],
    Array.from({ length: 4 }, (_, at) => at < headBytes ? 0x7f : 0),
    [0x70],
    // What is beside the digits adds nothing to an address.
    Array.from(
      { length: LANES },
      (_, lane) => lane >= MOST_DIGITS ? 0 : lane % 2 === 0 ? 1 : 16,
    ),
    ...[digitOf(separator), largestSize, largestSize + 1, digitOf(LINE_FEED)]
      .map((word) => [word, 0, 0, 0]),
  ];
  vectors.forEach((lanes, at) => fill(bytes, FOUR_AT, at, lanes));
}

/**
 * Puts what brings the bytes of a line to their lanes, by its length: of one
 * with its feed, from the last digit on; what is not a digit, if it has none,
 * or too many. First those that start with 16 bytes, then those that end with
 * them, then those with sizes of two digits.
 */
function putLines(bytes: Uint8Array, headBytes: number): void {
  for (let lineBytes = 0; lineBytes < LONG; lineBytes++) {
    const digits = lineBytes - headBytes - 3;
    const lanes = turnOf(digits, lineBytes - 3);
    // Separator, size and line feed are compared with what is expected.
    lanes.splice(MOST_DIGITS, 3, lineBytes - 3, lineBytes - 2, lineBytes - 1);
    fill(
      bytes,
      LINES_AT,
      lineBytes,
      digits >= 1 && lineBytes <= LANES ? lanes : [0],
    );
    for (const sizeDigits of [1, 2]) {
      const most = MOST_DIGITS + 1 - sizeDigits;
      const digits = lineBytes - headBytes - sizeDigits - 2;
      fill(
        bytes,
        LINES_AT,
        lineBytes + LONG + (sizeDigits - 1) * LONGER,
        digits >= 1 && digits <= most ? turnOf(digits, most) : [LANES - 1],
      );
    }
  }
}

/** Four last lanes, and others that are all alike. */
function beside(lanes: readonly number[], others: number): number[] {
  return [...new Array<number>(LANES - lanes.length).fill(others), ...lanes];
}

/** `digitsOf()` of one byte. */
function digitOf(byte: number): number {
  const fromTop = Math.max(((byte + 0xff - 0x39) & 0xff) - 6, 0) + 0x10;
  return Math.min(fromTop & 0xff, ((byte - 0x61) & 0xff) + 10, 0xff);
}
