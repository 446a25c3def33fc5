/**
 * Tree pseudo-LRU: one bit per node of a binary tree over the ways of a set.
 * Using a way turns the bits on its path away from it; the victim is where the
 * bits lead. Needs a power of two ways.
 *
 * The scheme is the one of the Intel i486 and later parts (Al-Zoubi et al.,
 * "Performance evaluation of cache replacement policies for the SPEC CPU2000
 * benchmark suite", ACM-SE 2004, section 2).
 */
import type { LineSetsShape } from "./line_sets.ts";
import { WaySets } from "./way_sets.ts";

export class TreePlruSets extends WaySets {
  /** Bit of node n of a set at `set * ways + n`; the root is node 1. */
  readonly #leadsRight: Uint8Array;

  constructor(shape: LineSetsShape) {
    super(shape);
    this.#leadsRight = new Uint8Array(shape.sets * shape.ways);
  }

  protected use(set: number, way: number): void {
    const root = Math.imul(set, this.ways);
    for (let node = way + this.ways; node > 1; node >>= 1) {
      this.#leadsRight[root + (node >> 1)] = (node & 1) ^ 1;
    }
  }

  protected chooseVictim(set: number): number {
    const root = Math.imul(set, this.ways);
    let node = 1;
    while (node < this.ways) {
      node = node * 2 + (this.#leadsRight[root + node] as number);
    }
    return node - this.ways;
  }

  protected leavingOrder(set: number): number[] {
    const walk = (node: number): number[] => {
      if (node >= this.ways) return [node - this.ways];
      const right = this.#leadsRight[set * this.ways + node] as number;
      return [...walk(node * 2 + right), ...walk(node * 2 + 1 - right)];
    };
    return walk(1);
  }
}
