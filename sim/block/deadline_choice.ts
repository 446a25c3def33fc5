/**
 * Which request mq-deadline issues next: batches of one direction, reads before
 * writes until those have waited long enough, high classes before low ones
 * until those are too old (block/mq-deadline.c dd_dispatch_request).
 */
import { DEADLINE_CLASSES, type DeadlineQueues } from "./deadline_queues.ts";
import { HZ, type SchedulerParts } from "./scheduler.ts";

// Constants of its own: bench/HOT_PATH.md.
const CLASSES = DEADLINE_CLASSES;

const READ = 0;
const WRITE = 1;
/** DD_BE_PRIO */
const BE = 1;
/** prio_aging_expire, in jiffies. */
const AGING_EXPIRE = 10 * HZ;

/**
 * Makes the choice.
 *
 * @param remove Takes one out of all that knows it.
 * @returns Takes out the request to be issued next; 0 if there is none.
 */
export function createDeadlineChoice(
  parts: Pick<SchedulerParts, "memory" | "requests" | "settings" | "jiffies">,
  queues: DeadlineQueues,
  remove: (own: number, request: number) => void,
): () => number {
  const { jiffies } = parts;
  const { get32, set32 } = parts.memory;
  const { field } = parts.requests;
  const { fifoBatch, writesStarved } = parts.settings;
  const { data, directionOf, expireOf, oldest, nextOf } = queues;
  const { setLatest, count } = queues;
  const { classAt, countAt, lastDirectionAt, batchingAt, starvedAt } = data;

  /** dd_start_request(), and the pointer that earlier kernels keep. */
  const start = (own: number, request: number): number => {
    const direction = directionOf(request);
    set32(batchingAt, get32(batchingAt) + 1);
    setLatest(own, direction, request);
    remove(own, request);
    count(own, "dispatched");
    return request;
  };
  /** Whether a request came in later than that. */
  const startedAfter = (request: number, latestStart: number): boolean =>
    get32(request + field.fifoTime) - expireOf(directionOf(request)) >
      latestStart;

  /** Reads, unless writes have waited long enough; -1 if there is none. */
  const chooseDirection = (own: number): number => {
    const write = oldest(own, WRITE);
    if (oldest(own, READ) !== 0) {
      if (write === 0) return READ;
      const starved = get32(starvedAt);
      set32(starvedAt, starved + 1);
      if (starved < writesStarved) return READ;
    } else if (write === 0) return -1;
    set32(starvedAt, 0);
    return WRITE;
  };

  /** __dd_dispatch_request(): nothing that came in after `latestStart`. */
  const takeOf = (own: number, latestStart: number): number => {
    let request = nextOf(own, get32(lastDirectionAt));
    if (request === 0 || get32(batchingAt) >= fifoBatch) {
      const direction = chooseDirection(own);
      if (direction < 0) return 0;
      const first = oldest(own, direction);
      const next = nextOf(own, direction);
      const isExpired = jiffies() >= get32(first + field.fifoTime);
      request = isExpired || next === 0 ? first : next;
      set32(lastDirectionAt, direction);
      set32(batchingAt, 0);
    }
    return startedAfter(request, latestStart) ? 0 : start(own, request);
  };
  /** dd_queued(): requests of a class that are not complete. */
  const queued = (own: number): number =>
    get32(countAt(own, "inserted")) - get32(countAt(own, "completed"));
  /** dd_dispatch_prio_aged_requests() */
  const takeAged = (now: number): number => {
    let waiting = 0;
    for (let of = 0; of < CLASSES; of++) {
      if (queued(classAt(of)) !== 0) waiting++;
    }
    if (waiting < 2) return 0;
    for (let of = BE; of < CLASSES; of++) {
      const request = takeOf(classAt(of), now - AGING_EXPIRE);
      if (request !== 0) return request;
    }
    return 0;
  };

  return () => {
    const now = jiffies();
    const aged = takeAged(now);
    if (aged !== 0) return aged;
    for (let of = 0; of < CLASSES; of++) {
      const own = classAt(of);
      const request = takeOf(own, now);
      // A lower class waits until all of a higher one is complete.
      if (request !== 0 || queued(own) !== 0) return request;
    }
    return 0;
  };
}
