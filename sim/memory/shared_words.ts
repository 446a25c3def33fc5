/**
 * 32-bit words of memory that several workers share: plain accesses for what
 * one of them owns at a time, atomic ones to hand it over.
 *
 * The queues are written against this interface and nothing else, so that the
 * model in tests/sim/workers/ runs the very code that is timed and takes every
 * access as one step of its own.
 */

/** Shared words, by index. */
export interface SharedWords {
  /** Reads a word that the caller owns. */
  readonly read: (word: number) => number;
  /** Writes a word that the caller owns. */
  readonly write: (word: number, value: number) => void;
  /** Reads a word that another worker writes (acquire). */
  readonly load: (word: number) => number;
  /** Writes a word that another worker reads (release). */
  readonly store: (word: number, value: number) => void;
  /** Writes a word and returns what it was. */
  readonly exchange: (word: number, value: number) => number;
  /** Writes a word if it is as expected; returns what it was. */
  readonly compareExchange: (
    word: number,
    expected: number,
    value: number,
  ) => number;
  /** Sleeps while the word is as expected, until somebody notifies. */
  readonly wait: (word: number, expected: number) => void;
  /** Wakes whoever sleeps on the word. */
  readonly notify: (word: number) => void;
}

/**
 * Returns the words of shared memory.
 *
 * `Atomics` order all accesses to what they touch sequentially, and plain ones
 * before them (ECMA-262, memory model): what was written before a `store` is
 * seen after the `load` that reads it.
 *
 * @param baseBytes Where in it word 0 is, a multiple of 4; default: 0.
 * @returns Its words, in the byte order of this machine.
 *
 * @example Handing a value over
 * ```ts
 * import { sharedWords } from "./shared_words.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const words = sharedWords(new SharedArrayBuffer(8));
 * words.write(0, 42);
 * words.store(1, 1); // from now on, word 0 can be read by others
 * assertEquals(words.load(1), 1);
 * assertEquals(words.read(0), 42);
 * ```
 */
export function sharedWords(
  buffer: SharedArrayBuffer,
  baseBytes: number = 0,
): SharedWords {
  const words = new Int32Array(buffer, baseBytes);
  return {
    read: (word) => words[word] as number,
    write: (word, value) => {
      words[word] = value;
    },
    load: (word) => Atomics.load(words, word),
    store: (word, value) => {
      Atomics.store(words, word, value);
    },
    exchange: (word, value) => Atomics.exchange(words, word, value),
    compareExchange: (word, expected, value) =>
      Atomics.compareExchange(words, word, expected, value),
    wait: (word, expected) => {
      Atomics.wait(words, word, expected);
    },
    notify: (word) => {
      Atomics.notify(words, word);
    },
  };
}
