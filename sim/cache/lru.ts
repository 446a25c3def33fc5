/**
 * Least recently used: a line that is touched goes to the front, and the line
 * at the back leaves.
 */
import { OrderedSets } from "./ordered_sets.ts";
import { LinkedSets } from "./linked_sets.ts";

/** LRU by shifting, for narrow sets. */
export class LruSets extends OrderedSets {
  touch(lo: number, hi: number): number {
    const slot = this.find(lo, hi);
    if (slot < 0) return slot;
    const tags = this.tags;
    const first = Math.imul(lo & this.setMask, this.ways) << 1;
    const found = tags[slot] as number;
    this.shift(first, slot - 1);
    tags[first] = lo;
    tags[first + 1] = found;
    return first + 1;
  }
}

/** LRU by a list with an index, for wide sets. */
export class WideLruSets extends LinkedSets {
  touch(lo: number, hi: number): number {
    const slot = this.find(lo, hi);
    if (slot >= 0) this.moveToFront(slot);
    return slot;
  }
}
