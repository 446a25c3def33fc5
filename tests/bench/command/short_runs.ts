/** Words of lab run with which a test takes little time. */

/** Exact figures of two layouts, with what the caches make of them. */
export const EXACT = [
  "run",
  "--rounds",
  "0",
  "--layout",
  "phys_packed_aligned4",
  "--recognise",
  "page",
  "--quiet",
];

/** One layout without the caches, where a test looks at something else. */
export const QUICK = [
  ...["run", "--rounds", "0", "--layout", "page_offset"],
  ...["--recognise", "page", "--quiet", "--cpu", "none"],
];
