/**
 * Whether a time is more than that of doing nothing: a harness always costs
 * something, and an optimiser may have removed what was to be measured.
 */
import type { Interval } from "./timing_types.ts";
import type { LabWarning } from "../statistics/warning.ts";

export interface TimedName {
  readonly name: string;
  /** Its time per I/O; `null` if it was not timed. */
  readonly nsPerIo: Interval | null;
}

/** Share of a time that the harness may take before it is said. */
const HARNESS_SHARE = 0.05;

/**
 * Warns of contenders that cannot be distinguished from empty ones, and of
 * those whose time is largely the harness's own. Nothing is subtracted.
 *
 * @param harness The same loop around nothing, the emptiest first.
 * @returns At most one warning of either kind.
 */
export function emptinessWarnings(
  contenders: readonly TimedName[],
  harness: readonly TimedName[],
): LabWarning[] {
  const alike = new Set<string>();
  const large = new Set<string>();
  let largest = 0;
  for (const { name, nsPerIo } of contenders) {
    for (const { nsPerIo: empty } of harness) {
      if (nsPerIo === null || empty === null) continue;
      const share = empty.median / nsPerIo.median;
      const least = nsPerIo.low ?? nsPerIo.median;
      if (least <= (empty.high ?? empty.median)) alike.add(name);
      else if (share > HARNESS_SHARE) {
        large.add(name);
        largest = Math.max(largest, share);
      }
    }
  }
  for (const name of alike) large.delete(name);
  const warnings: LabWarning[] = [];
  if (alike.size > 0) {
    warnings.push({
      code: "like-empty",
      message: `not distinguishable from empty: ${[...alike].join(", ")}`,
      hint: "check that its results reach the sink; do not quote its time",
    });
  }
  if (large.size > 0) {
    warnings.push({
      code: "harness-share",
      message: `up to ${(100 * largest).toFixed(0)} % of the time of ${
        [...large].join(", ")
      } is that of the harness`,
      hint: "differences are larger than the ratios say; use longer I/Os",
    });
  }
  return warnings;
}
