/** The shape of a group of workers: how many there are, and how they wait. */

/** Where I/Os end: on the worker that submitted them, or on another one. */
export type CompleteOn = "submitter" | "other";

/** Its values. */
export const COMPLETE_ON: readonly CompleteOn[] = ["submitter", "other"];

/** How many workers there are, and how they wait. */
export interface GroupShape {
  /** Submitters, from 1. */
  readonly workers: number;
  /** Workers that are devices; 0 for a device inside each submitter. */
  readonly devices: number;
  /** Whether who waits looks again and again and never sleeps. */
  readonly poll: boolean;
  /** Where I/Os end; default: on the submitter. */
  readonly completeOn?: CompleteOn;
}
