/**
 * Warnings as data: the same thing on the screen and in the result file, so
 * that a program can act on what a person would read.
 */

/** Something that a reader of the figures has to know. */
export interface LabWarning {
  /** Stable name for programs, such as `single-build`. */
  readonly code: string;
  /** What is the matter, with the numbers found. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/**
 * What other work on a machine means for times of the CPU: they leave out what
 * it makes the lab wait, but caches and memory are shared.
 */
export const BUSY_HINT =
  "times leave waiting out, so that what stays is what others do to shared " +
  "caches: see how far identical code differs; wall times and rates of " +
  "--workers do wait";
