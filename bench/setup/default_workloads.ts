/** Workloads that have names, and those of a run that names none. */
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";

/** The iologs that ship with the lab. */
export const SHIPPED_WORKLOADS: readonly string[] = [
  "randrw4k",
  "seq128k",
  "mixedbs",
];

/** Names of workloads that are not files. */
export const WORKLOAD_NAMES: readonly string[] = [
  ...SHIPPED_WORKLOADS,
  ...WORKLOAD_PRESETS.keys(),
];

/**
 * The workloads of a run that names none: one page of hot registered memory,
 * and many scattered pages, for which a real kernel was recorded and the
 * machine code of the path counted.
 */
export const DEFAULT_WORKLOADS: readonly string[] = [
  "4k-hot",
  "128k-scattered",
];
/** I/Os of each of those: enough for all exact figures, in a few seconds. */
export const DEFAULT_WORKLOAD_IOS = 1024;
/**
 * Those of them that are timed in JavaScript, so that a run without options
 * ends within 20 s on two CPUs: a layout takes 0.4 s of CPU time to be loaded
 * and compiled for each build and workload. With one segment an I/O, layouts differ by less
 * than JavaScript can show.
 */
export const DEFAULT_TIMED_WORKLOADS: readonly string[] = ["128k-scattered"];
