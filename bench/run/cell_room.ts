/**
 * Whether there is room for what a cell needs at once, asked before any cell
 * is run.
 *
 * Isolates that count can take turns, each part of them on the whole workload.
 * Those that are timed cannot: within a round every layout is measured once,
 * so that one build of all of them has to live.
 */
import { formatSize } from "../../sim/text/size_text.ts";
import { plural } from "../../sim/text/plural.ts";
import { EMPTY_PATHS } from "../setup/empty_path_names.ts";
import { groupIsolates, requireGroups } from "../workers/group_use.ts";
import { isGroup } from "../setup/check_group.ts";
import {
  DESCRIPTORS_PER_ISOLATE,
  findRoom,
  isolateBytes,
  type IsolateRoom,
  MAIN_BYTES,
} from "./isolate_room.ts";
import { buildsOf, type LabRunOptions } from "./options.ts";
import type { CellPlan } from "./cell_plan.ts";

/** What must live at once. */
export interface CellNeed {
  readonly isolates: number;
  readonly memoryBytes: number;
  /** What for. */
  readonly what: string;
  /** What makes it need less. */
  readonly remedies: readonly string[];
  /** Isolates that the cell can use, if there is room. */
  readonly usefulIsolates: number;
}

/**
 * Returns the least that a cell must have at once.
 *
 * @returns The most demanding of its parts.
 * @throws {RangeError} If there would be too many groups on any machine.
 */
export function cellNeed(
  plan: CellPlan,
  run: LabRunOptions,
  poolBytes: number,
): CellNeed {
  const isNative = plan.engine === "native";
  const load = { poolBytes, depth: run.depth, isNative };
  const layouts = plan.contenders.length;
  // The baseline is timed twice; in C nothing else runs no path.
  const timed = layouts + 1 + (isNative ? 0 : EMPTY_PATHS.length);
  const needs: Omit<CellNeed, "usefulIsolates">[] = [{
    isolates: 1,
    memoryBytes: isolateBytes("audit", load),
    what: "counting one layout",
    remedies: [],
  }];
  if (run.rounds > 0) {
    // Paths in C are side by side in one.
    const isolates = isNative ? 1 : timed;
    needs.push({
      isolates,
      memoryBytes: timed * isolateBytes("timed", load),
      what: `timing ${plural(layouts, "layout")} in one round`,
      remedies: ["fewer layouts (--layout)", "--rounds 0"],
    });
  }
  if (isGroup(run) && !isNative) {
    const isolates = groupIsolates({ ...run, layouts });
    requireGroups({ ...run, layouts });
    needs.push({
      isolates,
      memoryBytes: isolates * isolateBytes("member", load),
      what: `groups of ${plural(run.workers, "worker")}`,
      remedies: ["fewer layouts (--layout)", "fewer --workers"],
    });
  }
  const most = needs.reduce((one, other) =>
    other.memoryBytes > one.memoryBytes ? other : one
  );
  return {
    ...most,
    // All builds are kept for the next workload.
    usefulIsolates: Math.max(
      most.isolates,
      layouts + (isNative ? 2 : timed * buildsOf(run, "js")),
    ),
  };
}

/**
 * Finds the room for a run.
 *
 * @throws {RangeError} If a cell needs more; names what was found, what is
 *   needed, and what to do.
 */
export function roomFor(
  needs: readonly CellNeed[],
  run: LabRunOptions,
): IsolateRoom {
  const room = findRoom({
    memoryBytes: run.memoryBytes,
    leastBytes: Math.max(0, ...needs.map(({ memoryBytes }) => memoryBytes)),
    wanted: Math.max(0, ...needs.map((need) => need.usefulIsolates)),
  });
  for (const need of needs) requireRoom(need, room);
  return room;
}

/**
 * Refuses a cell for which there is no room.
 *
 * @throws {RangeError} Naming what was found, what is needed, and what to do.
 */
export function requireRoom(need: CellNeed, room: IsolateRoom): void {
  const { isolates, memoryBytes, what, remedies } = need;
  const or = (first: string) =>
    new Intl.ListFormat("en-GB", {
      type: "disjunction",
    }).format([first, ...remedies]);
  if (isolates > room.isolates) {
    const lacking = (isolates - room.isolates) * DESCRIPTORS_PER_ISOLATE;
    throw new RangeError(
      `Cannot run: ${what} takes ${plural(isolates, "isolate")} at once, ` +
        `found file descriptors for ${room.isolates}, expected ` +
        or(`${lacking} descriptors more (ulimit -n)`),
    );
  }
  if (memoryBytes > room.memoryBytes) {
    const needed = MAIN_BYTES + memoryBytes;
    throw new RangeError(
      `Cannot run: ${what} can take ${formatSize(needed)} of memory, found ` +
        `${formatSize(MAIN_BYTES + room.memoryBytes)}, expected ` +
        or(`--memory ${Math.ceil(needed / 2 ** 20)}MiB`),
    );
  }
}
