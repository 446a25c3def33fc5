/**
 * Inputs for the fuzzers: valid ones with a few edits, as fast-check arbitraries,
 * so that what fails shrinks to the fewest edits that still fail.
 */
import { concat } from "@std/bytes/concat";
import fc from "fast-check";

/** Longest input that edits may make. */
const LONGEST_BYTES = 1 << 16;
/** Times that a part may be repeated: deep nesting, long lines. */
const MOST_REPEATS = 4096;

/** Numbers where readers go wrong: limits of types, signs, forms. */
const HARD_NUMBERS: readonly string[] = [
  ...["0", "-0", "-1", "1", "255", "256", "65535", "65536", "2147483647"],
  ...["2147483648", "4294967295", "4294967296", "9007199254740991"],
  ...["9007199254740992", "9223372036854775807", "18446744073709551615"],
  ...["18446744073709551616", "99999999999999999999999", "1e3", "1e999"],
  ...["-1e999", "NaN", "Infinity", "0x10", "0xffffffffffffffff", "1.5", "."],
  ...["00", "+1", "1_000", "1,000", "٣"],
];

/** Words that are special somewhere: to JavaScript, a shell, a terminal. */
const HARD_WORDS: readonly string[] = [
  ...["", " ", "\t", "\n", "\r\n", "\0", "\x1b[2J", "\x9b31m", "\u202e"],
  ...['"', "'", "\\", "`", "$(id)", ";", ",", ":", "=", "/", "%s", "é", "🙂"],
  ...["__proto__", "constructor", "toString", "null", "true", "../../x"],
  ...["[", "]", "{", "}", "[]", "{}", "\ufeff"],
];

/** Kinds of edits; what stands twice is made twice as often. */
const EDITS = [
  ...["flip", "set", "delete", "copy", "repeat", "truncate"] as const,
  ...["token", "token", "number", "number", "splice"] as const,
];

interface Edit {
  readonly kind: (typeof EDITS)[number];
  /** Where, as a share of the length. */
  readonly at: number;
  /** How much, or which. */
  readonly value: number;
  /** From where, as a share of the length. */
  readonly from: number;
}

/** What an input is made from. */
export interface Corpus {
  /** Valid inputs. */
  readonly seeds: readonly Uint8Array[];
  /** Words of the format. */
  readonly tokens: readonly string[];
}

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom(...EDITS),
  at: share,
  value: fc.nat(1 << 20),
  from: share,
});

/**
 * Gives inputs near valid ones.
 *
 * @param corpus Valid inputs and the words of the format.
 * @returns An arbitrary of bytes; a hundredth of them is wholly random.
 */
export function mutated(corpus: Corpus): fc.Arbitrary<Uint8Array> {
  const encoder = new TextEncoder();
  const words = [...corpus.tokens, ...HARD_WORDS].map((t) => encoder.encode(t));
  const numbers = HARD_NUMBERS.map((text) => encoder.encode(text));
  const edited = fc.record({
    seed: fc.nat(corpus.seeds.length - 1),
    edits: fc.array(edit, { minLength: 0, maxLength: 6 }),
  }).map(({ seed, edits }) => {
    let bytes: Uint8Array = pick(corpus.seeds, seed);
    for (const one of edits) {
      bytes = apply(one, bytes, { ...corpus, words, numbers })
        .subarray(0, LONGEST_BYTES);
    }
    return bytes;
  });
  return fc.oneof(
    { arbitrary: edited, weight: 99 },
    { arbitrary: fc.uint8Array({ maxLength: 200 }), weight: 1 },
  );
}

interface Words extends Pick<Corpus, "seeds"> {
  readonly words: readonly Uint8Array[];
  readonly numbers: readonly Uint8Array[];
}

function apply(
  { kind, at, from, value }: Edit,
  bytes: Uint8Array,
  { seeds, words, numbers }: Words,
): Uint8Array {
  const place = Math.floor(at * (bytes.length + 1));
  const before = bytes.subarray(0, place);
  switch (kind) {
    case "flip": {
      const copy = bytes.slice();
      const old = copy[place];
      if (old !== undefined) copy[place] = old ^ 1 << (value & 7);
      return copy;
    }
    case "set": {
      const copy = bytes.slice();
      if (place < copy.length) copy[place] = value & 255;
      return copy;
    }
    case "delete":
      return concat([before, bytes.subarray(place + value % 9)]);
    case "copy": {
      const start = Math.floor(from * bytes.length);
      const part = bytes.subarray(start, start + value % 64);
      return concat([before, part, bytes.subarray(place)]);
    }
    case "repeat": {
      const part = bytes.subarray(place, place + 1 + value % 4);
      const times = 1 + (value >> 2) % MOST_REPEATS;
      const many = new Uint8Array(
        Math.min(LONGEST_BYTES, part.length * times),
      );
      for (let i = 0; i < many.length; i++) {
        many[i] = part[i % part.length] ?? 0;
      }
      return concat([before, many, bytes.subarray(place)]);
    }
    case "truncate":
      return before;
    case "token":
      return swap(bytes, place, pick(words, value));
    case "number":
      return swap(bytes, place, pick(numbers, value));
    case "splice": {
      const other = pick(seeds, value);
      return concat([before, other.subarray(Math.floor(from * other.length))]);
    }
  }
}

/** Puts a word where a word is: numbers and names stay whole ones. */
function swap(bytes: Uint8Array, near: number, word: Uint8Array): Uint8Array {
  let start = near;
  let end = near;
  while (start > 0 && isWordByte(bytes[start - 1])) start--;
  while (end < bytes.length && isWordByte(bytes[end])) end++;
  return concat([bytes.subarray(0, start), word, bytes.subarray(end)]);
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x5f ||
    (letter >= 0x61 && letter <= 0x7a) || byte === 0x2e || byte === 0x2d;
}

function pick<Item>(items: readonly Item[], index: number): Item {
  return items[index % items.length] as Item;
}
