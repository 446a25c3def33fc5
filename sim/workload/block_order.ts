/**
 * Which block a random I/O goes to: each once in a pseudo-random order, or
 * drawn from one of fio's distributions (HOWTO, random_distribution).
 */
import type { RandomStream } from "../random/random_stream.ts";

/**
 * How random offsets are distributed. `center` is where the most frequent block
 * is, 0 to 1 of all blocks; a random place if absent.
 */
export type BlockDistribution =
  | { readonly kind: "random" }
  | {
    readonly kind: "zipf";
    readonly theta: number;
    readonly center?: number;
  }
  | { readonly kind: "pareto"; readonly h: number; readonly center?: number }
  | {
    readonly kind: "normal";
    readonly deviationPercent: number;
    readonly center?: number;
  };

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
 * before any twice (fio's random map), and where the draws come from.
 * `isScattered` is false if frequent blocks are to be neighbours, as in fio's
 * choice among files; default: true.
 */
export function blockOrder(
  blocks: number,
  options: {
    distribution: BlockDistribution;
    usesMap: boolean;
    random: RandomStream;
    isScattered?: boolean;
  },
): BlockOrder {
  const { distribution, usesMap, random, isScattered = true } = options;
  if (distribution.kind === "random") {
    return usesMap
      ? eachOnce(blocks, random)
      : { next: () => uniform(blocks, random) };
  }
  const blockOf = rankPlaces(blocks, { distribution, isScattered, random });
  const rank = ranks(blocks, { distribution, random });
  return { next: () => blockOf(rank()) };
}

type Ranked = Exclude<BlockDistribution, { kind: "random" }>;

/** Ranks of blocks, each as often as its distribution wants. */
function ranks(
  blocks: number,
  options: { distribution: Ranked; random: RandomStream },
): () => number {
  const { distribution, random } = options;
  switch (distribution.kind) {
    case "zipf":
      return zipf(blocks, { theta: distribution.theta, random });
    case "pareto":
      return pareto(blocks, { h: distribution.h, random });
    case "normal":
      return normal(blocks, {
        // gauss_init() in fio's lib/gauss.c
        deviation: Math.min(
          Math.ceil(blocks * distribution.deviationPercent / 100),
          Math.floor(blocks / 2),
        ),
        random,
      });
  }
}

/** The kernel's GOLDEN_RATIO_64 (include/linux/hash.h), which fio uses too. */
const GOLDEN_RATIO = 0x61c8864680b583ebn;

/**
 * Where the block of a rank is: fio multiplies the rank by that constant modulo
 * 2^64, moves it and takes the rest of a division by the number of blocks
 * (lib/zipf.c, lib/gauss.c), so that two ranks may meet in a block.
 */
function rankPlaces(
  blocks: number,
  options: {
    distribution: Ranked;
    isScattered: boolean;
    random: RandomStream;
  },
): (rank: number) => number {
  const { distribution, isScattered, random } = options;
  const { kind, center } = distribution;
  let move: number;
  if (center === undefined) {
    move = kind === "normal" ? 0 : Math.floor(blocks * random.fraction());
  } else {
    // The most frequent rank is 0, or the middle one.
    const from = kind === "normal" ? 0.5 : 0;
    move = Math.floor(blocks * (center - from + 1)) % blocks;
  }
  if (!isScattered) return (rank) => (rank + move) % blocks;
  const [count, moved] = [BigInt(blocks), BigInt(move)];
  return (rank) => {
    const place = BigInt.asUintN(64, BigInt(rank) * GOLDEN_RATIO);
    return Number((place + moved) % count);
  };
}

function uniform(blocks: number, random: RandomStream): number {
  return Math.floor(random.fraction() * blocks);
}

/** A permutation of all blocks, and another one after each pass. */
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
 * databases" (SIGMOD 1994), as fio's lib/zipf.c.
 */
function zipf(
  blocks: number,
  options: { theta: number; random: RandomStream },
): () => number {
  const { theta, random } = options;
  const zeta = zetaSum(blocks, theta);
  const alpha = 1 / (1 - theta);
  const second = 1 + 0.5 ** theta;
  const eta = (1 - (2 / blocks) ** (1 - theta)) / (1 - second / zeta);
  return () => {
    const u = random.fraction();
    let rank = 0;
    if (u * zeta >= second) {
      rank = Math.floor(blocks * (eta * u - eta + 1) ** alpha);
    } else if (u * zeta >= 1) rank = 1;
    return Math.min(blocks - 1, rank);
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
): () => number {
  const { h, random } = options;
  const power = Math.log(h) / Math.log(1 - h);
  return () => Math.floor((blocks - 1) * random.fraction() ** power);
}

/**
 * Normal as fio's gauss_next(): the mean of twelve uniform ranks, moved by a
 * uniform number of up to half the deviation, halved until it stays inside.
 */
function normal(
  blocks: number,
  options: { deviation: number; random: RandomStream },
): () => number {
  const { deviation, random } = options;
  return () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      sum += Math.floor(random.fraction() * (blocks + 1));
    }
    const mean = Math.min(blocks - 1, Math.ceil(sum / 12));
    let move = Math.floor(random.fraction() * deviation) -
      Math.floor(deviation / 2);
    while (mean + move < 0 || mean + move >= blocks) {
      move = Math.trunc(move / 2);
    }
    return mean + move;
  };
}
