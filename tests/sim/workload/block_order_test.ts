import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { randomStream } from "../../../sim/random/random_stream.ts";
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
  // fio's HOWTO: pareto:0.2 is the 80/20 rule. It holds for a power of two;
  // of other numbers of blocks fio leaves many out, as ranks meet in one
  // block: of 1000, fio 3.33 visited 308 in 50,000 I/Os, 94.9 % of them on 200.
  for (
    const [blocks, share, visited] of [
      [1024, 0.8, 1023],
      [1000, 0.949, 308],
    ] as const
  ) {
    const counts = ranked(
      draw({ kind: "pareto", h: 0.2 }, { blocks, draws: 50_000 }),
    );
    const most = counts.slice(0, Math.floor(blocks / 5));
    const top = most.reduce((sum, count) => sum + count, 0) / 50_000;
    assert(Math.abs(top - share) < 0.03, `${blocks}: ${top}`);
    assert(Math.abs(counts.length - visited) < 5, `${counts.length}`);
  }
});

Deno.test("blockOrder() gives normal the popularity that it has in fio", () => {
  // gauss_next(): the mean of 12 uniform ranks has a deviation of n / 12, and
  // moving it by up to 5 % of n either way adds one of 0.1 n / sqrt(12):
  // sqrt(833^2 + 289^2) = 882 for n = 10,000.
  const order = blockOrder(10_000, {
    distribution: { kind: "normal", deviationPercent: 10 },
    usesMap: false,
    random: randomStream(1, "test"),
    isScattered: false,
  });
  const ranks = Array.from({ length: 20_000 }, () => order.next());
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
  const variance = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) /
    ranks.length;
  assert(Math.abs(mean - 5000) < 30, `${mean}`); // sigma of the mean 6
  assert(Math.abs(Math.sqrt(variance) - 882) < 20, `${Math.sqrt(variance)}`);
  // fio 3.33 (null, 4 KiB, 40,960,000 B, normal:10, 20,000 I/Os) visited 3633
  // blocks, the most frequent 20 times, scattered over the whole region.
  const drawn = draw({ kind: "normal", deviationPercent: 10 }, {
    blocks: 10_000,
    draws: 20_000,
  });
  const counts = ranked(drawn);
  assert(Math.abs(counts.length - 3633) < 100, `${counts.length}`);
  assert(Math.abs((counts[0] ?? 0) - 20) < 6, `${counts[0]}`);
  const low = drawn.filter((block) => block < 2500).length;
  assert(Math.abs(low - 5000) < 400, `${low}`);
});

Deno.test("blockOrder() puts the most frequent block where it is asked", () => {
  for (
    const distribution of [
      { kind: "zipf", theta: 1.2, center: 0.25 },
      { kind: "pareto", h: 0.2, center: 0.25 },
    ] as const
  ) {
    const counts = new Map<number, number>();
    for (const block of draw(distribution, { blocks: 1000, draws: 5000 })) {
      counts.set(block, (counts.get(block) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
    // fio 3.33: of 10,000 blocks, zipf:1.2:0.25 hit 2500 most often.
    assertEquals(most, 250);
  }
});
