/**
 * The resolution of the clock, and how long a batch must run for it not to
 * matter.
 */
import { medianOf } from "./median.ts";
import type { LabWarning } from "./warning.ts";

export interface Timer {
  /** Median step of the clock; `null` if it never moved. */
  readonly resolutionNs: number | null;
  readonly overheadNs: number | null;
}

/** Readings taken per trial, at most. */
const READINGS = 10_000;
/** Steps of the clock that settle the matter. */
const STEPS = 50;

/** Trials; the best counts, because others may have been interrupted. */
const TRIALS = 5;

/**
 * Finds resolution and overhead of a clock by reading it.
 *
 * @param clock A monotonic clock in ns.
 * @returns The median step between readings, and the time per reading, both
 * of the best of five trials; both `null` if it did not move in 10 000
 * readings.
 */
export function detectTimer(clock: () => number): Timer {
  let best: Timer = { resolutionNs: null, overheadNs: null };
  for (let trial = 0; trial < TRIALS; trial++) {
    const found = readOften(clock);
    if (found.resolutionNs === null) return found;
    best = {
      resolutionNs: Math.min(best.resolutionNs ?? Infinity, found.resolutionNs),
      overheadNs: Math.min(
        best.overheadNs ?? Infinity,
        found.overheadNs ?? Infinity,
      ),
    };
  }
  return best;
}

function readOften(clock: () => number): Timer {
  const steps: number[] = [];
  const first = clock();
  let before = first;
  let readings = 0;
  while (readings < READINGS && steps.length < STEPS) {
    const now = clock();
    readings++;
    if (now > before) steps.push(now - before);
    before = now;
  }
  if (steps.length === 0) return { resolutionNs: null, overheadNs: null };
  return {
    resolutionNs: medianOf(steps),
    overheadNs: (before - first) / readings,
  };
}

/**
 * Returns the shortest batch whose reading errs by at most 0.1 %.
 *
 * @returns Time in ns; 1 ms at least, because a shorter one is at the mercy
 * of a single interrupt.
 */
export function shortestBatchNs(timer: Timer): number {
  const error = (timer.resolutionNs ?? 0) + (timer.overheadNs ?? 0);
  return Math.max(1e6, error * 1000);
}

/** Warns of a clock that is too coarse to measure with. */
export function timerWarnings(timer: Timer): LabWarning[] {
  if (timer.resolutionNs === null) {
    return [{
      code: "clock-stands",
      message: "the clock did not move in 10000 readings",
      hint: "do not use the times of this run",
    }];
  }
  if (timer.resolutionNs <= 20_000) return [];
  return [{
    code: "coarse-clock",
    message: `the clock moves in steps of ${timer.resolutionNs} ns`,
    hint: "use a runtime with a finer clock, or longer batches",
  }];
}
