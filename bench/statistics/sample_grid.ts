/**
 * Samples in order: per contender its builds, per build its rounds, and only
 * rounds that every contender ran.
 */
import type { Build } from "./bootstrap.ts";
import type { Sample } from "./sample.ts";

/** The samples of a cell as a full grid of log times. */
export interface SampleGrid {
  /** Contenders in the order of their first sample. */
  readonly names: readonly string[];
  /** Log times, `[contender][build][round]`. */
  readonly logs: readonly (readonly Build[])[];
  /** The same less the mean of each round over all contenders. */
  readonly centred: readonly (readonly Build[])[];
  /** Builds with at least one complete round. */
  readonly builds: number;
  /** Which those are. */
  readonly numbers: readonly number[];
  /** Rounds of the shortest such build. */
  readonly rounds: number;
  /** Samples left out because their round was not complete. */
  readonly incomplete: number;
}

/**
 * Puts samples in order.
 *
 * @throws {RangeError} If a time is not above 0 or no round is complete.
 */
export function sampleGrid(samples: readonly Sample[]): SampleGrid {
  const names = [...new Set(samples.map((sample) => sample.contender))];
  const builds = new Map<number, Map<number, Map<string, number>>>();
  for (const { contender, build, round, nsPerIo } of samples) {
    if (!(nsPerIo > 0 && nsPerIo < Infinity)) {
      throw new RangeError(
        `Cannot use sample of "${contender}": ${nsPerIo} ns per I/O, ` +
          `expected more than 0`,
      );
    }
    const rounds = builds.get(build) ?? new Map<number, Map<string, number>>();
    builds.set(build, rounds);
    const row = rounds.get(round) ?? new Map<string, number>();
    rounds.set(round, row);
    row.set(contender, Math.log(nsPerIo));
  }
  const complete = [...builds.entries()].sort(([a], [b]) => a - b).map((
    [number, rounds],
  ) => ({
    number,
    rounds: [...rounds.entries()].sort(([a], [b]) => a - b)
      .map(([, row]) => row).filter((row) => row.size === names.length),
  })).filter(({ rounds }) => rounds.length > 0);
  const full = complete.map(({ rounds }) => rounds);
  if (full.length === 0) {
    throw new RangeError(
      `Cannot compare ${names.length} contenders: no round has them all, ` +
        `expected at least one`,
    );
  }
  const take = (value: (row: Map<string, number>, name: string) => number) =>
    names.map((name) =>
      full.map((rounds) => Float64Array.from(rounds, (row) => value(row, name)))
    );
  const used = full.reduce((sum, rounds) => sum + rounds.length, 0);
  const centres = new Map(
    full.flat().map((row) => [row, meanOf([...row.values()])]),
  );
  return {
    names,
    logs: take((row, name) => row.get(name) ?? 0),
    centred: take((row, name) =>
      (row.get(name) ?? 0) - (centres.get(row) ?? 0)
    ),
    builds: full.length,
    numbers: complete.map(({ number }) => number),
    rounds: Math.min(...full.map((rounds) => rounds.length)),
    incomplete: samples.length - used * names.length,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
