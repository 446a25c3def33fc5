import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { findAbi } from "../../../layouts/abi.ts";
import { CLEARED_AT, sbitmapShift } from "../../../sim/block/tag_words.ts";
import { createTags, type Tags } from "../../../sim/block/tags.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

function tagsOf(depth: number, counts: "word" | "map", abi = "lp64"): Tags {
  const memory = new KernelMemory({ abi: findAbi(abi), sizeBytes: 1 << 18 });
  return createTags(memory, depth, { counts });
}

function takeAll(tags: Tags, limit: number): number[] {
  const taken: number[] = [];
  for (;;) {
    const tag = tags.takeShallow(limit);
    if (tag < 0) return taken;
    taken.push(tag);
  }
}

Deno.test("takeShallow() counts by word (6.1) or of the map (6.12, 7.2)", () => {
  // 128 tags are 4 words of 32. A limit of 2 is, rounded up, 1 of each word's
  // 32; or 2 * 32 = 64 of 128, which is 0 a word and 64 / 32 = 2 words more.
  assertEquals(takeAll(tagsOf(128, "word"), 2), [0, 32, 64, 96]);
  assertEquals(takeAll(tagsOf(128, "map"), 2), [0, 32]);
  // No limit, and one that is none.
  assertEquals(takeAll(tagsOf(128, "map"), 128).length, 128);
  assertEquals(takeAll(tagsOf(128, "word"), 200).length, 128);
});

Deno.test("tags that readers have count against a shallow limit", () => {
  const tags = tagsOf(128, "map");
  assertEquals(tags.take(), 0);
  // Word 0 has one bit within the limit, which is gone.
  assertEquals(takeAll(tags, 2), [32]);
  // A tag that is given back is where the next search begins.
  tags.give(32);
  assertEquals(tags.takeShallow(2), 32);
});

Deno.test("takeShallow() gives no tag twice and all within its limit", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom("word", "map"),
      fc.constantFrom("lp64", "lp64_be", "ilp32"),
      fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 120 }),
      (depth, limit, counts, abi, steps) => {
        const tags = tagsOf(depth, counts as "word" | "map", abi);
        const bits = 1 << sbitmapShift(depth, abi === "ilp32" ? 32 : 64);
        const live = new Set<number>();
        for (const step of steps) {
          const [first] = live;
          if (step === 0 && first !== undefined) {
            live.delete(first);
            tags.give(first);
          } else {
            const tag = step < 3 ? tags.takeShallow(limit) : tags.take();
            if (tag < 0) continue;
            assert(tag < depth && !live.has(tag), `tag ${tag} of ${depth}`);
            live.add(tag);
            if (step < 3 && limit < depth) {
              const within = counts === "word"
                ? Math.ceil(limit * bits / depth)
                : Math.ceil(Math.min(bits, depth) * limit / depth);
              assert(tag % bits < within, `bit ${tag % bits} of ${within}`);
            }
          }
          assertEquals(tags.live(), live.size);
        }
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("tags that end in a batch are cleared in their word, others later", () => {
  for (const abi of ["lp64", "lp64_be", "ilp32"]) {
    const words = (clears: "at once" | "later") => {
      const memory = new KernelMemory({
        abi: findAbi(abi),
        sizeBytes: 1 << 16,
      });
      const tags = createTags(memory, 128, { clears });
      const [first, second] = [tags.take(), tags.take()];
      const region = memory.regions.find(({ structure }) =>
        structure === "sbitmap_word"
      );
      const at = region?.offset ?? 0;
      tags.give(first);
      // The word has the bit of the tag that is left, or of both.
      const word = [memory.getLong(at), memory.getLong(at + CLEARED_AT)];
      const next = tags.take();
      tags.give(second);
      return { word, next, live: tags.live() };
    };
    // sbitmap_queue_clear_batch(): the lowest tag is free at once.
    assertEquals(words("at once"), { word: [2, 0], next: 0, live: 1 }, abi);
    // sbitmap_queue_clear(): it is not, while its word has room.
    assertEquals(words("later"), { word: [3, 1], next: 2, live: 1 }, abi);
  }
});
