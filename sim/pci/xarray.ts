/**
 * The xarray that holds a provider's map types, with the kernel's nodes, so
 * that every load touches the lines that `xa_load()` touches.
 *
 * `struct xa_node` (include/linux/xarray.h), 64-bit: shift u8 0, offset u8 1,
 * count u8 2, parent 8, array 16, private list 24, slots[64] 40, marks 552;
 * 576 bytes. An entry is a pointer: a node has bit 1 set, a small integer v
 * is v << 1 | 1. Only the low halves are stored, since the region is small.
 */
import type { MemoryView } from "../../layouts/word.ts";

const NODE_BYTES = 576;
const COUNT_AT = 2;
const PARENT_AT = 8;
const SLOTS_AT = 40;
const INDEX_BITS = 6;
const SLOT_MASK = 63;
/** `struct xarray`: lock 0, flags 4, xa_head 8; a line of its own here. */
const HEAD_BYTES = 64;
const HEAD_AT = 8;

/** An xarray of small integers in a piece of memory. */
export class Xarray {
  readonly #view: MemoryView;
  readonly #at: number;
  readonly #capacity: number;
  #nodes = 0;
  #loads = 0;

  /**
   * Makes an empty xarray.
   *
   * @param at Offset of the array's head; `Xarray.sizeBytes()` bytes from
   *   there belong to it and must be zero.
   * @param nodes How many nodes there is room for.
   */
  constructor(view: MemoryView, at: number, { nodes }: { nodes: number }) {
    this.#view = view;
    this.#at = at;
    this.#capacity = nodes;
  }

  /**
   * Returns the memory that an xarray needs.
   *
   * @returns Bytes: a line for the head and 576 for each node.
   */
  static sizeBytes(nodes: number): number {
    return HEAD_BYTES + nodes * NODE_BYTES;
  }

  /** How many nodes are in use. */
  get nodes(): number {
    return this.#nodes;
  }

  /** How many loads there were. */
  get loads(): number {
    return this.#loads;
  }

  /** Takes everything out (`xa_destroy()`). */
  clear(): void {
    const bytes = Xarray.sizeBytes(this.#nodes);
    for (let at = 0; at < bytes; at += 4) {
      this.#view.setInt32(this.#at + at, 0, true);
    }
    this.#nodes = 0;
  }

  /**
   * Loads an entry.
   *
   * @param index The index, 0 to 2^32 - 1.
   * @returns The value, or 0 where nothing was stored.
   */
  load(index: number): number {
    this.#loads++;
    const view = this.#view;
    let entry = view.getInt32(this.#at + HEAD_AT, true);
    if ((entry & 2) === 0) return index === 0 ? entry >>> 1 : 0;
    let shift = view.getUint8(entry - 2);
    // xas_start(): an index beyond the highest node's reach is not there.
    if (shift + INDEX_BITS < 32 && (index >>> (shift + INDEX_BITS)) !== 0) {
      return 0;
    }
    for (;;) {
      const slot = (index >>> shift) & SLOT_MASK;
      entry = view.getInt32(entry - 2 + SLOTS_AT + slot * 8, true);
      if (shift === 0 || (entry & 2) === 0) return entry >>> 1;
      shift = view.getUint8(entry - 2);
    }
  }

  /**
   * Stores a small integer.
   *
   * @param index The index, 0 to 2^32 - 1.
   * @param value 1 to 127.
   * @throws {RangeError} If the memory has no room for another node.
   */
  store(index: number, value: number): void {
    const view = this.#view;
    const headAt = this.#at + HEAD_AT;
    let head = view.getInt32(headAt, true);
    if (head === 0) {
      let shift = 0;
      while (shift + INDEX_BITS < 32 && index >>> (shift + INDEX_BITS) !== 0) {
        shift += INDEX_BITS;
      }
      head = this.#newNode({ shift, parent: 0 });
      view.setInt32(headAt, head, true);
    }
    let shift = view.getUint8(head - 2);
    while (shift + INDEX_BITS < 32 && index >>> (shift + INDEX_BITS) !== 0) {
      // xas_expand(): one more level above the old head.
      shift += INDEX_BITS;
      const above = this.#newNode({ shift, parent: 0 });
      this.#setSlot(above, { slot: 0, entry: head });
      view.setInt32(head - 2 + PARENT_AT, above - 2, true);
      view.setInt32(headAt, above, true);
      head = above;
    }
    let node = head;
    for (; shift > 0; shift -= INDEX_BITS) {
      const slot = (index >>> shift) & SLOT_MASK;
      let next = view.getInt32(node - 2 + SLOTS_AT + slot * 8, true);
      if (next === 0) {
        next = this.#newNode({ shift: shift - INDEX_BITS, parent: node - 2 });
        this.#setSlot(node, { slot, entry: next });
      }
      node = next;
    }
    this.#setSlot(node, { slot: index & SLOT_MASK, entry: value << 1 | 1 });
  }

  /** Makes an empty node and returns the entry that points to it. */
  #newNode({ shift, parent }: { shift: number; parent: number }): number {
    if (this.#nodes === this.#capacity) {
      throw new RangeError(
        `Cannot store in xarray: all ${this.#capacity} nodes are in use, expected a free one`,
      );
    }
    const node = this.#at + HEAD_BYTES + this.#nodes++ * NODE_BYTES;
    this.#view.setUint8(node, shift);
    this.#view.setInt32(node + PARENT_AT, parent, true);
    return node | 2;
  }

  #setSlot(
    node: number,
    { slot, entry }: { slot: number; entry: number },
  ): void {
    const at = node - 2 + SLOTS_AT + slot * 8;
    if (this.#view.getInt32(at, true) === 0) {
      const count = this.#view.getUint8(node - 2 + COUNT_AT);
      this.#view.setUint8(node - 2 + COUNT_AT, count + 1);
    }
    this.#view.setInt32(at, entry, true);
  }
}
