import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  MOST_WRITTEN_BLOCKS,
  type WrittenBlock,
  WrittenBlocks,
} from "../../../sim/workload/written_blocks.ts";

/** log_io_piece() in fio's iolog.c: a write removes those that it overlaps. */
function withoutOverlaps(writes: readonly WrittenBlock[]): WrittenBlock[] {
  let kept: WrittenBlock[] = [];
  for (const write of writes) {
    kept = kept.filter(({ file, offset, bytes }) =>
      file !== write.file || offset + bytes <= write.offset ||
      write.offset + write.bytes <= offset
    );
    kept.push(write);
  }
  return kept.sort((a, b) => a.file - b.file || a.offset - b.offset);
}

function takeAll(blocks: WrittenBlocks): WrittenBlock[] {
  const taken: WrittenBlock[] = [];
  for (let next = blocks.take(); next; next = blocks.take()) taken.push(next);
  return taken;
}

const WRITES = fc.array(
  fc.record({
    file: fc.integer({ min: 0, max: 2 }),
    offset: fc.integer({ min: 0, max: 60 }),
    bytes: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 80 },
);

Deno.test("WrittenBlocks by offset leaves overwritten ones out, as fio", () => {
  fc.assert(fc.property(WRITES, fc.nat(), (writes, often) => {
    const blocks = new WrittenBlocks(true);
    for (const [i, write] of writes.entries()) {
      blocks.add(write);
      // Few fresh ones are put in their places, many are sorted.
      if (i % (1 + often % 40) === 0) {
        assertEquals(
          blocks.count,
          withoutOverlaps(writes.slice(0, i + 1)).length,
        );
      }
    }
    assertEquals(takeAll(blocks), withoutOverlaps(writes));
  }));
});

Deno.test("WrittenBlocks as written keeps all in order", () => {
  fc.assert(fc.property(WRITES, (writes) => {
    const blocks = new WrittenBlocks(false);
    for (const write of writes) blocks.add(write);
    assertEquals(blocks.count, writes.length);
    assertEquals(takeAll(blocks), writes);
  }));
});

Deno.test("WrittenBlocks counts those that it has no room for", () => {
  const blocks = new WrittenBlocks(false);
  const write = { file: 0, offset: 0, bytes: 1 };
  for (let i = 0; i < MOST_WRITTEN_BLOCKS + 3; i++) blocks.add(write);
  assertEquals([blocks.count, blocks.lost], [MOST_WRITTEN_BLOCKS, 3]);
  blocks.clear();
  assertEquals(blocks.take(), undefined);
});
