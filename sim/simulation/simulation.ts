/**
 * What a path in simulated time is made from, offers and reports.
 */
import type { Assembly } from "../setup/assembly.ts";
import type { DeviceModel, ModelledDevice } from "../time/device_model.ts";
import type { IoWindow } from "../workload/window.ts";
import type { RuleCount } from "../fault/armed_faults.ts";
import type { InjectionPlan } from "../fault/plan.ts";
import type { ProviderCounts } from "./provider_lifetimes.ts";
import type { RecoveryCounts } from "./recovery.ts";

/** Simulated time and faults. */
export interface SimulationOptions {
  /** The faults; default: none. */
  readonly plan?: InjectionPlan;
  /** The device; default: the plan's, or the null device. */
  readonly model?: DeviceModel;
  /** Seed of the device's service times; default: the plan's. */
  readonly seed?: number;
  /** Called for each I/O that has ended, by its index in the window. */
  readonly onEnd?: (end: IoEnd) => void;
}

/** Bytes of an I/O that a device said it had moved, and had not. */
export interface MissingBytes {
  /** First byte, from the start of the I/O; may be before it. */
  readonly from: number;
  /** The byte after the last one. */
  readonly to: number;
}

/** How an I/O ended. */
export interface IoEnd {
  /** Its index in the window. */
  readonly io: number;
  /** A blk_status_t, or -errno if it was refused before it had a bio. */
  readonly status: number;
  /** From its arrival to its end, simulated. */
  readonly latencyNs: number;
  /** What is missing without anybody having said so. */
  readonly missing: readonly MissingBytes[];
}

/** What happened on a simulated path. */
export interface SimulationCounts extends RecoveryCounts, ProviderCounts {
  /** Attempts for a tag that found none. */
  tagWaits: number;
  /** I/Os refused because their memory was unplugged. */
  refused: number;
  /** Transfers that were short without anybody having said so. */
  silentShorts: number;
}

/** A path in simulated time. */
export interface SimulatedPath {
  /** The path and what it is on; submit through `submit` below. */
  readonly assembly: Assembly;
  /** Arms the faults of an I/O and submits it; I/Os come in their order. */
  readonly submit: (window: IoWindow, io: number, at: SubmitPlace) => void;
  /** Lets everything up to a moment happen. */
  readonly passTo: (untilNs: number) => void;
  /** Waits for everything in flight. */
  readonly drain: () => void;
  /** Now, in simulated ns. */
  readonly nowNs: () => number;
  /** The device at work: how busy it was. */
  readonly model: ModelledDevice;
  readonly counts: () => SimulationCounts;
  /** What became of each rule. */
  readonly rules: readonly RuleCount[];
  /** Names and numbers of what is still in use; all 0 after `drain`. */
  readonly balance: () => Readonly<Record<string, number>>;
}

/** Where an I/O is. */
export interface SubmitPlace {
  /** Its number in the workload. */
  readonly number: number;
  /** When it arrived, if that was before now. */
  readonly arrivedNs?: number;
}
