/**
 * Turns during which the CPU was slow: where another thread of the core is at
 * work, or its clock goes down, the same I/Os take up to twice as long. Fixed
 * work that is timed before a turn, between its parts and after it shows
 * whether that was so, never the turn's own time: a turn is not doubted because
 * it took long.
 *
 * Recorded on 2 virtual CPUs under loads of 4 to 15, in JavaScript and C: of 603
 * parts between two slow ends 79 % took more than 1.3 times as long as usual,
 * 1.62 times in the median; of 58503 between still ends 6 % did.
 */
import { medianOf } from "./median.ts";

/** Fixed work that takes as much longer was done by a slow CPU. */
const SLOW = 1.15;
/** Share of all runs of the work that took less than it takes a still CPU. */
const LUCK = 0.1;
/** Parts of a turn of which the second fastest is taken (fastest_part.ts). */
const MANY_PARTS = 8;
/** Of two still ones the second fastest would be the slower one. */
const STILL_OF_MANY = 3;

/** Times of fixed work in the order of measuring: one more than the parts. */
export type SpeedProbes = readonly number[];

/** What fixed work takes a CPU that nobody slows down. */
export class StillSpeed {
  /** Times of each build. */
  readonly #ofBuild = new Map<number, number[]>();
  /** Of each of them what most take at least. */
  readonly #usualNs = new Map<number, number>();

  note(build: number, probesNs: SpeedProbes): void {
    if (probesNs.length === 0) return;
    const own = this.#ofBuild.getOrInsertComputed(build, () => []);
    own.push(...probesNs);
    const sorted = Float64Array.from(own).sort();
    this.#usualNs.set(
      build,
      sorted[Math.floor(LUCK * sorted.length)] ?? Infinity,
    );
  }

  /**
   * Gives the time that fixed work takes: in each build one of ten is quicker,
   * for a clock is now and then, and builds may be slow as a whole.
   *
   * @returns In ns; `Infinity` while nothing was timed.
   */
  get ns(): number {
    return Math.min(...this.#usualNs.values());
  }
}

/**
 * Says whether the CPU was slow during a turn.
 *
 * @param probesNs Times of fixed work around and between its parts.
 * @param stillNs What it takes a CPU that nobody slows down.
 * @returns Whether too few parts have still ends, both of them, for the fastest
 *   to be a still one; a turn of one part is slow between two slow ends, for
 *   every twentieth of them is an interrupt's.
 */
export function isSlow(probesNs: SpeedProbes, stillNs: number): boolean {
  const parts = probesNs.length - 1;
  if (parts < 1) return false;
  const isSlowAt = probesNs.map((ns) => ns > SLOW * stillNs);
  if (parts === 1) return isSlowAt.every((slow) => slow);
  let still = 0;
  for (let part = 0; part < parts; part++) {
    if (!isSlowAt[part] && !isSlowAt[part + 1]) still++;
  }
  return still < (parts >= MANY_PARTS ? STILL_OF_MANY : 1);
}

/**
 * Returns how slow the CPU was during a slow turn. Not all of its ends need be
 * slow ones, so that a median of them all could be that of a still CPU.
 *
 * @param probesNs Times of fixed work, some of them slow.
 * @param stillNs What it takes a CPU that nobody slows down.
 * @returns How many times as long the slow ones took, in the median.
 */
export function slowdownOf(probesNs: SpeedProbes, stillNs: number): number {
  return medianOf(probesNs.filter((ns) => ns > SLOW * stillNs)) / stillNs;
}
