/**
 * Attempts to execute a request (nvme_queue_rq()), and the life of each request
 * from its first attempt to its end.
 */
import { BLK_STS } from "../kernel/operation.ts";
import { SQE } from "../nvme/command.ts";
import type { DriverHookParts } from "../path/path_hooks.ts";
import type { CommandIds } from "./command_id.ts";
import type { CommandTimers } from "./command_timers.ts";
import type { RequestLife } from "./request_life.ts";
import { HAS_TO_WAIT } from "./waiting_requests.ts";

/**
 * The kernel waits for a resource for ever. The lab ends a request that was
 * refused so often while nothing was in flight that could give it back.
 */
const STUCK_TRIES = 3;

/** What error handling asks of faults and reports to them. */
export interface RecoveryEvents {
  /** A request is attempted for the first time. */
  readonly open: (ios: readonly number[]) => RequestLife;
  /** Maps it, with whatever is to fail; a status. */
  readonly map: (life: RequestLife, map: () => number) => number;
  /** It has ended. */
  readonly close: (life: RequestLife, status: number) => void;
}

export interface AttemptOptions {
  readonly events: RecoveryEvents;
  /** When a command has taken too long. */
  readonly timers: CommandTimers;
  /** Which command of its tag it is. */
  readonly ids: CommandIds;
  /** Attempts that were refused for want of a resource are counted here. */
  readonly counts: { requeues: number };
}

/** The requests that are in the driver. */
export class RequestAttempts {
  readonly #parts: DriverHookParts;
  readonly #options: AttemptOptions;
  readonly #lives = new Map<number, RequestLife>();

  constructor(parts: DriverHookParts, options: AttemptOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get count(): number {
    return this.#lives.size;
  }

  /** What a request is, by its tag; undefined for none. */
  lifeOf(tag: number): RequestLife | undefined {
    return this.#lives.get(tag);
  }

  /**
   * Attempts a request.
   *
   * @returns A status that ends it, or `HAS_TO_WAIT`.
   */
  issue(request: number): number {
    const { memory, requests } = this.#parts;
    const { counts, events } = this.#options;
    const tag = memory.get32(request + requests.field.tag);
    let life = this.#lives.get(tag);
    if (life === undefined) {
      life = events.open(this.#iosOf(request));
      this.#lives.set(tag, life);
    }
    const status = this.#attempt(request, tag, life);
    if (status === BLK_STS.ok) return status;
    if (status === BLK_STS.resource && life.stuck < STUCK_TRIES) {
      counts.requeues++;
      return HAS_TO_WAIT;
    }
    this.close(tag, life, status);
    return status;
  }

  /** A request's end, as far as the driver is concerned. */
  close(tag: number, life: RequestLife, status: number): void {
    this.#lives.delete(tag);
    this.#options.events.close(life, status);
  }

  #attempt(request: number, tag: number, life: RequestLife): number {
    const { memory, nvme, onMapped, queue, requests } = this.#parts;
    const { events, ids, timers } = this.#options;
    nvme.prepare(request);
    const status = events.map(life, () => nvme.map(request));
    onMapped(nvme.dmaSegments());
    if (status !== BLK_STS.ok) return status;
    requests.start(request);
    const command = nvme.finish(request);
    memory.view.setUint16(command + SQE.commandId, ids.next(tag), true);
    life.aborted = false;
    life.latest = null;
    life.missing = null;
    timers.start(tag);
    queue.push(command);
    return BLK_STS.ok;
  }

  #iosOf(request: number): number[] {
    const { firstBio, ioOfBio, nextBio } = this.#parts;
    const ios = new Set<number>();
    for (let bio = firstBio(request); bio !== 0; bio = nextBio(bio)) {
      ios.add(ioOfBio(bio));
    }
    return [...ios];
  }
}
