/**
 * Tags of a hardware queue: a bitmap with one machine word per cache line, and
 * lazy clearing where requests do not end in a batch (lib/sbitmap.c,
 * blockspec 2.8).
 */
import type { ShallowDepth } from "../kernel/profile.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { createTagWords, WORD_BYTES } from "./tag_words.ts";

// Constants of its own: bench/HOT_PATH.md.
const WORD = WORD_BYTES;

/** A bitmap of tags in kernel memory. */
export interface Tags {
  /** Takes the lowest free tag near the hint, or -1 where all are in use. */
  readonly take: () => number;
  /**
   * Takes one that leaves others to readers: with a limit below the depth, only
   * the first bits of words count (sbitmap_queue_get_shallow); -1 for none.
   */
  readonly takeShallow: (limit: number) => number;
  readonly give: (tag: number) => void;
  /**
   * Takes free tags of the word at the hint or the first one that has room
   * (__sbitmap_queue_get_batch); how many is returned, the tags are in `batch`.
   */
  readonly takeBatch: (count: number) => number;
  /** The tags that `takeBatch` took last, ascending. */
  readonly batch: Int32Array;
  readonly live: () => number;
}

export interface TagOptions {
  /** What a limit counts; default: the map. */
  readonly counts?: ShallowDepth;
  /**
   * Whether a tag's bit is cleared in `word` itself, as completion in a batch
   * does (sbitmap_queue_clear_batch), or later, by way of `cleared`; default:
   * later. Where two workers share the map it is later, too: `word` is written
   * by the one that takes tags alone.
   */
  readonly clears?: "at once" | "later";
  /** Whose they are, for the names of their regions; default: requests. */
  readonly owner?: string;
}

/**
 * Makes the tags of a queue.
 *
 * @param depth How many tags, from 1.
 */
