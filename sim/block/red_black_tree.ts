/**
 * Red-black trees in kernel memory (struct rb_root and rb_node, lib/rbtree.c),
 * whatever the order is. A node is where the rb_node of an object is.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { createRedBlackColours } from "./red_black_colours.ts";
import { createRedBlackLinks } from "./red_black_links.ts";

export interface RedBlackTrees {
  /** RB_CLEAR_NODE(): a node of no tree. */
  readonly clear: (node: number) => void;
  /** RB_EMPTY_NODE() */
  readonly isClear: (node: number) => boolean;
  /** The topmost node of a tree, 0 for none. */
  readonly top: (root: number) => number;
  /** The child on the left, with what is less; 0 for none. */
  readonly left: (node: number) => number;
  /** The child on the right; 0 for none. */
  readonly right: (node: number) => number;
  /** Links a node in below another one, 0 for the root, and balances. */
  readonly insert: (
    root: number,
    node: number,
    parent: number,
    isLeft: boolean,
  ) => void;
  /** Takes a node out and balances. */
  readonly remove: (root: number, node: number) => void;
  /** rb_next(): the node after one in order; 0 for none. */
  readonly next: (node: number) => number;
  /** rb_prev() */
  readonly previous: (node: number) => number;
}

export function createRedBlackTrees(memory: KernelMemory): RedBlackTrees {
  const links = createRedBlackLinks(memory);
  const { getPointer, setPointer, leftAt, rightAt, left, right } = links;
  const { parentOf, isBlack, setParent, replace } = links;
  const colours = createRedBlackColours(links);

  const insert: RedBlackTrees["insert"] = (root, added, below, isLeft) => {
    setPointer(added, below);
    setPointer(added + leftAt, 0);
    setPointer(added + rightAt, 0);
    if (below === 0) setPointer(root, added);
    else setPointer(below + (isLeft ? leftAt : rightAt), added);
    colours.afterInsert(root, added);
  };

  const remove = (root: number, node: number): void => {
    const parent = parentOf(node);
    const onLeft = left(node);
    const onRight = right(node);
    if (onLeft === 0 || onRight === 0) {
      const child = onLeft === 0 ? onRight : onLeft;
      if (child !== 0) setParent(child, parent);
      replace(root, parent, node, child);
      if (isBlack(node)) colours.afterRemove(root, child, parent);
      clear(node);
      return;
    }
    // The next one in order takes its place and its colour.
    let heir = onRight;
    for (let lower = left(heir); lower !== 0; lower = left(heir)) heir = lower;
    const child = right(heir);
    let lost = parentOf(heir);
    const lostBlack = isBlack(heir);
    if (lost === node) lost = heir;
    else {
      setPointer(lost + leftAt, child);
      if (child !== 0) setParent(child, lost);
      setPointer(heir + rightAt, onRight);
      setParent(onRight, heir);
    }
    setPointer(heir + leftAt, onLeft);
    setParent(onLeft, heir);
    replace(root, parent, node, heir);
    setPointer(heir, getPointer(node));
    if (lostBlack) colours.afterRemove(root, child, lost);
    clear(node);
  };

  const clear = (node: number): void => setPointer(node, node);

  /** Goes one on in order, `aheadAt` being the link that leads on. */
  const step = (node: number, aheadAt: number, backAt: number): number => {
    let at = getPointer(node + aheadAt);
    if (at !== 0) {
      for (
        let lower = getPointer(at + backAt);
        lower !== 0;
        lower = getPointer(at + backAt)
      ) at = lower;
      return at;
    }
    at = node;
    let parent = parentOf(at);
    while (parent !== 0 && getPointer(parent + aheadAt) === at) {
      at = parent;
      parent = parentOf(at);
    }
    return parent;
  };
  return {
    clear,
    isClear: (node) => getPointer(node) === node,
    top: getPointer,
    left,
    right,
    insert,
    remove,
    next: (node) => step(node, rightAt, leftAt),
    previous: (node) => step(node, leftAt, rightAt),
  };
}
