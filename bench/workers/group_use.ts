/** How many isolates groups of workers take, and when those are too many. */
import { plural } from "../../sim/text/plural.ts";
import type { GroupShape } from "../setup/group_shape.ts";

const MOST_ISOLATES = 256;

export interface GroupPoint {
  readonly layout: string;
  readonly workers: number;
  /** Device workers, no more than those. */
  readonly devices: number;
}

export interface GroupUse extends Pick<GroupShape, "workers" | "devices"> {
  readonly layouts: number;
  /** Rounds per build; 0 if nothing is timed. */
  readonly rounds: number;
}

/**
 * Returns how many isolates the groups of a cell take at once, at least.
 *
 * @param use Layouts, workers, devices, rounds.
 * @returns One group's, or where they are timed those of the smallest and the
 *   largest group of each layout.
 */
export function groupIsolates(use: GroupUse): number {
  const { layouts, workers, devices, rounds } = use;
  return rounds === 0
    ? workers + devices
    : layouts * isolatesOf(pointsAt([1, workers], { devices, names: ["any"] }));
}

/**
 * Refuses groups that are too many at once, before anything is run.
 *
 * @param use Layouts, workers, devices, rounds.
 * @param mostIsolates Isolates that there is room for; 256 if absent.
 * @throws {RangeError} If so.
 */
export function requireGroups(use: GroupUse, mostIsolates?: number): void {
  const most = Math.min(MOST_ISOLATES, mostIsolates ?? Infinity);
  const needed = groupIsolates(use);
  if (needed <= most) return;
  throw new RangeError(
    `Cannot run with workers ${use.workers}: ${
      plural(use.layouts, "layout needs", "layouts need")
    } ` +
      `${needed} isolates at once, expected at most ${most} (--layout)`,
  );
}

export function pointsAt(
  sizes: readonly number[],
  of: { devices: number; names: readonly string[] },
): GroupPoint[] {
  return of.names.flatMap((layout) =>
    [...new Set(sizes)].map((workers) => ({
      layout,
      workers,
      devices: Math.min(of.devices, workers),
    }))
  );
}

export function isolatesOf(points: readonly GroupPoint[]): number {
  return points.reduce((sum, point) => sum + point.workers + point.devices, 0);
}
