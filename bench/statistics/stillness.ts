/**
 * How still the CPUs are right now: the same fixed work, again and again. On
 * still ones it always takes the same CPU time; a moving frequency, another
 * thread on the same core and guests of the same host lengthen some of the
 * runs. Work that only makes it wait does not.
 */
import { medianOf } from "./median.ts";
import type { LabWarning } from "./warning.ts";

export interface StillnessOptions {
  /** The clock that is measured with, in ns. */
  readonly clock: () => number;
  /** The work, of about 1 ms. */
  readonly work: () => void;
  /** How often the work is run; default: 40. */
  readonly runs?: number;
}

/**
 * Measures how much longer the typical run of fixed work took than the
 * fastest.
 *
 * @returns The excess; 0.1 is 10 %, `null` if the clock did not move.
 */
export function probeStillness(options: StillnessOptions): number | null {
  const { clock, runs = 40, work } = options;
  for (let i = 0; i < 5; i++) work(); // compiled before it is timed
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = clock();
    work();
    times.push(clock() - start);
  }
  const fastest = Math.min(...times);
  return fastest > 0 ? medianOf(times) / fastest - 1 : null;
}

/** Warns of a machine that is not still. */
export function stillnessWarnings(excess: number | null): LabWarning[] {
  if (excess === null || excess <= 0.1) return [];
  return [{
    code: "unsteady-machine",
    message: `fixed work took ${(100 * excess).toFixed(0)} % more CPU time ` +
      `than at its fastest before the start`,
    hint:
      "look for frequency scaling, work on the same core (SMT), and other " +
      "guests on the host",
  }];
}
