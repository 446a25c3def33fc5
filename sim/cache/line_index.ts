/**
 * Where a line is, for sets too wide to search: an open-addressing hash table
 * from line to slot, with no allocation after its birth.
 */
import { LINE_FLAG } from "./line_sets.ts";

const { dirty: DIRTY } = LINE_FLAG;

/** An index over the lines in a tag array. */
export class LineIndex {
  readonly #tags: Int32Array;
  readonly #mask: number;
  readonly #slots: Int32Array;

  /**
   * @param tags The tag array, two words per line.
   */
  constructor(tags: Int32Array) {
    // At most half full, so that runs stay short.
    const size = 2 ** Math.ceil(Math.log2(Math.max(tags.length, 4)));
    this.#tags = tags;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size).fill(-1);
  }

  /** The slot of a line, or -1. */
  find(lo: number, hi: number): number {
    const tags = this.#tags;
    for (let at = this.#home(lo, hi);; at = (at + 1) & this.#mask) {
      const slot = this.#slots[at] as number;
      if (slot < 0) return -1;
      if (
        ((tags[slot] as number) & ~DIRTY) === lo && tags[slot + 1] === hi
      ) return slot;
    }
  }

  /** Adds the line that is in a slot. */
  add(slot: number): void {
    let at = this.#homeOf(slot);
    while ((this.#slots[at] as number) >= 0) at = (at + 1) & this.#mask;
    this.#slots[at] = slot;
  }

  /** Forgets the line that is in a slot, before the slot changes. */
  drop(slot: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = this.#homeOf(slot);
    while (slots[hole] !== slot) hole = (hole + 1) & mask;
    // Close the hole with later entries whose home is not after it, so that
    // no search stops early.
    for (let at = (hole + 1) & mask;; at = (at + 1) & mask) {
      const moved = slots[at] as number;
      if (moved < 0) break;
      const distance = (at - this.#homeOf(moved)) & mask;
      if (distance >= ((at - hole) & mask)) {
        slots[hole] = moved;
        hole = at;
      }
    }
    slots[hole] = -1;
  }

  #homeOf(slot: number): number {
    const tags = this.#tags;
    return this.#home(
      (tags[slot] as number) & ~DIRTY,
      tags[slot + 1] as number,
    );
  }

  /** Finalizer of MurmurHash3 over both words (Appleby, public domain). */
  #home(lo: number, hi: number): number {
    let hash = lo ^ Math.imul(hi, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) & this.#mask;
  }
}
