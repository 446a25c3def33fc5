/**
 * Windows of a workload that all stay in memory, if they are few: the workload
 * is then read once, however many layouts run it.
 */
import type { Workload } from "../../sim/workload/workload.ts";
import {
  copyWindow,
  type IoWindow,
  type WindowCapacity,
} from "../../sim/workload/window.ts";

/** I/Os and pieces that are kept, at most: about 40 MiB. */
export const MOST_KEPT: number = 1 << 20;

/**
 * Reads a workload whole.
 *
 * @returns Its windows, none of which is filled again; nothing if there are too
 * many.
 */
export async function keptWindows(
  workload: Workload,
  capacity: WindowCapacity,
): Promise<IoWindow[] | undefined> {
  const windows: IoWindow[] = [];
  let size = 0;
  for await (const window of workload.windows(capacity)) {
    size += (window.counts[0] ?? 0) + (window.counts[1] ?? 0);
    if (size > MOST_KEPT) return undefined;
    windows.push(copyWindow(window));
  }
  return windows;
}
