/** The shape of a group of workers: how many there are, and how they wait. */
import { interruptOf, submittersByQueue } from "../../sim/workers/queue_map.ts";

/**
 * Where I/Os end: on the worker that submitted them; on another one, which
 * their interrupt comes to; or, by an interrupt between the two, on the one that
 * submitted them although theirs comes to another (rq_affinity=2).
 */
export type CompleteOn = "submitter" | "other" | "ipi";

export const COMPLETE_ON: readonly CompleteOn[] = ["submitter", "other", "ipi"];

export interface GroupShape {
  /** Submitters, from 1. */
  readonly workers: number;
  /** Workers that are devices; 0 for a device inside each submitter. */
  readonly devices: number;
  /** Whether who waits looks again and again and never sleeps. */
  readonly poll: boolean;
  /** Where I/Os end; default: on the submitter. */
  readonly completeOn?: CompleteOn;
  /**
   * Hardware queues, no more than submitters; fewer are shared by neighbours.
   * One for each submitter if absent.
   */
  readonly hwQueues?: number | undefined;
}

export interface GroupQueues {
  /** Submitters by hardware queue. */
  readonly submitters: readonly (readonly number[])[];
  /** The submitter that the interrupt of each comes to. */
  readonly interrupts: readonly number[];
}

/**
 * Gives the hardware queues of a group that are separate from its submitters,
 * because they are shared or because their interrupt goes to another one.
 *
 * @returns The queues; `undefined` where each submitter has its own.
 */
export function groupQueues(
  { workers, completeOn, hwQueues = workers }: Omit<GroupShape, "poll">,
): GroupQueues | undefined {
  const map = { submitters: workers, queues: Math.min(hwQueues, workers) };
  const isSent = completeOn === "ipi" && workers > 1;
  if (map.queues === workers && !isSent) return undefined;
  const submitters = submittersByQueue(map);
  return {
    submitters,
    interrupts: submitters.map((_, queue) => interruptOf(map, queue, isSent)),
  };
}
