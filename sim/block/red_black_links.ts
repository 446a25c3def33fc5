/**
 * The words of a node of a red-black tree (struct rb_node): its parent with the
 * colour, black in the lowest bit, then the child on the right and on the left.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

const BLACK = 1;

/** Links and colours of nodes, and what turns them; offsets in memory. */
export type RedBlackLinks = ReturnType<typeof createRedBlackLinks>;

export function createRedBlackLinks(memory: KernelMemory) {
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

  return {
    ...{ getPointer, setPointer, leftAt, rightAt, left, right, parentOf },
    ...{ isBlack, setBlack, setRed, setParent, replace, rotate },
  };
}
