/**
 * First in, first out: touching a line changes nothing, and the line that came
 * first leaves.
 */
import { OrderedSets } from "./ordered_sets.ts";
import { LinkedSets } from "./linked_sets.ts";

/** FIFO by shifting, for narrow sets. */
export class FifoSets extends OrderedSets {
  touch(lo: number, hi: number): number {
    return this.find(lo, hi);
  }
}

/** FIFO by a list with an index, for wide sets. */
export class WideFifoSets extends LinkedSets {
  touch(lo: number, hi: number): number {
    return this.find(lo, hi);
  }
}
