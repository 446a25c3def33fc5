/**
 * The words of a bitmap of tags: which bits are in use, and the lazy clearing
 * of those that were given back (lib/sbitmap.c).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

/** struct sbitmap_word: `word` and `cleared`, each on a line of its own. */
export const WORD_BYTES = 128;
/** Where `cleared` is in it. */
export const CLEARED_AT = 64;

// Constants of its own: bench/HOT_PATH.md.
const CLEARED = CLEARED_AT;

/**
 * Returns the log2 of the bits used per word: fewer than a word's own where the
 * map is small, so that CPUs spread over lines (sbitmap_calculate_shift).
 *
 * @param longBits Bits of a machine word.
 */
export function sbitmapShift(depth: number, longBits: number): number {
  let shift = Math.log2(longBits);
  if (depth >= 4) { while ((4 << shift) > depth) shift--; }
  return shift;
}

/** What is done with a word, by its offset. */
export interface TagWords {
  /** Bits that are used of each. */
  readonly bits: number;
  /** Log2 of it. */
  readonly shift: number;
  /** A machine word; a 32-bit one has no free bit in its high half. */
  readonly getLo: (word: number) => number;
  readonly getHi: (word: number) => number;
  readonly setWord: (word: number, lo: number, hi: number) => void;
  /** Sets a bit, beside those of the word as it was read. */
  readonly setBit: (word: number, lo: number, hi: number, bit: number) => void;
  /** Moves bits from `cleared` to `word`: whether there were any. */
  readonly moveCleared: (word: number) => boolean;
  /** Gives a bit back. */
  readonly clear: (word: number, bit: number) => void;
}

/**
 * Makes the functions.
 *
 * @param depth How many tags there are.
 * @param clearsNow Whether a bit that is given back is cleared in `word`.
 */
export function createTagWords(
  memory: KernelMemory,
  depth: number,
  clearsNow: boolean,
): TagWords {
  const { get32, set32, get64Lo, get64Hi, set64 } = memory;
  const { or32, clear32, exchange32 } = memory.counters;
  const isShared = memory.sharing !== undefined;
  const { longBytes } = memory.abi;
  const is64Bit = longBytes === 8;
  const shift = sbitmapShift(depth, longBytes * 8);
  const bits = 1 << shift;
  // The half of a 64-bit word that holds bits 32..63.
  const lowAt = is64Bit && !memory.abi.littleEndian ? 4 : 0;
  const highAt = is64Bit ? 4 - lowAt : 0;
  // A machine word is read and written whole; 32 bits are a low half whose
  // high half is taken.
  const getLo = is64Bit ? get64Lo : get32;
  const getHi = is64Bit ? get64Hi : () => -1;
  const setWord = is64Bit
    ? set64
    : (at: number, lo: number, _hi: number) => set32(at, lo);
  // `swap_lock` is after `cleared`.
  const lockAt = CLEARED + longBytes;

  const setBit = (word: number, lo: number, hi: number, bit: number): void => {
    if (bit < 32) setWord(word, lo | (1 << bit), hi);
    else setWord(word, lo, hi | (1 << (bit & 31)));
  };

  /** Moves bits from `cleared` to `word` (sbitmap_deferred_clear). */
  const clearDeferred = (word: number): boolean => {
    // raw_spin_lock_irqsave() and its end, nobody waits.
    set32(word + lockAt, get32(word + lockAt));
    set32(word + lockAt, 0);
    const lo = getLo(word + CLEARED);
    const hi = is64Bit ? getHi(word + CLEARED) : 0;
    if ((lo | hi) === 0) return false;
    setWord(word + CLEARED, 0, 0);
    const usedLo = getLo(word);
    const usedHi = getHi(word);
    setWord(word, usedLo & ~lo, usedHi & ~hi);
    return true;
  };

  /** The same where the other worker sets bits of `cleared` meanwhile. */
  const clearShared = (word: number): boolean => {
    let any = 0;
    for (const half of bits > 32 ? [lowAt, highAt] : [lowAt]) {
      if (get32(word + CLEARED + half) === 0) continue;
      const taken = exchange32(word + CLEARED + half, 0);
      any |= taken;
      clear32(word + half, taken);
    }
    return any !== 0;
  };
  /** Sets a bit of `cleared`. */
  const clearLater = isShared || !is64Bit
    ? (word: number, bit: number): void =>
      or32(word + CLEARED + (bit < 32 ? lowAt : highAt), 1 << (bit & 31))
    : (word: number, bit: number): void => {
      const at = word + CLEARED;
      setBit(at, get64Lo(at), get64Hi(at), bit);
    };

  /** Clears a bit of `word`: atomic64_long_andnot() in the kernel. */
  const clearNow = (word: number, bit: number): void => {
    const lo = getLo(word);
    const hi = getHi(word);
    if (bit < 32) setWord(word, lo & ~(1 << bit), hi);
    else setWord(word, lo, hi & ~(1 << (bit & 31)));
  };
  return {
    ...{ bits, shift, getLo, getHi, setWord, setBit },
    moveCleared: isShared ? clearShared : clearDeferred,
    clear: clearsNow ? clearNow : clearLater,
  };
}
