/**
 * Least recently used: a line that is touched goes to the front, and the line
 * at the back leaves.
 */
import { LINE_FLAG } from "./line_sets.ts";
import { OrderedSets } from "./ordered_sets.ts";
import { LinkedSets } from "./linked_sets.ts";

const { dirty: DIRTY } = LINE_FLAG;

/** LRU by shifting, for narrow sets. */
export class LruSets extends OrderedSets {
  touch(lo: number, hi: number): number {
    return this.find(lo, hi) < 0 ? -1 : this.admit(lo, hi);
  }

  /**
   * One pass finds the line, moves those before it one place back and, if it
   * is not there, has already thrown out the last one.
   */
  override admit(lo: number, hi: number): number {
    const tags = this.tags;
    const first = this.firstSlot(lo, hi);
    const end = first + (this.ways << 1);
    let heldLo = lo;
    let heldHi = hi;
    for (let at = first; at < end; at += 2) {
      const nextLo = tags[at] as number;
      const nextHi = tags[at + 1] as number;
      tags[at] = heldLo;
      tags[at + 1] = heldHi;
      if (((nextLo & ~DIRTY) ^ lo | nextHi ^ hi) === 0) {
        tags[first] = nextLo;
        return first;
      }
      heldLo = nextLo;
      heldHi = nextHi;
    }
    this.victimLo = heldLo;
    this.victimHi = heldHi;
    return ~first;
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
