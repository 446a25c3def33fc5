/**
 * Tags of a hardware queue that several submitters take from at once: the
 * bitmap of lib/sbitmap.c with its bits taken and given back atomically, a
 * hint for each CPU, and submitters that wait for a tag (bt_wait_ptr(),
 * sbitmap_queue_wake_up()).
 */
import type { Abi } from "../../layouts/abi.ts";
import { CLEARED_AT, sbitmapShift, WORD_BYTES } from "../block/tag_words.ts";
import type { Tags } from "../block/tags.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { SharedWords } from "../memory/shared_words.ts";
import {
  type HardwareQueueWords,
  REQUEST_STATE,
} from "./hardware_queue_words.ts";

// Constants of its own: bench/HOT_PATH.md.
const SBITMAP_WORD_BYTES = WORD_BYTES;
const OWNER_WORD = REQUEST_STATE.owner;

/** What a submitter's view of the tags is made with. */
export interface SharedTagsOptions {
  /** Kernel memory of the submitter, for its hint. */
  readonly memory: KernelMemory;
  readonly depth: number;
  /** Which submitter it is. */
  readonly worker: number;
  /** Its place among those of the queue, and how many these are. */
  readonly share: { readonly index: number; readonly of: number };
  /**
   * Whether it ends requests where their interrupt came, in a batch
   * (sbitmap_queue_clear_batch), or one by one (sbitmap_queue_clear).
   */
  readonly clears: "at once" | "later";
  /** Does something else until `isFree` says so, or sleeps. */
  readonly wait: (isFree: () => boolean) => void;
  /** Wakes the submitters of the queue. */
  readonly wake: () => void;
}

const HALF_WORDS = 2;

/** Makes a submitter's view. */
export function createSharedTags(
  words: SharedWords,
  at: HardwareQueueWords,
  options: SharedTagsOptions,
): Tags {
  const { load, write, exchange, compareExchange } = words;
  const { memory, depth, worker, share, clears, wait, wake } = options;
  const { get32, set32 } = memory;
  const { shift, bits, count } = shapeOf(depth, memory.abi);
  const hintAt = memory.reserve("sbitmap hint", 4, {
    name: "sbitmap hint of requests",
  });
  // The kernel's is random (init_alloc_hint), so that CPUs are apart.
  set32(hintAt, Math.floor(depth * share.index / share.of));
  const wordAt = (index: number) => at.tags + index * (SBITMAP_WORD_BYTES >> 2);
  const clearedAt = CLEARED_AT >> 2;
  const halves = Math.min(HALF_WORDS, Math.ceil(bits / 32));
  let live = 0;
  /** Whether the last try has found none. */
  let hasFailed = false;

  /** The bits of half a word that are tags. */
  const maskOf = (index: number, half: number): number => {
    const here = Math.min(bits, depth - index * bits) - half * 32;
    return here >= 32 ? -1 : here <= 0 ? 0 : (1 << here) - 1;
  };
  /** atomic_or(), atomic_andnot() */
  const change = (word: number, set: number, clear: number): void => {
    for (;;) {
      const before = load(word);
      if (compareExchange(word, before, before & ~clear | set) === before) {
        return;
      }
    }
  };
  /** sbitmap_deferred_clear() */
  const moveCleared = (word: number): boolean => {
    let any = 0;
    for (let half = 0; half < halves; half++) {
      if (load(word + clearedAt + half) === 0) continue;
      const taken = exchange(word + clearedAt + half, 0);
      if (taken === 0) continue;
      any |= taken;
      change(word + half, 0, taken);
    }
    return any !== 0;
  };
  const takeFrom = (index: number): number => {
    const word = wordAt(index);
    for (;;) {
      for (let half = 0; half < halves; half++) {
        const mask = maskOf(index, half);
        for (;;) {
          const before = load(word + half);
          const free = ~before & mask;
          if (free === 0) break;
          const bit = free & -free;
          if (compareExchange(word + half, before, before | bit) === before) {
            return (index << shift) + half * 32 + 31 - Math.clz32(bit);
          }
        }
      }
      if (!moveCleared(word)) return -1;
    }
  };
  const tryTake = (): number => {
    const hint = get32(hintAt);
    let index = hint >>> shift;
    if (index >= count) index = 0;
    for (let tried = 0; tried < count; tried++) {
      const tag = takeFrom(index);
      if (tag >= 0) {
        if (tag === hint) set32(hintAt, tag + 1 < depth ? tag + 1 : 0);
        live++;
        write(
          at.requests + tag * at.requestWords + OWNER_WORD,
          worker,
        );
        return tag;
      }
      index = index + 1 < count ? index + 1 : 0;
    }
    set32(hintAt, 0);
    return -1;
  };
  const isFree = (): boolean => {
    for (let index = 0; index < count; index++) {
      for (let half = 0; half < halves; half++) {
        const word = wordAt(index) + half;
        const used = load(word) & ~load(word + clearedAt);
        if ((~used & maskOf(index, half)) !== 0) return true;
      }
    }
    return false;
  };
  const add = (word: number, delta: number): void => {
    for (;;) {
      const before = load(word);
      if (compareExchange(word, before, before + delta) === before) return;
    }
  };
  /** Others have all tags, and this submitter has nothing in flight. */
  const takeWaiting = (): number => {
    add(at.waiters, 1);
    for (;;) {
      const tag = tryTake();
      if (tag >= 0) {
        add(at.waiters, -1);
        return tag;
      }
      wait(isFree);
    }
  };
  /**
   * A submitter that finds no tag lets its own I/Os end first and asks again
   * (`waitAndTake`): the second time, only others can give one back.
   */
  const take = (): number => {
    const tag = hasFailed ? takeWaiting() : tryTake();
    hasFailed = tag < 0;
    return tag;
  };
  const batch = new Int32Array(32);
  const takeBatch = (wanted: number): number => {
    // sbitmap_queue_get_batch(): all of one word.
    let taken = 0;
    let index = get32(hintAt) >>> shift;
    if (index >= count) index = 0;
    for (let tried = 0; tried < count && taken === 0; tried++) {
      while (taken < Math.min(wanted, batch.length)) {
        const tag = takeFrom(index);
        if (tag < 0) break;
        batch[taken++] = tag;
        write(
          at.requests + tag * at.requestWords + OWNER_WORD,
          worker,
        );
      }
      index = index + 1 < count ? index + 1 : 0;
    }
    if (taken === 0) return 0;
    live += taken;
    batch.subarray(0, taken).sort();
    const next = (batch[taken - 1] as number) + 1;
    set32(hintAt, next < depth ? next : 0);
    return taken;
  };
  const give = (tag: number): void => {
    const bit = tag & (bits - 1);
    const word = wordAt(tag >>> shift) + (bit >>> 5);
    if (clears === "at once") change(word, 0, 1 << (bit & 31));
    else change(word + clearedAt, 1 << (bit & 31), 0);
    set32(hintAt, tag);
    live--;
    if (load(at.waiters) !== 0) wake();
  };
  return {
    take,
    // A scheduler leaves tags to others, and has none of a shared queue.
    takeShallow: take,
    takeBatch,
    batch,
    give,
    live: () => live,
  };
}

/** Bits of each word, and how many words there are. */
function shapeOf(depth: number, abi: Abi) {
  const shift = sbitmapShift(depth, abi.longBytes * 8);
  const bits = 1 << shift;
  return { shift, bits, count: Math.ceil(depth / bits) };
}
