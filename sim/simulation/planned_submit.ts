/**
 * Submission under a fault plan: which faults an I/O gets, which provider is
 * unplugged before it, whether its memory is still there, and which of its
 * requests find no tag.
 */
import type { ArmedFaults } from "../fault/armed_faults.ts";
import type { RequestTable } from "../block/request.ts";
import { ERRNO } from "../kernel/operation.ts";
import type { IoWindow } from "../workload/window.ts";
import { type OpenIo, providersOf } from "./open_io.ts";
import type { OpenIos } from "./open_ios.ts";
import type { ProviderLifetimes } from "./provider_lifetimes.ts";
import type { SubmitPlace } from "./simulation.ts";

export interface PlannedSubmitOptions {
  readonly armed: ArmedFaults;
  /** The I/Os that are in flight. */
  readonly open: OpenIos;
  /** The providers of their memory. */
  readonly lifetimes: ProviderLifetimes;
  /** What comes about is counted here. */
  readonly counts: { tagWaits: number; refused: number };
}

/** Submits I/Os, one after the other. */
export class PlannedSubmit {
  readonly #options: PlannedSubmitOptions;
  /** The I/O that is being submitted. */
  #current: OpenIo | undefined;

  /** Begins without an I/O. */
  constructor(options: PlannedSubmitOptions) {
    this.#options = options;
  }

  /** Stage 0 begins once the path has let the I/O in: it has arrived. */
  arrive(nowNs: number): void {
    const io = this.#current;
    if (io !== undefined && io.arrivedNs < 0) io.arrivedNs = nowNs;
  }

  /** Stands in front of a request table, where tags may be refused. */
  readonly requests = (made: RequestTable): RequestTable => ({
    ...made,
    take: () => this.#mayTake() ? made.take() : 0,
    takeShallow: (limit) => this.#mayTake() ? made.takeShallow(limit) : 0,
    takeBatch: (count) => this.#mayTake() ? made.takeBatch(count) : 0,
  });

  /**
   * Arms the faults of an I/O and submits it, unless its memory is gone.
   *
   * @param at Its number in the workload, and when it arrived.
   */
  submit(
    window: IoWindow,
    io: number,
    at: SubmitPlace,
    submit: (window: IoWindow, io: number) => void,
  ): void {
    const { armed, counts, lifetimes, open } = this.#options;
    const faults = armed.choose(at.number);
    for (const fault of faults) {
      if (fault.rule.kind !== "unplug") continue;
      const provider = lifetimes.find(fault.rule.provider);
      if (provider === 0) continue;
      lifetimes.unplug(provider);
      armed.hit(fault);
    }
    const providers = providersOf(window, io);
    const isPinnable = providers.every((provider) =>
      lifetimes.isPinnable(provider)
    );
    const opened: OpenIo = {
      window,
      number: at.number,
      arrivedNs: at.arrivedNs ?? -1,
      faults,
      providers: isPinnable ? providers : [],
      bad: null,
      missing: null,
    };
    open.open(io, opened);
    if (!isPinnable) {
      // get_user_pages() finds no mapping any more.
      counts.refused++;
      open.end(io, -ERRNO.fault);
      return;
    }
    for (const provider of providers) lifetimes.acquire(provider);
    this.#current = opened;
    submit(window, io);
    this.#current = undefined;
  }

  /** Whether the I/O that is being submitted may have a tag. */
  #mayTake(): boolean {
    const { armed, counts } = this.#options;
    const fault = this.#current?.faults.find(({ left, rule }) =>
      left > 0 && rule.kind === "tag"
    );
    if (fault === undefined) return true;
    armed.hit(fault);
    counts.tagWaits++;
    return false;
  }
}
