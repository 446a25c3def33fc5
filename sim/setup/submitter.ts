/** Whose memory I/O is on (blockspec 2.2). */

/** Whose memory I/O is on. */
export type Submitter =
  | "user"
  | "registered"
  | "pagecache"
  | "kernel";

export const SUBMITTERS: readonly Submitter[] = [
  "user",
  "registered",
  "pagecache",
  "kernel",
];
