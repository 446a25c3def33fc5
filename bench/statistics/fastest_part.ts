/**
 * What a turn would have taken undisturbed: its fastest part. A scheduler takes
 * the CPU away every few milliseconds, and who comes back finds its caches
 * cold, so that on a busy machine most turns are disturbed, by 10 to 40 %, and
 * most parts of half a millisecond are, too (128 KiB, load 15 on 2 CPUs: the
 * ratio of whole turns in a build scatters by 5.3 %, that of fastest parts by
 * 2.1 %).
 *
 * Parts are of different I/Os, but in each turn of a build of the same: each is
 * taken relative to what it takes a contender at best. That is a median over
 * contenders: relative to the best of all, whoever was best at any part would
 * seem as fast as everybody else who was.
 */
import { medianOf } from "./median.ts";

/**
 * Number of parts; the second fastest counts. Over 180 builds of identical
 * code, ratios of builds scattered 7 % less than with the fastest, and as much
 * as with the third.
 */
const MANY_PARTS = 8;

export interface PartedTurn {
  readonly contender: string;
  /** Times per I/O of its parts. */
  readonly parts: readonly number[];
}

/**
 * Returns the undisturbed time per I/O of turns.
 *
 * @param turns The turns, all of as many parts, of the same I/Os.
 * @returns One time per I/O for each turn, of all of its I/Os.
 */
export function fastestParts(turns: readonly PartedTurn[]): number[] {
  const count = turns[0]?.parts.length ?? 0;
  const groups = [...Map.groupBy(turns, ({ contender }) => contender).values()];
  const usual = Array.from(
    { length: count },
    (_, part) =>
      medianOf(
        groups.map((own) =>
          Math.min(...own.map(({ parts }) => parts[part] ?? Infinity))
        ),
      ),
  );
  const mean = usual.reduce((sum, time) => sum + time, 0) / count;
  // Of many the second: the fastest is now and then a clock's luck.
  const rank = count >= MANY_PARTS ? 1 : 0;
  return turns.map(({ parts }) => {
    const relative = parts.map((time, part) => time / (usual[part] ?? time))
      .sort((a, b) => a - b);
    return mean * (relative[rank] ?? NaN);
  });
}
