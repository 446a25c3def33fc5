/**
 * Simulated time: a clock that stands still until the next event. It has
 * nothing to do with the time that the simulation takes, and no figure of the
 * one is ever in a table of the other.
 */

/** What happens at a moment. */
export type SimulatedEvent = () => void;

/**
 * A clock in ns and the events ahead of it, the earliest first; events of one
 * moment happen in the order in which they were planned.
 *
 * @example Time passes from event to event
 * ```ts
 * import { SimulatedTime } from "./simulated_time.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const time = new SimulatedTime();
 * const seen: number[] = [];
 * time.at(30, () => seen.push(time.nowNs));
 * time.at(10, () => seen.push(time.nowNs));
 * while (time.step());
 * assertEquals(seen, [10, 30]);
 * ```
 */
export class SimulatedTime {
  #nowNs = 0;
  #planned = 0;
  /** A binary heap by (time, order of planning). */
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #events: SimulatedEvent[] = [];

  /** Now, in ns since the start. */
  get nowNs(): number {
    return this.#nowNs;
  }

  /** How many events are ahead. */
  get ahead(): number {
    return this.#events.length;
  }

  /** When the next event is; `Infinity` if none is ahead. */
  get nextNs(): number {
    return this.#times[0] ?? Infinity;
  }

  /**
   * Plans an event.
   *
   * @param atNs When; now if that is past.
   */
  at(atNs: number, event: SimulatedEvent): void {
    const times = this.#times;
    const orders = this.#orders;
    const events = this.#events;
    const time = Math.max(atNs, this.#nowNs);
    const order = this.#planned++;
    let slot = events.length;
    while (slot > 0) {
      const parent = (slot - 1) >>> 1;
      // A later one of the same time stays behind: its order is higher.
      if ((times[parent] as number) <= time) break;
      times[slot] = times[parent] as number;
      orders[slot] = orders[parent] as number;
      events[slot] = events[parent] as SimulatedEvent;
      slot = parent;
    }
    times[slot] = time;
    orders[slot] = order;
    events[slot] = event;
  }

  /**
   * Goes on to the next event and lets it happen.
   *
   * @returns False if none is ahead.
   */
  step(): boolean {
    const event = this.#events[0];
    if (event === undefined) return false;
    this.#nowNs = this.#times[0] as number;
    this.#takeFirst();
    event();
    return true;
  }

  /** Lets everything up to a moment happen, and is there. */
  passTo(untilNs: number): void {
    while (this.nextNs <= untilNs) this.step();
    if (untilNs > this.#nowNs) this.#nowNs = untilNs;
  }

  /** Moves the last event of the heap to the top and lets it sink. */
  #takeFirst(): void {
    const times = this.#times;
    const orders = this.#orders;
    const events = this.#events;
    const time = times.pop() as number;
    const order = orders.pop() as number;
    const event = events.pop() as SimulatedEvent;
    const count = events.length;
    if (count === 0) return;
    let slot = 0;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#isBefore(child + 1, child)) child++;
      const childTime = times[child] as number;
      if (
        time < childTime ||
        (time === childTime && order < (orders[child] as number))
      ) break;
      times[slot] = childTime;
      orders[slot] = orders[child] as number;
      events[slot] = events[child] as SimulatedEvent;
      slot = child;
    }
    times[slot] = time;
    orders[slot] = order;
    events[slot] = event;
  }

  #isBefore(a: number, b: number): boolean {
    const timeA = this.#times[a] as number;
    const timeB = this.#times[b] as number;
    return timeA === timeB
      ? (this.#orders[a] as number) < (this.#orders[b] as number)
      : timeA < timeB;
  }
}
