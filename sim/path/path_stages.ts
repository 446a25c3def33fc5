/**
 * The stages of an I/O's path, as traces and reports name them.
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

/** The stages as an I/O comes to them, which is how a reader wants them. */
export const STAGE_ORDER: readonly Stage[] = [
  "submit",
  "split",
  "merge",
  "request",
  "map",
  "command",
  "device",
  "complete",
];
