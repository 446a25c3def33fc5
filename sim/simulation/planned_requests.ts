/**
 * Requests under a fault plan: which faults of its I/Os hit one, when its
 * mapping fails, and whether it ended as that allows.
 */
import type { ArmedFault, ArmedFaults } from "../fault/armed_faults.ts";
import { BLK_STS } from "../kernel/operation.ts";
import type { FaultPlan } from "../nvme/mapping_faults.ts";
import { WrongIoError } from "../replay/replay.ts";
import type { OpenIos } from "./open_ios.ts";
import type { RecoveryEvents } from "./request_attempts.ts";
import { admissibleStatuses, type RequestLife } from "./request_life.ts";

/** What requests fail by. */
export interface PlannedRequestsOptions {
  /** The I/Os that they carry. */
  readonly open: OpenIos;
  /** The faults that were chosen for those. */
  readonly armed: ArmedFaults;
  /** The part of a mapping that fails next; the controller reads it. */
  readonly faults: FaultPlan;
  /** Whether the driver maps; not what was mapped before the bio existed. */
  readonly mapsInDriver: boolean;
  /** Whether protection information catches missing bytes. */
  readonly guarded: boolean;
  /** Whether nothing is in flight that could give anything back. */
  readonly isIdle: () => boolean;
}

/** The life of each request, as the driver's error handling goes through it. */
export class PlannedRequests implements RecoveryEvents {
  readonly #options: PlannedRequestsOptions;

  constructor(options: PlannedRequestsOptions) {
    this.#options = options;
  }

  /** Begins a request: faults of its I/Os that none has taken are its own. */
  readonly open = (ios: readonly number[]): RequestLife => {
    const taken: ArmedFault[] = [];
    for (const io of ios) {
      for (const fault of this.#options.open.get(io)?.faults ?? []) {
        if (fault.taken || fault.rule.kind === "tag") continue;
        fault.taken = true;
        taken.push(fault);
      }
    }
    return {
      ios,
      faults: taken,
      retries: 0,
      cancels: 0,
      stuck: 0,
      latest: null,
      missing: null,
      aborted: false,
    };
  };

  /** Maps a request with one planned failure at most. */
  readonly map = (life: RequestLife, map: () => number): number => {
    const { armed, faults, mapsInDriver } = this.#options;
    const fault = life.faults.find(({ left, rule }) =>
      left > 0 && (rule.kind === "descriptor" ||
        (mapsInDriver && (rule.kind === "mapping" || rule.kind === "bounce")))
    );
    if (fault === undefined) {
      const status = map();
      // Nothing in flight will give anything back.
      if (status === BLK_STS.resource && this.#options.isIdle()) life.stuck++;
      return status;
    }
    const kind = fault.rule.kind as "mapping" | "descriptor" | "bounce";
    faults[kind] = "nth" in fault.rule ? fault.rule.nth : 1;
    // What gets an IOVA range as a whole is not mapped piece by piece.
    faults.noIova = kind === "mapping";
    const status = map();
    if (faults[kind] === 0 || (faults.noIova && status === BLK_STS.resource)) {
      armed.hit(fault);
    }
    faults[kind] = 0;
    faults.noIova = false;
    return status;
  };

  /** Ends a request: what it leaves to its I/Os. */
  readonly close = (life: RequestLife, status: number): void => {
    const { open, guarded } = this.#options;
    const wanted = admissibleStatuses(life, guarded);
    const [first = 0] = life.ios;
    if (!wanted.has(status)) {
      throw new WrongIoError(
        `Cannot trust I/O ${open.get(first)?.number ?? first}: a request of ` +
          `it ended with status ${status}, expected ${
            [...wanted].join(" or ")
          }`,
      );
    }
    if (status === BLK_STS.ok) {
      if (life.missing === null) return;
      for (const io of life.ios) open.miss(io, life.missing);
      return;
    }
    for (const io of life.ios) open.addStatus(io, status);
  };
}