export function createTags(
  memory: KernelMemory,
  depth: number,
  options: TagOptions = {},
): Tags {
  const { counts = "map", clears = "later", owner = "requests" } = options;
  const { get32, set32, offsetMask } = memory;
  const { add32 } = memory.counters;
  const isShared = memory.sharing !== undefined;
  const clearsNow = clears === "at once" && !isShared;
  const of = createTagWords(memory, depth, clearsNow);
  const { shift, bits, getLo, getHi, setWord, setBit, moveCleared, clear } = of;
  const words = Math.ceil(depth / bits);
  const map = memory.reserve("sbitmap_word", words * WORD, {
    name: `sbitmap_word of ${owner}`,
    strideBytes: WORD,
  });
  const hintAt = memory.reserve("sbitmap hint", 4, {
    name: `sbitmap hint of ${owner}`,
  });
  // An int32 word instead of a `let`: bench/HOT_PATH.md, "Integers".
  const { getOwn, addOwn } = memory;
  const LIVE = memory.reserveOwn(1);
  // Tags that the other worker has given back, on a line that it writes.
  const givenAt = isShared
    ? memory.reserve("sbitmap freed", 128, {
      name: `sbitmap freed of ${owner}`,
      alignBytes: 128,
    })
    : 0;
  const isElsewhere = memory.sharing === "completes";

  const takeFrom = (index: number): number => {
    const word = (map + Math.imul(index | 0, WORD)) & offsetMask;
    const depthHere = Math.min(bits, depth - index * bits);
    for (;;) {
      const lo = getLo(word);
      const hi = getHi(word);
      const bit = lo !== -1 ? lowestZero(lo) : 32 + lowestZero(hi);
      if (bit < depthHere) {
        setBit(word, lo, hi, bit);
        return (index << shift) + bit;
      }
      if (!moveCleared(word)) return -1;
    }
  };

  const take = (): number => {
    const hint = get32(hintAt);
    let index = hint >>> shift;
    if (index >= words) index = 0;
    for (let tried = 0; tried < words; tried++) {
      const tag = takeFrom(index);
      if (tag >= 0) {
        if (tag === hint) set32(hintAt, tag + 1 < depth ? tag + 1 : 0);
        addOwn(LIVE, 1);
        return tag;
      }
      index = index + 1 < words ? index + 1 : 0;
    }
    set32(hintAt, 0);
    return -1;
  };

  /** The bits of a word that a limit leaves. */
  const bitsWithin = (index: number, limit: number): number => {
    const depthHere = Math.min(bits, depth - index * bits);
    if (limit >= depth) return depthHere;
    if (counts === "word") {
      return Math.min(depthHere, Math.ceil(limit * bits / depth));
    }
    const whole = Math.floor(depthHere * limit / depth);
    const rest = depthHere * limit % depth;
    return rest >= (index + 1) * depthHere ? whole + 1 : whole;
  };
  /** The lowest zero bit of a word from `from` to below `to`; -1 for none. */
  const findZero = (word: number, from: number, to: number): number => {
    const lo = getLo(word);
    const hi = getHi(word);
    for (let half = from & ~31; half < to; half += 32) {
      let free = ~(half === 0 ? lo : hi);
      if (half < from) free &= -1 << (from - half);
      if (to - half < 32) free &= (1 << (to - half)) - 1;
      if (free !== 0) return half + 31 - Math.clz32(free & -free);
    }
    return -1;
  };
  const takeShallow = (limit: number): number => {
    const hint = get32(hintAt);
    let index = hint >>> shift;
    let from = hint & (bits - 1);
    if (index >= words) index = 0;
    for (let tried = 0; tried < words; tried++) {
      const word = map + index * WORD;
      const to = bitsWithin(index, limit);
      let bit = -1;
      while (to > 0) {
        bit = findZero(word, from, to);
        if (bit < 0 && from > 0) bit = findZero(word, 0, Math.min(from, to));
        if (bit >= 0 || !moveCleared(word)) break;
      }
      if (bit >= 0) {
        setBit(word, getLo(word), getHi(word), bit);
        const tag = (index << shift) + bit;
        if (tag === hint) set32(hintAt, tag + 1 < depth - 1 ? tag + 1 : 0);
        addOwn(LIVE, 1);
        return tag;
      }
      from = 0;
      index = index + 1 < words ? index + 1 : 0;
    }
    set32(hintAt, 0);
    return -1;
  };

  const batch = new Int32Array(32);
  const takeBatch = (count: number): number => {
    // sbitmap_queue_get_batch() of a map that spreads over many small words
    // finds none: its mask must be inside one word.
    const wanted = Math.min(count, batch.length);
    const hint = get32(hintAt);
    let index = hint >>> shift;
    if (index >= words) index = 0;
    for (let tried = 0; tried < words; tried++) {
      const word = map + index * WORD;
      const depthHere = Math.min(bits, depth - index * bits);
      moveCleared(word);
      let lo = getLo(word);
      let hi = getHi(word);
      let taken = 0;
      while (taken < wanted) {
        const bit = lo !== -1 ? lowestZero(lo) : 32 + lowestZero(hi);
        if (bit >= depthHere) break;
        if (bit < 32) lo |= 1 << bit;
        else hi |= 1 << (bit & 31);
        batch[taken++] = (index << shift) + bit;
      }
      setWord(word, lo, hi);
      if (taken > 0) {
        addOwn(LIVE, taken);
        const next = (batch[taken - 1] as number) + 1;
        set32(hintAt, next < depth ? next : 0);
        return taken;
      }
      index = index + 1 < words ? index + 1 : 0;
    }
    return 0;
  };

  const give = (tag: number): void => {
    const word = (map + Math.imul(tag >>> shift, WORD)) & offsetMask;
    clear(word, tag & (bits - 1));
    set32(hintAt, tag);
    if (isElsewhere) add32(givenAt, 1);
    else addOwn(LIVE, -1);
  };
  return {
    take,
    takeShallow,
    takeBatch,
    batch,
    give,
    live: () => isShared ? getOwn(LIVE) - get32(givenAt) : getOwn(LIVE),
  };
}

/** Number of the lowest bit that is 0; 32 where none is. */
function lowestZero(word: number): number {
  const free = ~word;
  return free === 0 ? 32 : 31 - Math.clz32(free & -free);
}
