/**
 * What jobs will take, about: nobody knows how long the I/Os of a trace are
 * before it is read.
 */
import { MAIN_BYTES } from "../run/isolate_room.ts";
import { lanesFor } from "./exact_lanes.ts";
import { groupCells, type SweepJob } from "./jobs.ts";
import { isPlain, mostCellBytes } from "./local_engine.ts";

export interface Estimate {
  /** CPU time of the exact ones, in seconds. */
  readonly exactCpuSeconds: number;
  readonly isolates: number;
  /** Time of the timed ones, which are done one after the other, in seconds. */
  readonly timedSeconds: number;
  /** Memory that they take at most, in bytes. */
  readonly memoryBytes: number;
}

/**
 * CPU time of a path and of one CPU's caches. The plan in bench/results, 7792
 * paths with four CPUs each, took 2339 s on a busy machine: 0.30 s for a path.
 * 4 KiB takes a third of that, 1 MiB in pages twice as much.
 */
const PATH_SECONDS = 0.14;
const CACHES_SECONDS = 0.04;
/** A cell that is timed starts its isolates and counts first. */
const TIMED_START_SECONDS = 5;
const TIMED_BYTES = 1 << 30;

/**
 * Estimates what jobs will take on this machine.
 *
 * @param lanes Isolates that were asked for; one for each CPU if absent.
 */
export function estimateJobs(
  jobs: readonly SweepJob[],
  lanes?: number,
): Estimate {
  const of = (wanted: SweepJob["kind"]) =>
    jobs.filter(({ kind }) => kind === wanted).map(({ cell }) => cell);
  const exact = of("exact");
  const timed = of("timed");
  const groups = groupCells(exact);
  const exactCpuSeconds = groups.reduce((sum, group) => {
    const paths = Math.max(...group.map((cell) => cell.paths));
    return sum + paths * (PATH_SECONDS + group.length * CACHES_SECONDS);
  }, 0);
  const eachBytes = mostCellBytes(exact.filter(isPlain));
  const isolates = Math.min(groups.length, lanesFor(lanes, eachBytes));
  return {
    exactCpuSeconds: Math.round(exactCpuSeconds),
    isolates,
    timedSeconds: Math.round(timed.reduce(
      (sum, { setup }) => sum + setup.budgetSeconds + TIMED_START_SECONDS,
      0,
    )),
    memoryBytes: MAIN_BYTES + Math.max(
      isolates * eachBytes,
      timed.length > 0 ? TIMED_BYTES : 0,
    ),
  };
}
