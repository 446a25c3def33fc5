import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { createRedBlackTrees } from "../../../sim/block/red_black_tree.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

const NODES = 40;
const STRIDE = 32;

/** A tree whose nodes are in order of their numbers. */
function rig(abi: typeof abis[number]) {
  const memory = new KernelMemory({ abi, sizeBytes: 1 << 16 });
  const trees = createRedBlackTrees(memory);
  const root = memory.reserve("rb_root", 16);
  const nodes = memory.reserve("rb_node", NODES * STRIDE);
  const nodeOf = (number: number) => nodes + number * STRIDE;
  const add = (node: number): void => {
    let parent = 0;
    let isLeft = false;
    for (let at = trees.top(root); at !== 0;) {
      parent = at;
      isLeft = node < at;
      at = isLeft ? trees.left(at) : trees.right(at);
    }
    trees.insert(root, node, parent, isLeft);
  };
  return { memory, trees, root, nodeOf, add };
}

type Rig = ReturnType<typeof rig>;

/** Black nodes on the way to each leaf; asserts all that makes a tree one. */
function blackHeight(found: Rig, node: number, parent: number): number {
  if (node === 0) return 1;
  const { memory, trees } = found;
  const word = memory.getPointer(node);
  assertEquals(word & ~1, parent, "parent");
  const isBlack = (word & 1) === 1;
  const children = [trees.left(node), trees.right(node)];
  for (const child of children) {
    assert(
      isBlack || child === 0 || (memory.getPointer(child) & 1) === 1,
      "a red node has a red child",
    );
  }
  const heights = children.map((child) => blackHeight(found, child, node));
  assertEquals(heights[0], heights[1], "black nodes");
  return (heights[0] as number) + (isBlack ? 1 : 0);
}

Deno.test("a red-black tree stays one and in order, on every ABI", () => {
  const steps = fc.array(fc.integer({ min: 0, max: NODES - 1 }), {
    maxLength: 120,
  });
  for (const abi of abis) {
    fc.assert(
      fc.property(steps, (numbers) => {
        const found = rig(abi);
        const { trees, root, nodeOf, add } = found;
        const present = new Set<number>();
        for (const number of numbers) {
          const node = nodeOf(number);
          if (present.delete(number)) {
            trees.remove(root, node);
            assert(trees.isClear(node));
          } else {
            present.add(number);
            add(node);
          }
          const top = trees.top(root);
          if (top !== 0) {
            assertEquals(found.memory.getPointer(top) & 1, 1, "a red root");
          }
          blackHeight(found, top, 0);
        }
        const sorted = [...present].toSorted((a, b) => a - b).map(nodeOf);
        sorted.forEach((node, i) => {
          assertEquals(trees.next(node), sorted[i + 1] ?? 0);
          assertEquals(trees.previous(node), sorted[i - 1] ?? 0);
        });
      }),
      { numRuns: 25 },
    );
  }
});

Deno.test("insert() balances as lib/rbtree.c does", () => {
  // 1, 2, 3: the first turns left below the second; 4 makes both children
  // black, 5 turns 3 left below 4.
  const { memory, trees, root, nodeOf, add } = rig(findAbi("lp64"));
  for (const number of [1, 2, 3, 4, 5]) add(nodeOf(number));
  const colour = (number: number) =>
    (memory.getPointer(nodeOf(number)) & 1) === 1 ? "black" : "red";
  assertEquals(trees.top(root), nodeOf(2));
  assertEquals(trees.left(nodeOf(2)), nodeOf(1));
  assertEquals(trees.right(nodeOf(2)), nodeOf(4));
  assertEquals([1, 2, 3, 4, 5].map(colour), [
    "black",
    "black",
    "red",
    "black",
    "red",
  ]);
});
