/**
 * Which block a random I/O goes to: each once in a pseudo-random order, or
 * drawn from one of fio's distributions (HOWTO, random_distribution).
 */
import type { RandomStream } from "../random.ts";

/** How random offsets are distributed. */
export type BlockDistribution =
  | { readonly kind: "random" }
  | { readonly kind: "zipf"; readonly theta: number }
  | { readonly kind: "pareto"; readonly h: number }
  | { readonly kind: "normal"; readonly deviationPercent: number };

/** Terms of the zeta sum that are added one by one; the rest is integrated. */
const EXACT_TERMS = 10_000;

/** A source of block numbers. */
export interface BlockOrder {
  /**
   * Draws a block.
   *
   * @returns Its number, from 0 to below the number of blocks.
   */
  next(): number;
}

/**
 * Opens a source of block numbers.
 *
 * @param blocks How many blocks there are, 1 to 2^44.
 * @param options The distribution, whether `random` visits each block once
 *   before any twice (fio's random map), and where the draws come from.
 * @returns The source.
 */
export function blockOrder(
  blocks: number,
  options: {
    distribution: BlockDistribution;
    usesMap: boolean;
    random: RandomStream;
  },
): BlockOrder {
  const { distribution, usesMap, random } = options;
  switch (distribution.kind) {
    case "random":
      return usesMap
        ? eachOnce(blocks, random)
        : { next: () => uniform(blocks, random) };
    case "zipf":
      return zipf(blocks, { theta: distribution.theta, random });
    case "pareto":
      return pareto(blocks, { h: distribution.h, random });
    case "normal":
      return normal(blocks, {
        deviation: Math.max(1, blocks * distribution.deviationPercent / 100),
        random,
      });
  }
}

function uniform(blocks: number, random: RandomStream): number {
  return Math.floor(random.fraction() * blocks);
}

/** A permutation of all blocks, and another one each time it is through. */
function eachOnce(blocks: number, random: RandomStream): BlockOrder {
  let permute = permutation(blocks, random);
  let at = 0;
  return {
    next() {
      if (at === blocks) {
        permute = permutation(blocks, random);
        at = 0;
      }
      return permute(at++);
    },
  };
}

/**
 * A permutation of 0 to blocks - 1 in constant memory: a Feistel network over
 * the next power of four, walked until it lands inside (Black and Rogaway,
 * "Ciphers with Arbitrary Finite Domains", 2002).
 */
function permutation(
  blocks: number,
  random: RandomStream,
): (block: number) => number {
  const bits = Math.max(1, Math.ceil(Math.log2(Math.max(2, blocks)) / 2));
  const half = 2 ** bits;
  const keys = Int32Array.from({ length: 6 }, () => random.int32());
  return (block) => {
    let value = block;
    do {
      let left = Math.floor(value / half);
      let right = value % half;
      for (const key of keys) {
        const mixed = Math.imul(right ^ key, 0x9e3779b1);
        const next = left ^
          ((Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 7) & (half - 1));
        left = right;
        right = next;
      }
      value = left * half + right;
    } while (value >= blocks);
    return value;
  };
}

/**
 * Zipf by Gray et al., "Quickly generating billion-record synthetic
 * databases" (SIGMOD 1994), as fio's lib/zipf.c; ranks are then spread over
 * the blocks, so that the popular ones are not neighbours.
 */
function zipf(
  blocks: number,
  options: { theta: number; random: RandomStream },
): BlockOrder {
  const { theta, random } = options;
  const spread = permutation(blocks, random);
  const zeta = zetaSum(blocks, theta);
  const alpha = 1 / (1 - theta);
  const second = 1 + 0.5 ** theta;
  const eta = (1 - (2 / blocks) ** (1 - theta)) / (1 - second / zeta);
  return {
    next() {
      const u = random.fraction();
      let rank = 0;
      if (u * zeta >= second) {
        rank = Math.floor(blocks * (eta * u - eta + 1) ** alpha);
      } else if (u * zeta >= 1) rank = 1;
      return spread(Math.min(blocks - 1, rank));
    },
  };
}

/** Sum of n^-theta for n = 1 to `terms`, the tail by Euler and Maclaurin. */
function zetaSum(terms: number, theta: number): number {
  const exact = Math.min(terms, EXACT_TERMS);
  let sum = 0;
  for (let n = 1; n <= exact; n++) sum += n ** -theta;
  if (terms === exact) return sum;
  const integral = (terms ** (1 - theta) - exact ** (1 - theta)) / (1 - theta);
  return sum + integral + (terms ** -theta - exact ** -theta) / 2;
}

/** Pareto as fio's pareto_next(): a power of a uniform number. */
function pareto(
  blocks: number,
  options: { h: number; random: RandomStream },
): BlockOrder {
  const { h, random } = options;
  const spread = permutation(blocks, random);
  const power = Math.log(h) / Math.log(1 - h);
  return {
    next: () => spread(Math.floor((blocks - 1) * random.fraction() ** power)),
  };
}

/**
 * Normal about the middle, the sum of twelve uniform numbers as in fio's
 * lib/gauss.c; what falls outside is drawn again.
 */
function normal(
  blocks: number,
  options: { deviation: number; random: RandomStream },
): BlockOrder {
  const { deviation, random } = options;
  return {
    next() {
      for (;;) {
        let sum = -6;
        for (let i = 0; i < 12; i++) sum += random.fraction();
        const block = Math.floor(blocks / 2 + sum * deviation);
        if (block >= 0 && block < blocks) return block;
      }
    },
  };
}
