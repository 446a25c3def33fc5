/** What timing a cell gives, whichever engine ran it. */
import type { CacheState, SliceIos } from "../contender/cache_state.ts";
import type { BuildMemory, PartTime } from "../contender/contender_protocol.ts";
import type { CpuClockName } from "../machine/cpu_clock.ts";
import type { ResultSlowTurns } from "../result/timing_types.ts";
import type { TimedCompiler } from "./timed_compilers.ts";
import type { RoundsResult } from "../statistics/run_rounds.ts";
import { fastestParts } from "../statistics/fastest_part.ts";
import type { Sample } from "../statistics/sample.ts";
import type { WarmUp } from "../statistics/warmup.ts";

export interface TimedWarmUp extends WarmUp {
  readonly contender: string;
  /** Which build of it, from 0. */
  readonly build: number;
}

export interface TimedCell extends RoundsResult {
  /** The same turns in the cold state. */
  readonly cold: readonly Sample[];
  /** Samples of the contenders without a path. */
  readonly apart: readonly Sample[];
  /** How the warm-ups went, with their time series. */
  readonly warmUps: readonly TimedWarmUp[];
  /** Turns during which the CPU was slow. */
  readonly slowTurns?: ResultSlowTurns | undefined;
  /** CPU time of the shortest warm slice of those that are compared. */
  readonly shortestNs: number | null;
  /** Time that the builds' warm-ups and rounds took: of the budget. */
  readonly takenNs: number;
  /** I/Os of a slice; `null` if nothing was measured. */
  readonly sliceIos: SliceIos | null;
  /** Whose CPU time it is; `null` if nothing was measured. */
  readonly clock: CpuClockName | null;
  /** What was wrong with a compiler that then built none. */
  readonly complaint?: string | undefined;
  /** What built the paths, in turn: build b is by the b-th of them, modulo. */
  readonly compilers?: readonly TimedCompiler[] | undefined;
  /** What the arenas lay in, where that is known. */
  readonly memory?: BuildMemory | undefined;
}

/** A turn of a contender in a cache state, as it was measured. */
export interface TimedTurn extends Pick<Sample, "contender" | "round"> {
  readonly parts: readonly PartTime[];
  /** CPU times of fixed work before, between and behind them. */
  readonly probesNs?: readonly number[] | undefined;
  /** I/Os more than are counted, as a share; default: none. */
  readonly more?: number;
}

/**
 * Makes samples of the turns of a build, all of the same I/Os.
 *
 * @returns A sample for each; a clock that has not moved counts as 1 ns.
 */
export function samplesOf(
  build: number,
  turns: readonly TimedTurn[],
): Sample[] {
  const times = fastestParts(
    turns.map(({ contender, parts, more = 0 }) => ({
      contender,
      parts: parts.map(({ ios, cpuNs }) =>
        (1 + more) * Math.max(1, cpuNs) / ios
      ),
    })),
  );
  return turns.map(({ contender, round, parts, more = 0 }, turn) => {
    const total = (of: (part: PartTime) => number) =>
      parts.reduce((sum, part) => sum + of(part), 0);
    const wallNs = Math.max(1, total((part) => part.wallNs));
    return {
      contender,
      build,
      round,
      nsPerIo: times[turn] as number,
      wallNsPerIo: (1 + more) * wallNs / total((part) => part.ios),
    };
  });
}

export type TurnSamples = Readonly<Record<CacheState, Sample[]>>;

export type TurnsByState = Readonly<Record<CacheState, TimedTurn[]>>;
