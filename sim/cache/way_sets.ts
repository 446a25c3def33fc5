/**
 * Sets whose lines stay in the way that they were put in: the common part of
 * the policies that keep no order of lines, tree-PLRU and random.
 */
import { LINE_FLAG, LineSets, type LineSetsShape } from "./line_sets.ts";
import { LineIndex } from "./line_index.ts";
import { WIDEST_ORDERED_SET } from "./ordered_sets.ts";

const { dirty: DIRTY, free: FREE } = LINE_FLAG;

/** Sets of fixed ways; a free way is filled before a line has to leave. */
export abstract class WaySets extends LineSets {
  readonly #index: LineIndex | undefined;

  constructor(shape: LineSetsShape) {
    super(shape);
    if (shape.ways > WIDEST_ORDERED_SET) this.#index = new LineIndex(this.tags);
  }

  /** Learns that a way of a set was used. */
  protected abstract use(set: number, way: number): void;

  /** Chooses the way of a full set whose line leaves. */
  protected abstract chooseVictim(set: number): number;

  /** Orders the ways of a set by which of them is to leave first. */
  protected abstract leavingOrder(set: number): number[];

  find(lo: number, hi: number): number {
    if (this.#index !== undefined) return this.#index.find(lo, hi);
    const tags = this.tags;
    const first = Math.imul(this.setOf(lo, hi), this.ways) << 1;
    const end = first + (this.ways << 1);
    for (let at = first; at < end; at += 2) {
      if (((tags[at] as number) & ~DIRTY) === lo && tags[at + 1] === hi) {
        return at;
      }
    }
    return -1;
  }

  touch(lo: number, hi: number): number {
    const slot = this.find(lo, hi);
    if (slot >= 0) this.#use(this.setOf(lo, hi), slot);
    return slot;
  }

  insert(lo: number, hi: number): number {
    const set = this.setOf(lo, hi);
    let slot = this.#freeSlot(set);
    if (slot < 0) {
      slot = (set * this.ways + this.chooseVictim(set)) * 2;
      this.#index?.drop(slot);
    }
    this.victimLo = this.tags[slot] as number;
    this.victimHi = this.tags[slot + 1] as number;
    this.tags[slot] = lo;
    this.tags[slot + 1] = hi;
    this.#index?.add(slot);
    this.#use(set, slot);
    return slot;
  }

  remove(slot: number): void {
    this.#index?.drop(slot);
    this.tags[slot] = FREE;
  }

  oldestFirst(set: number): number[] {
    return this.leavingOrder(set)
      .map((way) => (set * this.ways + way) * 2)
      .filter((slot) => ((this.tags[slot] as number) & FREE) === 0);
  }

  #use(set: number, slot: number): void {
    this.use(set, (slot >> 1) - set * this.ways);
  }

  #freeSlot(set: number): number {
    const first = set * this.ways * 2;
    const end = first + this.ways * 2;
    for (let slot = first; slot < end; slot += 2) {
      if (((this.tags[slot] as number) & FREE) !== 0) return slot;
    }
    return -1;
  }
}
