/**
 * The turns that a cell was timed in, as a result file keeps them: so many
 * numbers that a later run can sum its own builds up with those of this one.
 */
import type { Sample } from "../statistics/sample.ts";
import type { ResultTurns } from "./timing_types.ts";

/** Samples of a cell in both cache states. */
export interface CellSamples {
  /** On warm caches. */
  readonly warm: readonly Sample[];
  /** On what others left in the caches. */
  readonly cold: readonly Sample[];
}

/** Figures of a time; the clock's steps are larger. */
const DIGITS = 6;

/**
 * Gives the turns of a cell.
 *
 * @param samples Its samples, of builds from 0 on, in any order.
 */
export function turnsOf({ warm, cold }: CellSamples): ResultTurns[] {
  const names = [...new Set(warm.map(({ contender }) => contender))];
  return names.map((name) => ({
    name,
    warm: byBuild(warm, name),
    cold: byBuild(cold, name),
  }));
}

/** Times of a contender by build and round. */
function byBuild(samples: readonly Sample[], name: string): number[][] {
  const builds: number[][] = [];
  for (const { contender, build, nsPerIo } of samples) {
    if (contender !== name) continue;
    while (builds.length <= build) builds.push([]);
    builds[build]?.push(Number(nsPerIo.toPrecision(DIGITS)));
  }
  return builds;
}

/**
 * Gives the samples that turns were made of.
 *
 * @param turns What `turnsOf()` gave.
 */
export function samplesOfTurns(turns: readonly ResultTurns[]): CellSamples {
  const samples = (state: "warm" | "cold") =>
    turns.flatMap(({ name, [state]: builds }) =>
      builds.flatMap((rounds, build) =>
        rounds.map((nsPerIo, round) => ({
          contender: name,
          ...{ build, round, nsPerIo },
        }))
      )
    );
  return { warm: samples("warm"), cold: samples("cold") };
}

/**
 * Counts the builds that turns are of.
 *
 * @returns Builds of the contender that has most.
 */
export function buildsOfTurns(turns: readonly ResultTurns[]): number {
  return turns.reduce((most, { warm }) => Math.max(most, warm.length), 0);
}

/** Numbers in turns. */
export function countOfTurns(turns: readonly ResultTurns[]): number {
  return turns.reduce(
    (sum, { warm, cold }) =>
      sum + [...warm, ...cold].reduce((own, { length }) => own + length, 0),
    0,
  );
}
