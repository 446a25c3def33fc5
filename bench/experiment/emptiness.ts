/**
 * Whether a time is more than that of doing nothing: a harness always costs
 * something, and an optimiser may have removed what was to be measured.
 */
import type { Interval } from "../result.ts";
import type { LabWarning } from "./warning.ts";

/** A contender's time beside that of nothing. */
export interface EmptinessTimes {
  /** Its time per I/O. */
  readonly nsPerIo: Interval;
  /** Time per I/O of the same loop around nothing. */
  readonly emptyNsPerIo: Interval;
}

/** Share of a time that the harness may take before it is said. */
const HARNESS_SHARE = 0.05;

/**
 * Warns of a contender that cannot be told from an empty one, or whose time is
 * largely the harness's own. Nothing is subtracted.
 *
 * @param contender Its name.
 * @param times Its time and that of nothing.
 * @returns One warning or none.
 */
export function emptinessWarnings(
  contender: string,
  times: EmptinessTimes,
): LabWarning[] {
  const { nsPerIo, emptyNsPerIo } = times;
  if (nsPerIo.low <= emptyNsPerIo.high) {
    return [{
      code: "like-empty",
      message: `${contender} is not distinguishable from empty`,
      hint: "check that its results reach the sink; do not quote its time",
    }];
  }
  const share = emptyNsPerIo.median / nsPerIo.median;
  if (share <= HARNESS_SHARE) return [];
  return [{
    code: "harness-share",
    message: `${(100 * share).toFixed(0)} % of the time of ${contender} is ` +
      `that of the harness`,
    hint: "differences are larger than the ratios say; use longer I/Os",
  }];
}
