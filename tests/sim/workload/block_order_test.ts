import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { randomStream } from "../../../sim/random.ts";
import {
  type BlockDistribution,
  blockOrder,
} from "../../../sim/workload/block_order.ts";

function draw(
  distribution: BlockDistribution,
  options: { blocks: number; draws: number; usesMap?: boolean },
): number[] {
  const order = blockOrder(options.blocks, {
    distribution,
    usesMap: options.usesMap ?? false,
    random: randomStream(1, "test"),
  });
  return Array.from({ length: options.draws }, () => order.next());
}

/** How often each block came, the most frequent first. */
function ranked(blocks: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const block of blocks) counts.set(block, (counts.get(block) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a);
}

Deno.test("blockOrder() with a map visits each block once a pass", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), (blocks) => {
      const drawn = draw({ kind: "random" }, {
        blocks,
        draws: 2 * blocks,
        usesMap: true,
      });
      for (const pass of [drawn.slice(0, blocks), drawn.slice(blocks)]) {
        assertEquals(
          pass.toSorted((a, b) => a - b),
          Array.from({ length: blocks }, (_, block) => block),
        );
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("blockOrder() with a map is no walk in order", () => {
  const drawn = draw({ kind: "random" }, {
    blocks: 4096,
    draws: 4096,
    usesMap: true,
  });
  const steps = drawn.filter((block, i) => block === (drawn[i - 1] ?? -9) + 1);
  assert(steps.length < 10, `${steps.length}`); // 1 expected by chance
});

Deno.test("blockOrder() stays inside for every distribution", () => {
  const distributions: BlockDistribution[] = [
    { kind: "random" },
    { kind: "zipf", theta: 0.9 },
    { kind: "zipf", theta: 1.2 },
    { kind: "pareto", h: 0.2 },
    { kind: "normal", deviationPercent: 100 },
  ];
  for (const distribution of distributions) {
    for (const blocks of [1, 2, 3, 1000, 2 ** 33]) {
      for (const block of draw(distribution, { blocks, draws: 300 })) {
        assert(Number.isInteger(block) && block >= 0 && block < blocks);
      }
    }
  }
});

Deno.test("blockOrder() gives zipf its share of the first rank", () => {
  // theta 1.2 over 1000 blocks: zeta = sum n^-1.2 = 4.3358 (summed with Python),
  // so 23.06 % of draws hit the first block; sigma of 20,000 draws 0.30 %.
  const [first = 0] = ranked(
    draw({ kind: "zipf", theta: 1.2 }, { blocks: 1000, draws: 20_000 }),
  );
  assert(Math.abs(first / 20_000 - 0.2306) < 0.015, `${first / 20_000}`);
});

Deno.test("blockOrder() gives pareto 80 % of I/O on 20 % of blocks", () => {
  // fio's HOWTO: pareto:0.2 is the 80/20 rule.
  const counts = ranked(
    draw({ kind: "pareto", h: 0.2 }, { blocks: 1000, draws: 50_000 }),
  );
  const top = counts.slice(0, 200).reduce((sum, count) => sum + count, 0);
  assert(Math.abs(top / 50_000 - 0.8) < 0.03, `${top / 50_000}`);
});

Deno.test("blockOrder() gives normal its spread about the middle", () => {
  const drawn = draw({ kind: "normal", deviationPercent: 10 }, {
    blocks: 10_000,
    draws: 20_000,
  });
  const mean = drawn.reduce((sum, block) => sum + block, 0) / drawn.length;
  const variance = drawn.reduce((sum, b) => sum + (b - mean) ** 2, 0) /
    drawn.length;
  assert(Math.abs(mean - 5000) < 50, `${mean}`); // sigma of the mean 7
  assert(Math.abs(Math.sqrt(variance) - 1000) < 50, `${Math.sqrt(variance)}`);
});
