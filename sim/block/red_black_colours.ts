/**
 * What keeps a red-black tree balanced: no red node below a red one, and as
 * many black nodes on each way down (lib/rbtree.c).
 */
import type { RedBlackLinks } from "./red_black_links.ts";

/** Makes what colours and turns nodes after a change. */
export function createRedBlackColours(links: RedBlackLinks) {
  const { getPointer, leftAt, rightAt, left, right, parentOf } = links;
  const { isBlack, setBlack, setRed, rotate } = links;

  /** Colours a node that has been linked in (__rb_insert). */
  const afterInsert = (root: number, added: number): void => {
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

  /** Makes up for a black node gone above another (____rb_erase_color). */
  const afterRemove = (root: number, from: number, above: number): void => {
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
  return { afterInsert, afterRemove };
}
