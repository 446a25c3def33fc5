/**
 * What a result file says of groups of workers. Rates are I/Os per second,
 * times are in ns, and what is missing is `null`.
 */
import type { Interval, Verdict } from "./timing_types.ts";

/** How many workers there are and how they wait. */
export interface ResultGroupShape {
  /** Submitters of the largest group. */
  readonly workers: number;
  /** Workers that are devices; 0 where each submitter polls its own. */
  readonly devices: number;
  /** Whether who waits never sleeps. */
  readonly poll: boolean;
  /** Where I/Os end: `submitter`, `other` or `ipi`. */
  readonly completeOn: string;
  /** Hardware queues; absent from files of older labs: one each. */
  readonly hwQueues?: number | undefined;
  /** I/Os in flight of each submitter at most. */
  readonly depth: number;
}

/** How fast a layout is with this many submitters. */
export interface ResultScaling {
  /** Registry name of the layout. */
  readonly layout: string;
  /** Submitters. */
  readonly workers: number;
  /** Devices that serve them. */
  readonly devices: number;
  /** I/Os per second of all together. */
  readonly iosPerSecond: Interval;
  /** I/Os per second of each in the median measurement. */
  readonly perWorker: readonly number[];
  /** Builds of each group; absent from files of older labs. */
  readonly builds?: number | undefined;
  /** Against the smallest group of the layout. */
  readonly speedUp: Interval;
  /**
   * Whether it is faster than that group: the interval is on one side of 1;
   * `null` for the smallest.
   */
  readonly speedUpVerdict?: Verdict | null | undefined;
  /** Speed-up for each submitter more; 1 is ideal. */
  readonly efficiency: Interval;
  /** Time per I/O against the baseline in a group of the same size. */
  readonly ratio: Interval | null;
  /** The same of that; `null` for the baseline. */
  readonly ratioVerdict?: Verdict | null | undefined;
}

/** Latencies of I/Os, of one in 16. */
export interface ResultLatency {
  /** How many were looked at. */
  readonly samples: number;
  /** Arithmetic mean. */
  readonly meanNs: number;
  /** Shortest. */
  readonly leastNs: number;
  /** Longest. */
  readonly mostNs: number;
  /** By name, p50 to p99.99; those that the samples support. */
  readonly percentilesNs: Readonly<Record<string, number>>;
}

/** How often a batch or a ring had a size. */
export interface ResultSizes {
  /** How many were counted. */
  readonly count: number;
  /** Mean size; 0 for none. */
  readonly mean: number;
  /** Largest size. */
  readonly most: number;
}

/** What several workers did to the lines of a structure. */
export interface ResultSharedLines {
  /** The structure. */
  readonly structure: string;
  /** Distinct lines of 64 bytes that were touched. */
  readonly lines: number;
  /** Lines that more than one worker wrote to. */
  readonly writtenByMany: number;
  /** Of those, lines in which nobody touched a byte that another wrote. */
  readonly falselyShared: number;
  /** Lines that one worker wrote to and another one read. */
  readonly handedOver: number;
}

/** Operations on one field that only locked instructions change; exact. */
export interface ResultAtomics {
  /** The structure. */
  readonly structure: string;
  /** The field. */
  readonly field: string;
  /** `atomic`, or `lock`, where taking it counts. */
  readonly kind: string;
  /** Operations of all traced I/Os. */
  readonly count: number;
}

/** The cache lines that workers of a group share; exact. */
export interface ResultSharing {
  /** I/Os of each submitter that were traced, at most. */
  readonly iosPerWorker: number;
  /** Structures whose lines are shared, most written first. */
  readonly structures: readonly ResultSharedLines[];
  /** Lines of all structures that several workers wrote to. */
  readonly writtenByMany?: number | undefined;
  /** Lines that one worker wrote to and others read. */
  readonly handedOver?: number | undefined;
  /** Of those that several wrote to, lines that hold bytes of a bio_vec. */
  readonly writtenByManyHolding?: number | undefined;
  /** Of those handed over, lines that hold bytes of a bio_vec. */
  readonly handedOverHolding?: number | undefined;
  /** I/Os that were traced, of all submitters. */
  readonly tracedIos?: number | undefined;
  /** Atomic operations and locks of those I/Os. */
  readonly atomics?: readonly ResultAtomics[] | undefined;
}

/** How often the locks of submission rings were taken. */
export interface ResultQueueLock {
  /** All times. */
  readonly acquisitions: number;
  /** Those at which another submitter held it; measured. */
  readonly contended: number;
}

/** What was sent from the CPU of an interrupt to that of the submitter. */
export interface ResultSent {
  /** Requests. */
  readonly requests: number;
  /** Interrupts; one may stand for several requests. */
  readonly interrupts: number;
}

/** What the largest group of a layout was seen to do, untimed. */
export interface ResultGroup {
  /** Registry name of the layout. */
  readonly layout: string;
  /** Digest of the set of its commands, equal to that of one worker. */
  readonly digest: string;
  /** Bytes that were moved through the rings and checked. */
  readonly verifiedBytes: number;
  /** Latencies of all submitters. */
  readonly latency: ResultLatency | null;
  /** Commands that a device took at once; `null` without devices. */
  readonly commandBatch: ResultSizes | null;
  /** Completions that a submitter took at once. */
  readonly completionBatch: ResultSizes | null;
  /** Commands in a ring when its doorbell rang. */
  readonly ringOccupancy: ResultSizes | null;
  /** Entries of a ring. */
  readonly ringEntries: number | null;
  /**
   * Locks of submission rings that submitters have in common or whose interrupt
   * comes to another; `null` or absent where each has its own.
   */
  readonly queueLock?: ResultQueueLock | null | undefined;
  /** What was found done for another submitter than the one that found it. */
  readonly sent?: ResultSent | null | undefined;
  /** Objects that another worker freed than the one that took them. */
  readonly remoteFrees: number;
  /** I/Os that were observed. */
  readonly observedIos: number;
  /** How often submitters slept. */
  readonly submitterSleeps: number;
  /** How often devices slept. */
  readonly deviceSleeps: number;
  /** Cache lines that its workers share. */
  readonly sharing: ResultSharing;
}

/** Groups of workers in a cell. */
export interface ResultWorkers extends ResultGroupShape {
  /** Groups of every size, layout by layout. */
  readonly scaling: readonly ResultScaling[];
  /** The largest group of each layout. */
  readonly groups: readonly ResultGroup[];
}
