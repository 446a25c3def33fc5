/**
 * Requests in order of their first sector (elv_rb_add() and its neighbours of
 * block/elevator.c). Of several with the same first sector, the one added last
 * comes last.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { createRedBlackTrees } from "./red_black_tree.ts";
import type { RequestTable } from "./request.ts";

/** What is done with trees of requests; a root is where its pointer is. */
export interface SectorTrees {
  /** Marks a request as being in no tree. */
  readonly clear: (request: number) => void;
  /** Whether a request is in no tree. */
  readonly isClear: (request: number) => boolean;
  readonly add: (root: number, request: number) => void;
  /** Takes a request out. */
  readonly remove: (root: number, request: number) => void;
  /** elv_rb_find(): one that begins at a sector; 0 for none. */
  readonly find: (root: number, lo: number, hi: number) => number;
  /** The first that begins at a sector or after it; 0 for none. */
  readonly findFrom: (root: number, lo: number, hi: number) => number;
  /** elv_rb_latter_request(); 0 for none. */
  readonly next: (request: number) => number;
  /** elv_rb_former_request(); 0 for none. */
  readonly previous: (request: number) => number;
}

export function createSectorTrees(
  memory: KernelMemory,
  requests: RequestTable,
): SectorTrees {
  const { get64Lo, get64Hi } = memory;
  const { sortNode, sector } = requests.field;
  const trees = createRedBlackTrees(memory);
  const { top, left, right, insert } = trees;

  /** Compares where a node's request begins with a sector: -1, 0 or 1. */
  const compare = (node: number, lo: number, hi: number): number => {
    const at = node - sortNode + sector;
    const ownHi = get64Hi(at) >>> 0;
    const otherHi = hi >>> 0;
    if (ownHi !== otherHi) return ownHi < otherHi ? -1 : 1;
    const ownLo = get64Lo(at) >>> 0;
    const otherLo = lo >>> 0;
    return ownLo === otherLo ? 0 : ownLo < otherLo ? -1 : 1;
  };
  const requestOf = (node: number): number => node === 0 ? 0 : node - sortNode;

  const add = (root: number, request: number): void => {
    const lo = get64Lo(request + sector);
    const hi = get64Hi(request + sector);
    let parent = 0;
    let isLeft = false;
    for (let node = top(root); node !== 0;) {
      parent = node;
      isLeft = compare(node, lo, hi) > 0;
      node = isLeft ? left(node) : right(node);
    }
    insert(root, request + sortNode, parent, isLeft);
  };
  const find = (root: number, lo: number, hi: number): number => {
    for (let node = top(root); node !== 0;) {
      const order = compare(node, lo, hi);
      if (order === 0) return requestOf(node);
      node = order > 0 ? left(node) : right(node);
    }
    return 0;
  };
  const findFrom = (root: number, lo: number, hi: number): number => {
    let found = 0;
    for (let node = top(root); node !== 0;) {
      if (compare(node, lo, hi) >= 0) {
        found = node;
        node = left(node);
      } else node = right(node);
    }
    return requestOf(found);
  };
  return {
    clear: (request) => trees.clear(request + sortNode),
    isClear: (request) => trees.isClear(request + sortNode),
    add,
    remove: (root, request) => trees.remove(root, request + sortNode),
    find,
    findFrom,
    next: (request) => requestOf(trees.next(request + sortNode)),
    previous: (request) => requestOf(trees.previous(request + sortNode)),
  };
}
