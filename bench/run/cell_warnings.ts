/**
 * Warnings about one cell: what its reader changed, and how well it was timed.
 */
import {
  shortestBatchNs,
  type Timer,
  timerWarnings,
} from "../statistics/timer.ts";
import { plural } from "../../sim/text/plural.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { WorkloadTally } from "../../sim/workload/tally.ts";
import type { TimedCell } from "./timed_cell.ts";

/**
 * Warns of what the reader changed in I/Os before the path saw them.
 *
 * @returns Warnings, none where it changed nothing.
 */
export function tallyWarnings(tally: WorkloadTally): LabWarning[] {
  const warnings: LabWarning[] = [];
  if (tally.cut > 0) {
    warnings.push({
      code: "cut-ios",
      message:
        `${plural(tally.cut, "I/O is", "I/Os are")} longer than 8 MiB: each ` +
        `was replayed as several, and figures are per replayed I/O`,
      hint: "leave them out of the trace for figures per I/O of the trace",
    });
  }
  if (tally.rounded > 0) {
    warnings.push({
      code: "rounded-ios",
      message: `${plural(tally.rounded, "I/O was", "I/Os were")} widened to ` +
        "whole sectors of 512 B",
      hint: "check the unit of offsets and lengths in the trace",
    });
  }
  return warnings;
}

/**
 * Warns of what makes times doubtful.
 *
 * @returns Warnings, none where all went well.
 */
export function timingWarnings(
  timed: TimedCell,
  timer: Timer | undefined,
): LabWarning[] {
  const warnings: LabWarning[] = [];
  const unsteady = timed.warmUps.filter(({ steady }) => !steady).length;
  if (unsteady > 0) {
    warnings.push({
      code: "not-steady",
      message:
        `${unsteady} of ${plural(timed.warmUps.length, "warm-up")} ended ` +
        `while times were still changing`,
      hint: "raise --builds, or run it once more",
    });
  }
  if (timer === undefined) return warnings;
  const { shortestNs } = timed;
  const neededNs = shortestBatchNs(timer);
  if (shortestNs !== null && shortestNs < neededNs / 2) {
    warnings.push({
      code: "short-batch",
      message: `a measurement took only ${millis(shortestNs)} ms, the clock ` +
        `needs ${millis(neededNs)} ms for an error of 0.1 %`,
      hint: "use a workload with more I/Os",
    });
  }
  return [...warnings, ...timerWarnings(timer)];
}

function millis(ns: number): string {
  return (ns / 1e6).toPrecision(2);
}
