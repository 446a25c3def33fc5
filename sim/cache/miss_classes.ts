/**
 * Why a miss happened, as Dinero IV decides it: a fully associative cache of
 * equal size and policy runs beside the real one, and a set of all lines ever
 * missed stands for an infinite one.
 *
 * Memory grows with the number of distinct lines of the trace (8 bytes each,
 * at most twice that): the one part of the model that is not constant.
 */
import type { ResolvedLevel } from "./config.ts";
import { COUNTER } from "./counts.ts";
import { LINE_FLAG, type LineSets } from "./line_sets.ts";
import { WideFifoSets } from "./fifo.ts";
import { WideLruSets } from "./lru.ts";

const { free: FREE } = LINE_FLAG;

/** The kind of an access that nobody asked for: followed, not counted. */
export const PREFETCHED = -1;

export class MissClassifier {
  readonly #counters: Float64Array;
  readonly #full: LineSets;
  readonly #seen = new LineHistory();

  /**
   * @param level The level; a policy other than FIFO is classified with LRU.
   */
  constructor(level: ResolvedLevel, counters: Float64Array) {
    const { lineBytes } = level;
    const shape = { sets: 1, ways: level.sets * level.ways, lineBytes };
    this.#counters = counters;
    this.#full = level.policy === "fifo"
      ? new WideFifoSets(shape)
      : new WideLruSets(shape);
  }

  /**
   * Follows one access of the real cache.
   *
   * @param access Its kind, whether it missed, whether a miss allocates.
   */
  follow(
    lo: number,
    hi: number,
    access: { kind: number; missed: boolean; allocates: boolean },
  ): void {
    const isInFull = this.#full.touch(lo, hi) >= 0;
    if (!isInFull && access.allocates) this.#full.insert(lo, hi);
    if (!access.missed) return;
    const cause = isInFull
      ? COUNTER.conflict
      : this.#seen.add(lo, hi)
      ? COUNTER.compulsory
      : COUNTER.capacity;
    if (access.kind === PREFETCHED) return;
    const place = cause + access.kind;
    this.#counters[place] = (this.#counters[place] as number) + 1;
  }
}

/** A growing set of lines. */
class LineHistory {
  #mask = 1023;
  #size = 0;
  #table = emptyTable(1024);

  /** Adds a line; whether it is new. */
  add(lo: number, hi: number): boolean {
    if (this.#size * 2 > this.#mask) this.#grow();
    const at = this.#place(lo, hi);
    if (((this.#table[at] as number) & FREE) === 0) return false;
    this.#table[at] = lo;
    this.#table[at + 1] = hi;
    this.#size++;
    return true;
  }

  #place(lo: number, hi: number): number {
    let hash = lo ^ Math.imul(hi, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    let at = ((hash ^ (hash >>> 13)) & this.#mask) * 2;
    const table = this.#table;
    while (
      ((table[at] as number) & FREE) === 0 &&
      (table[at] !== lo || table[at + 1] !== hi)
    ) at = (at + 2) & (this.#mask * 2 + 1);
    return at;
  }

  #grow(): void {
    const before = this.#table;
    this.#mask = this.#mask * 2 + 1;
    this.#table = emptyTable(this.#mask + 1);
    for (let at = 0; at < before.length; at += 2) {
      const lo = before[at] as number;
      const hi = before[at + 1] as number;
      if ((lo & FREE) !== 0) continue;
      const to = this.#place(lo, hi);
      this.#table[to] = lo;
      this.#table[to + 1] = hi;
    }
  }
}

function emptyTable(lines: number): Int32Array {
  return new Int32Array(lines * 2).fill(FREE);
}
