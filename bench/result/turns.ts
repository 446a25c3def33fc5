/**
 * The turns that a cell was timed in, as a result file keeps them: all the
 * numbers that a later run needs to combine its own builds with those of this
 * one.
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

/** Figures of a time; the steps of the clock are larger. */
const DIGITS = 5;

/**
 * Returns the turns of a cell.
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
 * Returns the samples that turns were made of.
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

/**
 * Finds what keeps the turns of a file from being those of one cell: all that is
 * compared takes part in every round of every build.
 *
 * @returns What was found in place of that, if anything.
 */
export function brokenTurns(
  turns: readonly ResultTurns[],
  names: readonly string[],
): string | undefined {
  const [first] = turns;
  const missing = names.find((name) => !turns.some((one) => one.name === name));
  if (missing !== undefined) return `no turns of ${missing}`;
  if (first === undefined || turns.length !== names.length) {
    return `turns of ${turns.length} contenders, not of ${names.length}`;
  }
  for (const state of ["warm", "cold"] as const) {
    const roundsOf = (one: ResultTurns) => one[state].map((own) => own.length);
    const rounds = roundsOf(first);
    if (rounds.length === 0 || rounds.includes(0)) {
      return `a build without ${state} turns of ${first.name}`;
    }
    const other = turns.find((one) =>
      roundsOf(one).join() !== rounds.join() ||
      one[state].length !== one.warm.length
    );
    if (other !== undefined) {
      return `${state} turns of ${other.name} in other rounds or builds than ` +
        `those of ${first.name}`;
    }
  }
  return undefined;
}

export function countOfTurns(turns: readonly ResultTurns[]): number {
  return turns.reduce(
    (sum, { warm, cold }) =>
      sum + [...warm, ...cold].reduce((own, { length }) => own + length, 0),
    0,
  );
}
