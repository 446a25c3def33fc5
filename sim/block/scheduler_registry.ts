/** The schedulers that a queue can have. */
import { mqDeadline } from "./mq_deadline.ts";
import { none } from "./none.ts";
import type { SchedulerPolicy } from "./scheduler.ts";

/** All schedulers; the first is the one where none is named. */
export const schedulers: readonly SchedulerPolicy[] = [none, mqDeadline];

/**
 * Finds a scheduler.
 *
 * @throws {RangeError} If there is none of that name.
 */
export function findScheduler(name: string): SchedulerPolicy {
  const found = schedulers.find((known) => known.name === name);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find scheduler "${name}", expected one of: ${
        schedulers.map((known) => known.name).join(", ")
      }`,
    );
  }
  return found;
}
