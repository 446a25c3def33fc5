/**
 * The stages of an I/O's path, as they are traced and told of.
 */

/** Stages, as the tracer names them. */
export const STAGES = [
  "submit",
  "split",
  "request",
  "map",
  "command",
  "device",
  "complete",
  "merge",
] as const;

/** A stage of the path. */
export type Stage = typeof STAGES[number];
