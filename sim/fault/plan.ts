/**
 * A fault plan: which faults are injected into which I/Os. Data alone; the
 * file that it is read from is `plan_file.ts`, what makes faults happen is in
 * the files beside it.
 */
import type { DeviceModel } from "../time/device_model.ts";

/** Kinds of faults, in the order of tables. */
export const FAULT_KINDS = [
  "mapping",
  "descriptor",
  "tag",
  "bounce",
  "status",
  "timeout",
  "completion",
  "short",
  "reorder",
  "unplug",
] as const;

export type FaultKind = typeof FAULT_KINDS[number];

/** Which I/Os a fault is injected into. */
export type FaultChoice =
  /** By number in the workload, from 0. */
  | { readonly by: "io"; readonly ios: readonly number[] }
  /** Every this many I/Os, beginning with `from`. */
  | { readonly by: "every"; readonly every: number; readonly from: number }
  /** By chance. */
  | { readonly by: "probability"; readonly probability: number };

/** What a wrong completion looks like. */
export const WRONG_COMPLETIONS = [
  "unknown_id",
  "stale_id",
  "wrong_phase",
  "duplicate",
] as const;

/** What becomes of a command that the host times out. */
export const TIMEOUT_ENDS = ["aborted", "reset", "polled"] as const;

/** What is true of every rule. */
export interface FaultRuleBase {
  /** Which I/Os. */
  readonly choice: FaultChoice;
  /** How often it hits each of them: attempts of its first request. */
  readonly times: number;
}

/** A fault and the I/Os that it is injected into. */
export type FaultRule =
  & FaultRuleBase
  & (
    /** The n-th mapping or list of a request fails: BLK_STS_RESOURCE. */
    | {
      readonly kind: "mapping" | "descriptor" | "bounce";
      readonly nth: number;
    }
    /** No tag is free: the submitter sleeps (blk_mq_get_tag). */
    | { readonly kind: "tag" }
    /** The device ends the command with an error and moves nothing. */
    | { readonly kind: "status"; readonly status: number }
    /** The device says nothing until the host's timer runs out. */
    | { readonly kind: "timeout"; readonly end: typeof TIMEOUT_ENDS[number] }
    /** The device's completion is not what it should be. */
    | {
      readonly kind: "completion";
      readonly how: typeof WRONG_COMPLETIONS[number];
    }
    /** The device moves only the first bytes of a command. */
    | {
      readonly kind: "short";
      readonly bytes: number;
      /** Whether it then says so, with an error that is tried again. */
      readonly reported: boolean;
    }
    /** The device takes this much longer, so that others overtake. */
    | { readonly kind: "reorder"; readonly delayNs: number }
    /** The provider is unplugged before the I/O is submitted. */
    | { readonly kind: "unplug"; readonly provider: number | string }
  );

/** Faults of a run. */
export interface InjectionPlan {
  /** Name, for tables. */
  readonly name: string;
  /** Seed of every chance. */
  readonly seed: number;
  /** The device in simulated time; default: null. */
  readonly device?: DeviceModel | undefined;
  /** Bytes of a bounce pool that all host memory goes through; none if 0. */
  readonly bouncePoolBytes: number;
  /** The faults; the first that fits an attempt hits it. */
  readonly rules: readonly FaultRule[];
}

export const NO_FAULTS: InjectionPlan = Object.freeze({
  name: "none",
  seed: 1,
  bouncePoolBytes: 0,
  rules: [],
});
