/**
 * What a group of workers answers as one, and how it comes from what each of
 * them answered.
 */
import type { OpenCounts } from "../../sim/path/open_counts.ts";
import type { PathCounts } from "../../sim/path/path_counts.ts";
import type { ResultQueueLock, ResultSent } from "../result/group_types.ts";
import { type LatencyFigures, mergeLatencies } from "../result/latency.ts";
import type { ObservedSubmitter, SharedQueueUse } from "./group_protocol.ts";

export interface GroupTime {
  /** I/Os per second of each submitter, while all of them worked. */
  readonly perWorker: readonly number[];
  /** Their sum. */
  readonly iosPerSecond: number;
  /** I/Os that were measured. */
  readonly ios: number;
  /** What opening windows has done so far, by submitter: no more than before. */
  readonly opened: readonly OpenCounts[];
}

/** What submitters did within the same time. */
export interface SustainedRate {
  /** I/Os per second of wall time, of all of them together. */
  readonly perSecond: number;
  /**
   * I/Os per second of CPU time, which other work on the machine does not
   * lengthen; `null` where threads cannot read theirs.
   */
  readonly perCpuSecond: number | null;
}

/**
 * Returns the rate of submitters that worked within the same time.
 *
 * @param answers What each of them did; nothing for one that slept.
 * @returns The rates of all of them together.
 *
 * @example Two that share one CPU: the sum is what that CPU did
 * ```ts
 * import { sustainedRate } from "./group_answers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const half = { ios: 500, elapsedNs: 1e6, cpuNs: 5e5 };
 * const slept = { ios: 0, elapsedNs: 0, cpuNs: 0 };
 * assertEquals(sustainedRate([half, slept, half]), {
 *   perSecond: 1e6,
 *   perCpuSecond: 1e6,
 * });
 * ```
 */
export function sustainedRate(
  answers: readonly {
    readonly ios: number;
    readonly elapsedNs: number;
    readonly cpuNs: number | null;
  }[],
): SustainedRate {
  const ios = sum(answers.map(({ ios }) => ios));
  const elapsedNs = Math.max(...answers.map(({ elapsedNs }) => elapsedNs));
  const cpuNs = sum(answers.map(({ cpuNs }) => cpuNs ?? NaN));
  return {
    perSecond: ios / elapsedNs * 1e9,
    perCpuSecond: Number.isNaN(cpuNs) ? null : ios / cpuNs * 1e9,
  };
}

export interface GroupReplay {
  /** Digest of the set of commands. */
  readonly digest: string;
  /** Counts of all submitters since they were made. */
  readonly counts: PathCounts;
}

/** How often a batch or a ring had a size. */
export interface SizeFigures {
  readonly count: number;
  /** Mean size; 0 for none. */
  readonly mean: number;
  readonly most: number;
}

export interface GroupObservation {
  /** I/Os that were submitted. */
  readonly ios: number;
  /** Latencies of all submitters together; `null` for none. */
  readonly latency: LatencyFigures | null;
  /** Completions taken at once; `null` without devices. */
  readonly completionBatch: SizeFigures | null;
  /** Commands that a device took at once; `null` without devices. */
  readonly commandBatch: SizeFigures | null;
  /** Commands in a ring when its doorbell rang; `null` without devices. */
  readonly ringOccupancy: SizeFigures | null;
  /** Entries of each ring; `null` without devices. */
  readonly ringEntries: number | null;
  /** Objects that were freed by another worker than the one that took them. */
  readonly remoteFrees: number;
  /** Locks of separate hardware queues; `null` if there are none. */
  readonly queueLock: ResultQueueLock | null;
  /** What was found done for other submitters; `null` in the same case. */
  readonly sent: ResultSent | null;
  readonly submitterSleeps: number;
  readonly deviceSleeps: number;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function addCounts(
  answers: readonly { readonly counts: PathCounts }[],
): PathCounts {
  const total: Record<string, number> = {};
  for (const { counts } of answers) {
    for (const [name, count] of Object.entries(counts)) {
      total[name] = (total[name] ?? 0) + count;
    }
  }
  return total as unknown as PathCounts;
}

/** Adds up what submitters did with separate hardware queues. */
function addShared(
  uses: readonly SharedQueueUse[],
): Pick<GroupObservation, "queueLock" | "sent"> {
  if (uses.length === 0) return { queueLock: null, sent: null };
  const total = (of: keyof SharedQueueUse) => sum(uses.map((use) => use[of]));
  return {
    queueLock: {
      acquisitions: total("lockAcquisitions"),
      contended: total("lockContended"),
    },
    sent: {
      requests: total("sentRequests"),
      interrupts: total("sentInterrupts"),
    },
  };
}

/**
 * Returns what was seen of a group as a whole.
 *
 * @param served What each device did; none where submitters are their own.
 */
export function groupObservation(
  hosts: readonly (ObservedSubmitter & { readonly ios: number })[],
  served: readonly { readonly batches: Int32Array; readonly sleeps: number }[],
): GroupObservation {
  const hasDevices = served.length > 0;
  const sizes = (counters: readonly Int32Array[]) =>
    hasDevices ? sizeFigures(counters) : null;
  return {
    ios: sum(hosts.map(({ ios }) => ios)),
    latency: mergeLatencies(hosts.map(({ latencies }) => latencies)),
    completionBatch: sizes(hosts.map((host) => host.completionBatches)),
    commandBatch: sizes(served.map(({ batches }) => batches)),
    ringOccupancy: sizes(hosts.map(({ occupancy }) => occupancy)),
    ringEntries: hasDevices ? (served[0]?.batches.length ?? 1) - 1 : null,
    remoteFrees: sum(hosts.map(({ remoteFrees }) => remoteFrees)),
    ...addShared(hosts.flatMap(({ shared }) => shared ?? [])),
    submitterSleeps: sum(hosts.map(({ sleeps }) => sleeps)),
    deviceSleeps: sum(served.map(({ sleeps }) => sleeps)),
  };
}

/**
 * Returns mean and maximum of counted sizes.
 *
 * @param counters For each size, how often there was one; of several workers.
 */
function sizeFigures(counters: readonly Int32Array[]): SizeFigures {
  let count = 0;
  let total = 0;
  let most = 0;
  for (const counter of counters) {
    counter.forEach((times, size) => {
      if (times === 0) return;
      count += times;
      total += times * size;
      most = Math.max(most, size);
    });
  }
  return { count, mean: count === 0 ? 0 : total / count, most };
}
