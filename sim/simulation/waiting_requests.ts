/**
 * Requests that wait to be attempted again (hctx->dispatch): for a resource, or
 * because their attempt ended with an error.
 */
import { BLK_STS } from "../kernel/operation.ts";
import type { SimulatedTime } from "../time/simulated_time.ts";

/** BLK_MQ_RESOURCE_DELAY: 3 ms. */
const RESOURCE_DELAY_NS = 3e6;

/** Answer of an attempt: the request has to wait. */
export const HAS_TO_WAIT = -1;

export interface WaitingOptions {
  readonly time: SimulatedTime;
  /** Attempts a request: a status that ends it, or `HAS_TO_WAIT`. */
  readonly issue: (request: number) => number;
  /** Ends one at the block layer. */
  readonly complete: (request: number, status: number) => void;
  /** Rings the doorbell after the last. */
  readonly ring: () => void;
}

export class WaitingRequests {
  readonly #options: WaitingOptions;
  #list: number[] = [];
  #isPlanned = false;
  #isKicked = false;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#list.length;
  }

  /** Puts one after, which a resource holds back. */
  hold(request: number): void {
    this.#list.push(request);
    this.#plan();
  }

  /** Puts one after that nothing holds back (blk_mq_kick_requeue_list). */
  kick(request: number): void {
    this.#list.push(request);
    this.#isKicked = true;
  }

  /** Whether one came by `kick()` since the last call. */
  takeKick(): boolean {
    const was = this.#isKicked;
    this.#isKicked = false;
    return was;
  }

  /** blk_mq_dispatch_rq_list(): stops at the first that has to wait. */
  dispatch(): void {
    if (this.#list.length === 0) return;
    const { issue, complete, ring } = this.#options;
    const list = this.#list;
    this.#list = [];
    let done = 0;
    for (; done < list.length; done++) {
      const request = list[done] as number;
      const status = issue(request);
      if (status === HAS_TO_WAIT) break;
      if (status !== BLK_STS.ok) complete(request, status);
    }
    this.#list = [...list.slice(done), ...this.#list];
    if (this.#list.length > 0) this.#plan();
    ring();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const { time } = this.#options;
    time.at(time.nowNs + RESOURCE_DELAY_NS, () => {
      this.#isPlanned = false;
      this.dispatch();
    });
  }
}
