/** Levels linked downwards, as both kinds of hierarchies have them. */
import { countFirstLevels, type ResolvedLevel } from "./config.ts";

export interface LinkedLevels<Level> {
  /** All of them, the first ones in front. */
  readonly levels: readonly Level[];
  /** The first level of reads and writes. */
  readonly data: Level | undefined;
  /** The first level of instruction fetches; perhaps the same. */
  readonly instruction: Level | undefined;
}

/**
 * Builds levels from memory upwards; first levels share what is below them.
 *
 * @param create Makes a level above another one, or above memory.
 */
export function linkLevels<
  Level extends { readonly config: ResolvedLevel },
>(
  levels: readonly ResolvedLevel[],
  create: (level: ResolvedLevel, next: Level | undefined) => Level,
): LinkedLevels<Level> {
  const firstCount = countFirstLevels(levels);
  const below: Level[] = [];
  for (const level of levels.slice(firstCount).reverse()) {
    below.unshift(create(level, below[0]));
  }
  const [next] = below;
  const first = levels.slice(0, firstCount).reverse()
    .map((level) => create(level, next)).reverse();
  return {
    levels: [...first, ...below],
    data: first.find(({ config }) => config.holds !== "instruction"),
    instruction: first.find(({ config }) => config.holds !== "data"),
  };
}
