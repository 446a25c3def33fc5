/**
 * Least recently used: a line that is touched goes to the front, and the line
 * at the back leaves.
 */
import { DIRTY } from "./line_sets.ts";
import { OrderedSets } from "./ordered_sets.ts";
import { LinkedSets } from "./linked_sets.ts";

/** LRU by shifting, for narrow sets. */
export class LruSets extends OrderedSets {
  touch(lo: number, hi: number): number {
    const first = Math.imul(lo & this.setMask, this.ways) << 1;
    return promote(this.tags, first, this.ways << 1, lo, hi) ? first + 1 : -1;
  }
}

/**
 * Finds a line in its set and moves it to the front. A function of plain
 * arrays, because it is the hot path of every level and V8 puts it into its
 * callers.
 *
 * @param tags The tag array.
 * @param first Low word of the set's first line.
 * @param span Words of the set; 0 finds nothing.
 * @param lo Line number, low word.
 * @param hi Line number, high word.
 * @returns Whether the line is there.
 */
export function promote(
  tags: Int32Array,
  first: number,
  span: number,
  lo: number,
  hi: number,
): boolean {
  const end = first + span;
  for (let at = first; at < end; at += 2) {
    if (tags[at] !== lo) continue;
    const found = tags[at + 1] as number;
    if ((found & ~DIRTY) !== hi) continue;
    for (let to = at; to > first; to -= 2) {
      tags[to] = tags[to - 2] as number;
      tags[to + 1] = tags[to - 1] as number;
    }
    tags[first] = lo;
    tags[first + 1] = found;
    return true;
  }
  return false;
}

/** LRU by a list with an index, for wide sets. */
export class WideLruSets extends LinkedSets {
  touch(lo: number, hi: number): number {
    const slot = this.find(lo, hi);
    if (slot >= 0) this.moveToFront(slot);
    return slot;
  }
}
