/**
 * Wide sets (up to fully associative): lines in a doubly linked list per set,
 * found through an index, so that every step takes constant time.
 */
import { LINE_FLAG, LineSets, type LineSetsShape } from "./line_sets.ts";
import { LineIndex } from "./line_index.ts";

const { free: FREE } = LINE_FLAG;

/** Sets as lists; lines enter in front and leave from the back. */
export abstract class LinkedSets extends LineSets {
  readonly #index: LineIndex;
  /** Towards the front and the back, by slot >> 1; set heads come last. */
  readonly #newer: Int32Array;
  readonly #older: Int32Array;
  /** Lines in use of each set. */
  readonly #used: Int32Array;
  /** Slots given back by `remove`, as lists through `#older`. */
  readonly #given: Int32Array;

  constructor(shape: LineSetsShape) {
    super(shape);
    const { sets, ways } = shape;
    this.#index = new LineIndex(this.tags);
    this.#newer = new Int32Array(sets * (ways + 1));
    this.#older = new Int32Array(sets * (ways + 1));
    this.#used = new Int32Array(sets);
    this.#given = new Int32Array(sets).fill(-1);
    for (let set = 0; set < sets; set++) {
      const head = sets * ways + set;
      this.#newer[head] = head;
      this.#older[head] = head;
    }
  }

  find(lo: number, hi: number): number {
    return this.#index.find(lo, hi);
  }

  insert(lo: number, hi: number): number {
    const set = this.setOf(lo, hi);
    const node = this.#takeNode(set);
    const slot = node * 2;
    this.tags[slot] = lo;
    this.tags[slot + 1] = hi;
    this.#index.add(slot);
    this.#linkFront(node, set);
    return slot;
  }

  remove(slot: number): void {
    const node = slot >> 1;
    const set = this.#setAt(slot);
    this.#index.drop(slot);
    this.#unlink(node);
    this.tags[slot] = FREE;
    this.#older[node] = this.#given[set] as number;
    this.#given[set] = node;
  }

  oldestFirst(set: number): number[] {
    const head = (this.setMask + 1) * this.ways + set;
    const slots: number[] = [];
    let node = this.#newer[head] as number;
    for (; node !== head; node = this.#newer[node] as number) {
      slots.push(node * 2);
    }
    return slots;
  }

  /** Makes a line the last to leave. */
  protected moveToFront(slot: number): void {
    const set = this.#setAt(slot);
    const node = slot >> 1;
    const head = (this.setMask + 1) * this.ways + set;
    if (this.#older[head] === node) return;
    this.#unlink(node);
    this.#linkFront(node, set);
  }

  #setAt(slot: number): number {
    const { tags } = this;
    return this.setOf(tags[slot] as number, tags[slot + 1] as number);
  }

  #takeNode(set: number): number {
    this.victimLo = FREE;
    const given = this.#given[set] as number;
    if (given >= 0) {
      this.#given[set] = this.#older[given] as number;
      return given;
    }
    const used = this.#used[set] as number;
    if (used < this.ways) {
      this.#used[set] = used + 1;
      return set * this.ways + used;
    }
    const oldest = this.#newer[(this.setMask + 1) * this.ways + set] as number;
    const slot = oldest * 2;
    this.victimLo = this.tags[slot] as number;
    this.victimHi = this.tags[slot + 1] as number;
    this.#index.drop(slot);
    this.#unlink(oldest);
    return oldest;
  }

  #linkFront(node: number, set: number): void {
    const head = (this.setMask + 1) * this.ways + set;
    const second = this.#older[head] as number;
    this.#older[head] = node;
    this.#newer[node] = head;
    this.#older[node] = second;
    this.#newer[second] = node;
  }

  #unlink(node: number): void {
    const newer = this.#newer[node] as number;
    const older = this.#older[node] as number;
    this.#older[newer] = older;
    this.#newer[older] = newer;
  }
}
