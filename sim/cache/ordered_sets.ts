/**
 * Sets whose lines are in order, the one to stay longest in front: the common
 * part of LRU and FIFO for sets narrow enough to shift.
 */
import { LINE_FLAG, LineSets } from "./line_sets.ts";

const { dirty: DIRTY, free: FREE } = LINE_FLAG;

/** Beyond this many ways, a list with an index beats shifting. */
export const WIDEST_ORDERED_SET = 32;

/** Ordered sets; lines enter in front and leave from the back. */
export abstract class OrderedSets extends LineSets {
  find(lo: number, hi: number): number {
    const tags = this.tags;
    const first = this.firstSlot(lo, hi);
    const end = first + (this.ways << 1);
    for (let at = first; at < end; at += 2) {
      if (((tags[at] as number) & ~DIRTY) === lo && tags[at + 1] === hi) {
        return at;
      }
    }
    return -1;
  }

  insert(lo: number, hi: number): number {
    const tags = this.tags;
    const first = this.firstSlot(lo, hi);
    const last = first + (this.ways << 1) - 2;
    this.victimLo = tags[last] as number;
    this.victimHi = tags[last + 1] as number;
    for (let at = last; at > first; at -= 2) {
      tags[at] = tags[at - 2] as number;
      tags[at + 1] = tags[at - 1] as number;
    }
    tags[first] = lo;
    tags[first + 1] = hi;
    return first;
  }

  remove(slot: number): void {
    // Free slots stay behind the lines: the next insert uses them up.
    const tags = this.tags;
    const set = Math.floor(slot / (this.ways * 2));
    const last = (set + 1) * this.ways * 2 - 2;
    tags.copyWithin(slot, slot + 2, last + 2);
    tags[last] = FREE;
    tags[last + 1] = 0;
  }

  oldestFirst(set: number): number[] {
    const slots: number[] = [];
    for (let way = this.ways - 1; way >= 0; way--) {
      const slot = (set * this.ways + way) * 2;
      if (((this.tags[slot] as number) & FREE) === 0) slots.push(slot);
    }
    return slots;
  }

  /** Moves all lines to another array of the same length. */
  moveTo(tags: Int32Array): void {
    tags.set(this.tags);
    this.tags = tags;
  }

  /** The front slot of a line's set. */
  protected firstSlot(lo: number, hi: number): number {
    return Math.imul(this.setOf(lo, hi), this.ways) << 1;
  }
}
