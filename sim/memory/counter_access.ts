/**
 * Read-modify-write of 32-bit words: what atomic_t and the bitops are in the
 * kernel. Where one worker is all there is, they are a read and a write, which
 * is what the tracer then sees; where a completion runs on another CPU, they
 * are atomic.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { SharedWords } from "./shared_words.ts";

/** Read-modify-write accesses. */
export interface CounterAccess {
  /** Adds to a word; returns what it is now. */
  readonly add32: (at: number, delta: number) => number;
  /** Sets bits of a word. */
  readonly or32: (at: number, bits: number) => void;
  /** Clears bits of a word. */
  readonly clear32: (at: number, bits: number) => void;
  /** Writes a word; returns what it was. */
  readonly exchange32: (at: number, value: number) => number;
}

/** Returns the accesses of memory that one worker has for itself. */
export function ownCounters(
  get32: (at: number) => number,
  set32: (at: number, value: number) => void,
): CounterAccess {
  return {
    add32: (at, delta) => {
      const value = (get32(at) + delta) | 0;
      set32(at, value);
      return value;
    },
    or32: (at, bits) => set32(at, get32(at) | bits),
    clear32: (at, bits) => set32(at, get32(at) & ~bits),
    exchange32: (at, value) => {
      const before = get32(at);
      set32(at, value);
      return before;
    },
  };
}

/** Returns the accesses of memory that another worker changes, too. */
export function sharedCounters(abi: Abi, words: SharedWords): CounterAccess {
  const { load, compareExchange } = words;
  const turn = abi.littleEndian ? (value: number) => value : swapBytes;
  /** Changes a word; returns what it was, in the order of this machine. */
  const change = (
    at: number,
    operand: number,
    next: (value: number, operand: number) => number,
  ): number => {
    const word = at >> 2;
    for (;;) {
      const stored = load(word);
      const before = turn(stored);
      const value = turn(next(before, operand));
      if (compareExchange(word, stored, value) === stored) return before;
    }
  };
  const sum = (value: number, delta: number) => (value + delta) | 0;
  const or = (value: number, bits: number) => value | bits;
  const clear = (value: number, bits: number) => value & ~bits;
  const replace = (_value: number, by: number) => by;
  return {
    add32: (at, delta) => (change(at, delta, sum) + delta) | 0,
    or32: (at, bits) => {
      change(at, bits, or);
    },
    clear32: (at, bits) => {
      change(at, bits, clear);
    },
    exchange32: (at, value) => change(at, value, replace),
  };
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) |
    (word >>> 24);
}
