/**
 * When a recorded device completes its requests. Rows give the order, but not
 * the time, so a row of a scheduler is replayed with every possible timing of
 * the device: what these do not agree on depends on time.
 */
import type { OracleKind } from "./oracle_row.ts";
import type { NotCovered, Replayed } from "./replay.ts";
import type { RecordedQueue } from "./run_limits.ts";

/**
 * A way to complete requests: while a submitter sleeps, the first one or all,
 * or all as soon as a system call lets the device have them.
 */
export type Completions = "first" | "all" | "early";

/** All in flight, unless a scheduler makes a difference of it. */
const PLAIN: readonly Completions[] = ["all"];

/**
 * Lists the ways in which a device may have completed requests.
 *
 * @param kind What the file is about: only merge rows have I/Os in batches.
 * @returns The ways, the one to compare with the row first.
 */
export function possibleCompletions(
  queue: RecordedQueue,
  kind: OracleKind,
): readonly Completions[] {
  if (queue.settings.scheduler === "none" || kind !== "merge") return PLAIN;
  // What completes by a timer has not done so while a row was submitted.
  return queue.completesByTimer ? ["first", "all"] : ["first", "all", "early"];
}

/** Why a row has no one outcome. */
const UNDECIDED = {
  completions: "the scheduler's choices depend on when the device completes",
  past: "the scheduler goes on from where an unknown row has left it",
} as const;

/** Returns the outcome of a row, if all ways lead to it. */
export function agreedOutcome(
  outcomes: readonly (Replayed | NotCovered)[],
  reason: keyof typeof UNDECIDED,
): Replayed | NotCovered {
  const texts = new Set(outcomes.map((outcome) => JSON.stringify(outcome)));
  const [first] = outcomes;
  if (first !== undefined && texts.size === 1) return first;
  return { notCovered: UNDECIDED[reason] };
}

/**
 * Returns whether it is known where a row has left a scheduler.
 *
 * @returns Whether it is, though the row may not be covered.
 */
export function isDecided(outcome: Replayed | NotCovered): boolean {
  return !("notCovered" in outcome) ||
    !Object.values<string>(UNDECIDED).includes(outcome.notCovered);
}
