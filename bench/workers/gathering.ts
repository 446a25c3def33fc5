/**
 * How a device that only completes commands lets them gather before it fetches
 * them. Each look at a doorbell takes its line away from the submitter, and a
 * device that is as fast as it can be looks at each command.
 */
import type { Gathering } from "../../sim/workers/device_queue.ts";

/** Commands that it fetches at once, of a submitter that is deep enough. */
const MOST_COMMANDS = 8;
/** What it waits for each: 0.2 us, about as long as a submitter takes. */
const PAUSES_A_COMMAND = 6;

/**
 * Says how long a device waits: less than a submitter takes to fill its depth,
 * for who has to wait for a completion itself must not be made to wait. With 32
 * I/Os in flight that is 1.7 us at most, less than a real device takes for any
 * command; with fewer than 8 it does not wait.
 *
 * @param depth I/Os in flight of each submitter.
 * @param queues Queues that one device serves; it waits for all in turn.
 * @returns How it waits, if it does.
 */
export function gatheringOf(
  depth: number,
  queues: number,
): Gathering | undefined {
  const commands = Math.min(MOST_COMMANDS, depth >> 2);
  if (commands < 2) return undefined;
  return {
    commands,
    pauses: Math.floor(PAUSES_A_COMMAND * commands / queues),
  };
}
