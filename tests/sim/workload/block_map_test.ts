import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BlockMap } from "../../../sim/workload/block_map.ts";

/** The same in a set of numbers. */
class SlowMap {
  readonly #visited = new Set<number>();
  readonly #blocks: number;

  constructor(blocks: number) {
    this.#blocks = blocks;
  }

  mark(block: number, count: number): number {
    let at = block;
    while (at < Math.min(block + count, this.#blocks) && !this.isSet(at)) {
      this.#visited.add(at++);
    }
    return at - block;
  }

  isSet(block: number): boolean {
    return this.#visited.has(block);
  }

  nextFree(block: number): number {
    for (let i = 1; i <= this.#blocks; i++) {
      const at = (block + i) % this.#blocks;
      if (!this.isSet(at)) return at;
    }
    return -1;
  }
}

Deno.test("BlockMap does what a set of numbers does", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 400 })), {
        maxLength: 200,
      }),
      (blocks, marks) => {
        const map = new BlockMap(blocks);
        const slow = new SlowMap(blocks);
        for (const [at, count] of marks) {
          const block = at % blocks;
          assertEquals(map.mark(block, count), slow.mark(block, count));
          assertEquals(map.isSet(block), slow.isSet(block));
          // Defined behind a visited block, which this one is now.
          assertEquals(map.nextFree(block), slow.nextFree(block));
        }
      },
    ),
  );
});

Deno.test("BlockMap is full after its last block, and empty when cleared", () => {
  for (const blocks of [1, 31, 32, 33, 1024, 1025, 32768, 40000]) {
    const map = new BlockMap(blocks);
    assertEquals(map.mark(0, blocks - 1), blocks - 1);
    assertEquals(map.nextFree(0), blocks - 1);
    assertEquals(map.mark(blocks - 1, 5), 1);
    assertEquals(map.nextFree(0), -1);
    map.clear();
    assertEquals(map.isSet(0), false);
    assertEquals(map.mark(0, blocks + 7), blocks);
  }
});
