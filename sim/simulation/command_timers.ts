/**
 * When each command in flight has taken too long: one timer for all requests of
 * the queue (blk_mq_timeout_work()).
 */
import type { SimulatedTime } from "../time/simulated_time.ts";

/** NVME_IO_TIMEOUT: nvme_core.io_timeout is 30 s. */
const IO_TIMEOUT_NS = 30e9;

/** Deadlines of the commands in flight. */
export class CommandTimers {
  readonly #time: SimulatedTime;
  readonly #onExpiry: (tag: number) => void;
  /** By tag, oldest attempt first. */
  readonly #deadlines = new Map<number, number>();
  #isArmed = false;

  /**
   * Begins without a command.
   *
   * @param onExpiry Called with the tag of a command that has taken too long.
   */
  constructor(time: SimulatedTime, onExpiry: (tag: number) => void) {
    this.#time = time;
    this.#onExpiry = onExpiry;
  }

  get inFlight(): number {
    return this.#deadlines.size;
  }

  /** The tags of the commands in flight, as blk_mq_tagset_busy_iter() goes. */
  get tags(): number[] {
    return [...this.#deadlines.keys()].toSorted((a, b) => a - b);
  }

  has(tag: number): boolean {
    return this.#deadlines.has(tag);
  }

  /** A tag's command begins. */
  start(tag: number): void {
    this.extend(tag);
    this.#arm();
  }

  /** A command that has taken too long gets as much time again. */
  extend(tag: number): void {
    this.#deadlines.set(tag, this.#time.nowNs + IO_TIMEOUT_NS);
  }

  /** A tag's command has ended. */
  end(tag: number): void {
    this.#deadlines.delete(tag);
  }

  #arm(): void {
    if (this.#isArmed) return;
    let next = Infinity;
    for (const deadline of this.#deadlines.values()) {
      if (deadline < next) next = deadline;
    }
    if (next === Infinity) return;
    this.#isArmed = true;
    this.#time.at(next, () => this.#expire());
  }

  #expire(): void {
    this.#isArmed = false;
    for (const [tag, deadline] of [...this.#deadlines]) {
      // A reset may have taken it meanwhile.
      if (
        deadline <= this.#time.nowNs && this.#deadlines.get(tag) === deadline
      ) {
        this.#onExpiry(tag);
      }
    }
    this.#arm();
  }
}
