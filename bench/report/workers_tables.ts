/**
 * The tables of groups of workers: how rates scale, and what was seen of the
 * queues of the largest groups.
 */
import type { ResultCell } from "../result/result.ts";
import type { ResultGroup, ResultWorkers } from "../result/group_types.ts";
import { formatSize } from "../../sim/text/size_text.ts";
import { plural } from "../../sim/text/plural.ts";
import { type FigureColumn, prose, type Section, table } from "./blocks.ts";
import { LOCKS, RINGS } from "./workers_queues.ts";
import { buildsNote, LATENCIES, SCALING } from "./workers_scaling.ts";
import { atomicColumns, HELD, sharingColumns } from "./workers_sharing.ts";

/**
 * Returns the tables of a cell's groups.
 *
 * @returns What the groups were, and their tables; none without groups.
 */
export function workersSections(cell: ResultCell): Section[] {
  const { workers: found } = cell;
  if (found === undefined) return [];
  const { scaling, groups } = found;
  const [first] = groups;
  const layoutOf = ({ layout }: { readonly layout: string }) => layout;
  const ofGroups = (
    columns: readonly FigureColumn<ResultGroup>[],
    has: (group: ResultGroup) => boolean,
  ) => groups.some(has) ? table(columns, groups, layoutOf) : [];
  const section = (rows: Section, ...notes: Section): Section =>
    rows.length === 0 ? [] : [...rows, ...notes];
  return [
    prose("workers", groupsSentence(found)),
    section(
      table(SCALING, scaling, layoutOf),
      ...prose(
        "workers.scaling",
        "efficiency: speed-up over workers; ratio: time per I/O against " +
          `${cell.baseline ?? "the baseline"} with as many workers; faster ` +
          "or slower: the interval lies on one side of 1, not shown: 1 is in " +
          `it${buildsNote(scaling)}`,
      ),
    ),
    section(
      ofGroups(LATENCIES, ({ latency }) => latency !== null),
      ...prose(
        "workers.waits",
        "measured, from submission to where an I/O ends: it includes waits for " +
          "a CPU and for sleepers, which are most of it where more threads " +
          "than CPUs take turns",
      ),
    ),
    section(
      ofGroups(
        sharingColumns(groups),
        ({ sharing }) => sharing.structures.length > 0,
      ),
      ...prose(
        "workers.sharing",
        "lines of 64 B that several workers wrote / of those falsely shared " +
          "/ handed from one that wrote to others that read; exact, first " +
          `${first?.sharing.iosPerWorker} I/Os of each worker`,
      ),
      ...ofGroups(HELD, ({ sharing }) => sharing.handedOver !== undefined),
    ),
    section(
      ofGroups(
        atomicColumns(groups),
        ({ sharing }) => (sharing.atomics?.length ?? 0) > 0,
      ),
      ...prose(
        "workers.atomics",
        "per I/O, exact, of the same I/Os: operations on fields that only " +
          "locked instructions change, and locks that were taken, as by " +
          "the kernel's functions on what the model has in memory; " +
          "nobody waits here",
      ),
    ),
    section(
      ofGroups(
        LOCKS,
        ({ queueLock }) => typeof queueLock === "object" && queueLock !== null,
      ),
      ...prose(
        "workers.locks",
        "measured, per I/O: how often the lock of a submission ring was taken, " +
          "and how often another worker held it (it is held while commands " +
          "are copied, so that this may be 0); requests that the worker of " +
          "the interrupt sent back to the one that submitted them, and " +
          "interrupts between the two",
      ),
    ),
    section(
      ofGroups(RINGS, ({ commandBatch }) => commandBatch !== null),
      ...prose(
        "workers.rings",
        `mean and maximum; rings of ${first?.ringEntries} entries; objects ` +
          "that another worker freed, per I/O; sleeps of submitters + devices",
      ),
    ),
  ];
}

/** Where I/Os end, by who completes them. */
const ENDS: Readonly<Record<string, string>> = {
  other: "I/Os end on another worker, which their interrupt comes to",
  ipi: "I/Os end where they were submitted, by an IPI from another worker, " +
    "which their interrupt comes to",
};

function groupsSentence(found: ResultWorkers): string {
  const { workers, hwQueues = workers, devices, depth } = found;
  const queues = hwQueues < workers
    ? `, ${plural(hwQueues, "hardware queue")}`
    : "";
  const waiting = found.poll ? "polling" : "asleep when idle";
  const who = devices === 0
    ? "each its own device"
    : `${plural(devices, "device")}, ${waiting}`;
  const where = ENDS[found.completeOn] ?? "I/Os end where they were submitted";
  return `groups of workers${queues}, ${who}, depth ${depth} each, ${where}; ` +
    checkedWords(found);
}

function checkedWords({ workers, groups: [first] }: ResultWorkers): string {
  if (first === undefined) return "no group was checked";
  const built = workers === 1
    ? "commands are those of a run without groups"
    : `${workers} workers build the commands of one`;
  return `${built} (set ${first.digest}), ` +
    `${formatSize(first.verifiedBytes)} verified`;
}
