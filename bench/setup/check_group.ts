/**
 * What a group of workers is, and when it has too few CPUs; groups that the lab
 * cannot run are in setup_rules.ts.
 */
import { plural } from "../../sim/text/plural.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { GroupShape } from "./group_shape.ts";

/** Whether more is to be run than one worker with its own device. */
export function isGroup(
  shape: Pick<GroupShape, "workers" | "devices">,
): boolean {
  return shape.workers > 1 || shape.devices > 0;
}

export function groupWarnings(
  shape: Pick<GroupShape, "workers" | "devices">,
  cpus: number,
): LabWarning[] {
  const { workers, devices } = shape;
  if (!isGroup(shape) || workers + devices <= cpus) return [];
  return [{
    code: "more-workers-than-cpus",
    message: `${plural(workers, "submitter")} and ` +
      `${plural(devices, "device")} share ${plural(cpus, "CPU")}`,
    hint:
      "rates and latencies say how the system shares CPUs out, not how they " +
      "scale",
  }];
}
