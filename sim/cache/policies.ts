/** The replacement policies by name; adding one is its file and one line. */
import type { ReplacementPolicy, ResolvedLevel } from "./config.ts";
import type { LineSets } from "./line_sets.ts";
import { WIDEST_ORDERED_SET } from "./ordered_sets.ts";
import { LruSets, WideLruSets } from "./lru.ts";
import { FifoSets, WideFifoSets } from "./fifo.ts";
import { TreePlruSets } from "./tree_plru.ts";
import { RandomSets } from "./random.ts";

type SetsFactory = (level: ResolvedLevel, seed: number) => LineSets;

const factories: Readonly<Record<ReplacementPolicy, SetsFactory>> = {
  lru: (level) => isWide(level) ? new WideLruSets(level) : new LruSets(level),
  fifo: (level) =>
    isWide(level) ? new WideFifoSets(level) : new FifoSets(level),
  plru: (level) => new TreePlruSets(level),
  random: (level, seed) => new RandomSets(level, { seed, name: level.name }),
};

export const policyNames: readonly ReplacementPolicy[] = Object.keys(
  factories,
) as ReplacementPolicy[];

/** Makes the empty sets of a level under its policy. */
export function createLineSets(level: ResolvedLevel, seed: number): LineSets {
  return factories[level.policy](level, seed);
}

function isWide(level: ResolvedLevel): boolean {
  return level.ways > WIDEST_ORDERED_SET;
}
