/**
 * A replay that a row cannot end: what the model fails at is a row that it
 * does not cover, with its message, and the rows after it start again.
 */
import type { OracleFile } from "./oracle_row.ts";
import type { Replay, ReplayFactory } from "./replay.ts";

/** @returns A replay that never throws. */
export function guardedReplay(
  file: OracleFile,
  factory: ReplayFactory,
): Replay {
  let replay: Replay | undefined;
  return (...given) => {
    try {
      replay ??= factory(file);
      return replay(...given);
    } catch (error) {
      // What the failed row has taken is not given back.
      replay = undefined;
      const { message } = error instanceof Error
        ? error
        : new Error(String(error));
      return { notCovered: `the model fails: ${message.slice(0, 200)}` };
    }
  };
}
