/**
 * Sets whose lines stand in order, the one to stay longest in front: the
 * common part of LRU and FIFO for sets narrow enough to shift.
 */
import { DIRTY, FREE, LineSets } from "./line_sets.ts";

/** Beyond this many ways, a list with an index beats shifting. */
export const WIDEST_ORDERED_SET = 32;

/** Ordered sets; lines enter in front and leave from the back. */
export abstract class OrderedSets extends LineSets {
  find(lo: number, hi: number): number {
    const tags = this.tags;
    const first = Math.imul(lo & this.setMask, this.ways) << 1;
    const end = first + (this.ways << 1);
    for (let at = first; at < end; at += 2) {
      if (tags[at] === lo && ((tags[at + 1] as number) & ~DIRTY) === hi) {
        return at + 1;
      }
    }
    return -1;
  }

  insert(lo: number, hi: number): number {
    const tags = this.tags;
    const first = Math.imul(lo & this.setMask, this.ways) << 1;
    const last = first + (this.ways << 1) - 2;
    this.victimLo = tags[last] as number;
    this.victimHi = tags[last + 1] as number;
    this.shift(first, last);
    tags[first] = lo;
    tags[first + 1] = hi;
    return first + 1;
  }

  remove(slot: number): void {
    // Free slots stay behind the lines: the next insert uses them up.
    const tags = this.tags;
    const set = Math.floor(slot / (this.ways * 2));
    const last = (set + 1) * this.ways * 2 - 2;
    tags.copyWithin(slot - 1, slot + 1, last + 2);
    tags[last] = 0;
    tags[last + 1] = FREE;
  }

  oldestFirst(set: number): number[] {
    const slots: number[] = [];
    for (let way = this.ways - 1; way >= 0; way--) {
      const slot = (set * this.ways + way) * 2 + 1;
      if (((this.tags[slot] as number) & FREE) === 0) slots.push(slot);
    }
    return slots;
  }

  /** Moves the lines from `first` up to `last` one place back. */
  protected shift(first: number, last: number): void {
    const tags = this.tags;
    for (let at = last; at > first; at -= 2) {
      tags[at] = tags[at - 2] as number;
      tags[at + 1] = tags[at - 1] as number;
    }
  }
}
