/**
 * Red-black trees in kernel memory (struct rb_root and rb_node, lib/rbtree.c):
 * links and colours, whatever the order is. A node is where the rb_node of an
 * object lies; its first word holds the parent, and black in the lowest bit.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

/** What is done with trees. */
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
  /** rb_next(): the node behind one in order; 0 for none. */
  readonly next: (node: number) => number;
  /** rb_prev() */
  readonly previous: (node: number) => number;
}

const BLACK = 1;

/** Makes the functions. */
export function createRedBlackTrees(memory: KernelMemory): RedBlackTrees {
  const { getPointer, setPointer } = memory;
  const rightAt = memory.abi.pointerBytes;
  const leftAt = 2 * rightAt;

  const left = (node: number): number => getPointer(node + leftAt);
  const right = (node: number): number => getPointer(node + rightAt);
  const parentOf = (node: number): number => getPointer(node) & ~BLACK;
  const isBlack = (node: number): boolean =>
    node === 0 || (getPointer(node) & BLACK) !== 0;
  const setBlack = (node: number): void =>
    setPointer(node, getPointer(node) | BLACK);
  const setRed = (node: number): void =>
    setPointer(node, getPointer(node) & ~BLACK);
  const setParent = (node: number, parent: number): void =>
    setPointer(node, parent | (getPointer(node) & BLACK));

  /** Puts a node, or none, where another one hung. */
  const replace = (
    root: number,
    parent: number,
    was: number,
    node: number,
  ): void => {
    if (parent === 0) setPointer(root, node);
    else if (left(parent) === was) setPointer(parent + leftAt, node);
    else setPointer(parent + rightAt, node);
  };

  /** Turns a node down, to the left or the right; its child comes up. */
  const rotate = (root: number, node: number, toLeft: boolean): void => {
    const downAt = toLeft ? leftAt : rightAt;
    const upAt = toLeft ? rightAt : leftAt;
    const child = getPointer(node + upAt);
    const inner = getPointer(child + downAt);
    const parent = parentOf(node);
    setPointer(node + upAt, inner);
    if (inner !== 0) setParent(inner, node);
    setPointer(child + downAt, node);
    setParent(child, parent);
    replace(root, parent, node, child);
    setParent(node, child);
  };

  const insert = (
    root: number,
    added: number,
    below: number,
    isLeft: boolean,
  ): void => {
    setPointer(added, below);
    setPointer(added + leftAt, 0);
    setPointer(added + rightAt, 0);
    if (below === 0) setPointer(root, added);
    else setPointer(below + (isLeft ? leftAt : rightAt), added);
    let node = added;
    for (;;) {
      const parent = parentOf(node);
      if (parent === 0) {
        setBlack(node);
        return;
      }
      if (isBlack(parent)) return;
      const above = parentOf(parent);
      const parentIsLeft = left(above) === parent;
      const uncle = parentIsLeft ? right(above) : left(above);
      if (!isBlack(uncle)) {
        setBlack(uncle);
        setBlack(parent);
        setRed(above);
        node = above;
        continue;
      }
      let middle = parent;
      if (node === (parentIsLeft ? right(parent) : left(parent))) {
        rotate(root, parent, parentIsLeft);
        middle = node;
      }
      setBlack(middle);
      setRed(above);
      rotate(root, above, !parentIsLeft);
      return;
    }
  };

  /** Makes up for a black node that is gone from above `node`. */
  const balance = (root: number, from: number, above: number): void => {
    let node = from;
    let parent = above;
    while (parent !== 0 && isBlack(node)) {
      const isLeft = left(parent) === node;
      const nearAt = isLeft ? leftAt : rightAt;
      const farAt = isLeft ? rightAt : leftAt;
      let sibling = getPointer(parent + farAt);
      if (!isBlack(sibling)) {
        setBlack(sibling);
        setRed(parent);
        rotate(root, parent, isLeft);
        sibling = getPointer(parent + farAt);
      }
      const near = getPointer(sibling + nearAt);
      if (isBlack(near) && isBlack(getPointer(sibling + farAt))) {
        setRed(sibling);
        node = parent;
        parent = parentOf(node);
        continue;
      }
      if (isBlack(getPointer(sibling + farAt))) {
        setBlack(near);
        setRed(sibling);
        rotate(root, sibling, !isLeft);
        sibling = getPointer(parent + farAt);
      }
      if (isBlack(parent)) setBlack(sibling);
      else setRed(sibling);
      setBlack(parent);
      setBlack(getPointer(sibling + farAt));
      rotate(root, parent, isLeft);
      return;
    }
    if (node !== 0) setBlack(node);
  };

  const remove = (root: number, node: number): void => {
    const parent = parentOf(node);
    const onLeft = left(node);
    const onRight = right(node);
    if (onLeft === 0 || onRight === 0) {
      const child = onLeft === 0 ? onRight : onLeft;
      if (child !== 0) setParent(child, parent);
      replace(root, parent, node, child);
      if (isBlack(node)) balance(root, child, parent);
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
    if (lostBlack) balance(root, child, lost);
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
