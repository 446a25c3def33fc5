/** All speed targets of the lab, in the order of the table. */
import { CACHE_TARGETS } from "./cache_targets.ts";
import { GROWTH_TARGETS } from "./growth_targets.ts";
import { PATH_TARGETS } from "./path_targets.ts";
import { RUN_TARGETS } from "./run_targets.ts";
import type { TargetGroup } from "./target.ts";
import { TRACE_TARGETS } from "./trace_targets.ts";
import { WORKER_TARGETS } from "./worker_targets.ts";

export const TARGET_GROUPS: readonly TargetGroup[] = [
  ...PATH_TARGETS,
  ...CACHE_TARGETS,
  ...TRACE_TARGETS,
  ...RUN_TARGETS,
  ...WORKER_TARGETS,
  ...GROWTH_TARGETS,
];
