/**
 * The usual lines of textual address traces, parsed in WebAssembly
 * (`address_lines.as`): 16 bytes at a time, where JavaScript takes them two by
 * two. What it does not know, a parser takes line by line.
 */
import { ADDRESS_LINES_WASM } from "./address_lines_wasm.ts";
import { HEX_VALUE, type ParserInput } from "./address_text.ts";
import type { ReferenceBatch } from "./reference.ts";

/** Kind of the lines that begin with two bytes; none where it gives -1. */
export type KindOf = (first: number, second: number) => number;

interface LinesModule {
  readonly lackey: (at: number, end: number, most: number) => number;
  readonly din: (at: number, end: number, most: number) => number;
}

// As in address_lines.as, in bytes.
const VECTORS_AT = 64;
const HEX_AT = 512;
const TURNS_AT = 1024;
const LO_AT = 0x4000;
const HI_AT = 0x6000;
const META_AT = 0x8000;
const KINDS_AT = 0x10000;
const TEXT_AT = 0x20000;
/** References that are taken at once. */
const MOST = 0x800;
/** What may be read behind the end of the text. */
const BEHIND_BYTES = 64;
const NONE = 0xff;
const PAGE_BYTES = 1 << 16;
/** What the module asks for. */
const LEAST_PAGES = 16;
/** Vectors of equal bytes, but for the last one: `vector()` there. */
const VECTORS = [0x2c, 0x20, 0x61, 5, 0x30, 9, 15];
const LANES = 16;

/** Lines of one format, in memory of their own. */
export class AddressLines {
  /** Where text has to be, to be parsed: `allocate()` gives it. */
  readonly #memory = new WebAssembly.Memory({ initial: LEAST_PAGES });
  readonly #parse: LinesModule["lackey"];
  /** Count and rounded addresses of the last parse, and the columns. */
  #words: Int32Array = new Int32Array(this.#memory.buffer);

  /**
   * Makes memory for lines.
   *
   * @param format Whose lines.
   * @param kindOf Their kinds; with 4 added for a classic label of Dinero.
   */
  constructor(format: keyof LinesModule, kindOf: KindOf) {
    compiled ??= new WebAssembly.Module(
      Uint8Array.fromBase64(ADDRESS_LINES_WASM),
    );
    const { exports } = new WebAssembly.Instance(compiled, {
      env: { memory: this.#memory },
    });
    this.#parse = (exports as unknown as LinesModule)[format];
    const bytes = new Uint8Array(this.#memory.buffer);
    VECTORS.forEach((byte, at) => {
      const start = VECTORS_AT + at * LANES;
      bytes.fill(byte, start, start + LANES);
    });
    const last = VECTORS_AT + VECTORS.length * LANES;
    for (let lane = 0; lane < LANES; lane += 2) bytes[last + lane] = 0xff;
    bytes.set(HEX_VALUE, HEX_AT);
    // Which digit comes to which lane: the last one first, NONE for nothing.
    for (let digits = 0; digits <= LANES; digits++) {
      for (let lane = 0; lane < LANES; lane++) {
        const digit = digits - 1 - lane;
        bytes[TURNS_AT + digits * LANES + lane] = digit < 0 ? NONE : digit;
      }
    }
    bytes.set(kindsOf(kindOf), KINDS_AT);
  }

  /**
   * Gives memory for text; what was given before is no longer there.
   *
   * @param sizeBytes How much.
   */
  allocate(sizeBytes: number): Uint8Array {
    const needed = TEXT_AT + sizeBytes + BEHIND_BYTES;
    const lacking = needed - this.#memory.buffer.byteLength;
    if (lacking > 0) {
      this.#memory.grow(Math.ceil(lacking / PAGE_BYTES));
      this.#words = new Int32Array(this.#memory.buffer);
    }
    return new Uint8Array(this.#memory.buffer, TEXT_AT, sizeBytes);
  }

  /** Addresses that the last `take()` has rounded down. */
  get rounded(): number {
    return this.#words[1] as number;
  }

  /**
   * Parses lines up to the first one that is not usual.
   *
   * @param input The bytes; `at` moves behind what was parsed.
   * @param batch Filled from its length on, which grows.
   * @returns How many; 0 where none is usual, or the bytes are not in memory of
   *   `allocate()`.
   */
  take(input: ParserInput, batch: ReferenceBatch): number {
    const { bytes, at, end } = input;
    const words = this.#words;
    if (bytes.buffer !== words.buffer) return 0;
    const filled = batch.length;
    const room = Math.min(MOST, batch.sizeAndKind.length - filled);
    input.at = this.#parse(TEXT_AT + at, TEXT_AT + end, room) - TEXT_AT;
    const count = words[0] as number;
    batch.addressLo.set(words.subarray(LO_AT / 4, LO_AT / 4 + count), filled);
    batch.addressHi.set(words.subarray(HI_AT / 4, HI_AT / 4 + count), filled);
    batch.sizeAndKind.set(
      words.subarray(META_AT / 4, META_AT / 4 + count),
      filled,
    );
    batch.length = filled + count;
    return count;
  }
}

let compiled: WebAssembly.Module | undefined;
/** Kinds by two bytes, in the order of memory, by what tells them. */
const kinds = new WeakMap<KindOf, Uint8Array>();

function kindsOf(kindOf: KindOf): Uint8Array {
  let table = kinds.get(kindOf);
  if (table === undefined) {
    table = Uint8Array.from(
      { length: 1 << 16 },
      (_, pair) => kindOf(pair & 0xff, pair >>> 8),
    );
    kinds.set(kindOf, table);
  }
  return table;
}
