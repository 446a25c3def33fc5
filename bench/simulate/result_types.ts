/**
 * What a result file says of a simulation in time. All times are simulated:
 * they come from the device model, never from a clock, and software takes
 * none of them.
 */

/** Simulated latencies, from an I/O's arrival to its end. */
export interface SimulatedLatency {
  /** Mean of all I/Os. */
  readonly meanNs: number;
  /** The shortest. */
  readonly leastNs: number;
  /** The longest. */
  readonly mostNs: number;
  /** By name, such as `p99`; null where there were too few I/Os. */
  readonly percentilesNs: Readonly<Record<string, number | null>>;
}

/** What became of a rule of the fault plan. */
export interface ResultFaultRule {
  /** Kind of the fault. */
  readonly kind: string;
  /** The rule's number in the plan, from 0. */
  readonly rule: number;
  /** I/Os that it chose. */
  readonly chosen: number;
  /** I/Os that it hit. */
  readonly injected: number;
  /** Attempts that it hit. */
  readonly hits: number;
}

/** One layout in a simulation. */
export interface ResultSimulatedLayout {
  /** Registry name of the layout. */
  readonly layout: string;
  /** The recognition that it used. */
  readonly recognition: string;
  /** I/Os that ended. */
  readonly ios: number;
  /** Bytes that were checked in buffers. */
  readonly verifiedBytes: number;
  /** Simulated time from the first arrival to the last end. */
  readonly elapsedNs: number;
  /** I/Os per simulated second; null where no time passed. */
  readonly iosPerSecond: number | null;
  /** Share of simulated time that channels were at work; null without any. */
  readonly utilisation: number | null;
  /** Simulated latencies; null where no I/O ended. */
  readonly latency: SimulatedLatency | null;
  /** What became of each rule. */
  readonly rules: readonly ResultFaultRule[];
  /** I/Os by how they ended: `OK` or the name of an errno. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Digest of the statuses in the order of I/Os. */
  readonly statusDigest: string;
  /** What error handling did: retries, aborts, resets and so on. */
  readonly counts: Readonly<Record<string, number>>;
  /** Resources still in use at the end: always 0, or the run fails. */
  readonly leaks: number;
}

/** A simulation of a cell. */
export interface ResultSimulation {
  /** The device model. */
  readonly device: string;
  /** How I/Os arrived. */
  readonly arrivals: string;
  /** Name of the fault plan; null for none. */
  readonly plan: string | null;
  /** Seed of the plan; null for none. */
  readonly planSeed: number | null;
  /** One entry per layout. */
  readonly layouts: readonly ResultSimulatedLayout[];
}
