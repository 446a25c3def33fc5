/**
 * Refuses groups of workers that the lab cannot run, before anything runs.
 */
import {
  bouncePoolOf,
  type MachineSetup,
  PLAIN_MACHINE,
} from "../contender_machine.ts";
import type { LabWarning } from "../experiment/warning.ts";
import type { GroupShape } from "./group_protocol.ts";

/** Commands that a ring holds: one entry is always free. */
const MOST_TAGS = 1023;

/**
 * Whether more is to be run than one worker with its own device.
 *
 * @param shape Submitters and devices.
 * @returns True for a group.
 */
export function isGroup(
  shape: Pick<GroupShape, "workers" | "devices">,
): boolean {
  return shape.workers > 1 || shape.devices > 0;
}

/** What a group is run on, as far as it matters here. */
export interface GroupUse {
  /** The machine; a plain one unless told. */
  readonly machine?: MachineSetup;
  /** Whose memory I/O is on. */
  readonly submitter?: string;
  /** What the paths run in: js, native or both; js unless told. */
  readonly engine?: string;
  /** CPUs that there are; those of this machine unless told. */
  readonly cpus?: number;
}

/**
 * Refuses a group whose parts contradict each other.
 *
 * @param shape Submitters and devices.
 * @param use What it is run on.
 * @throws {RangeError} Naming both of what does not go together.
 */
export function checkGroup(shape: GroupShape, use: GroupUse = {}): void {
  const { cpus = navigator.hardwareConcurrency } = use;
  const { workers, devices, poll, completeOn = "submitter" } = shape;
  if (devices > workers) {
    throw new RangeError(
      `Cannot run with devices ${devices}: found workers ${workers}, ` +
        `expected as many workers at least`,
    );
  }
  if (poll && devices === 0) {
    throw new RangeError(
      "Cannot poll: found devices 0, expected --devices of 1 at least",
    );
  }
  if (poll && workers + devices > cpus) {
    throw new RangeError(
      `Cannot poll with workers ${workers} and devices ${devices}: found ` +
        `${cpus} CPUs, expected one for each`,
    );
  }
  if (completeOn === "other") checkCrossed(shape, use);
  if (!isGroup(shape)) return;
  const { machine = PLAIN_MACHINE } = use;
  const what = use.engine === "native"
    ? "engine native, which has one worker"
    : machine.iommu
    ? "an IOMMU, whose tables are one worker's own"
    : bouncePoolOf(machine) > 0
    ? "a bounce pool, which is one worker's own"
    : machine.integrity !== undefined
    ? "protection information, which one worker checks"
    : (machine.settings?.scheduler ?? "none") !== "none"
    ? `scheduler ${machine.settings?.scheduler}, which is one worker's own`
    : (machine.settings?.tags ?? 0) > MOST_TAGS
    ? `${machine.settings?.tags} tags, more than ${MOST_TAGS}`
    : undefined;
  if (what === undefined) return;
  throw new RangeError(
    `Cannot run with workers ${workers} and devices ${devices}: found ` +
      `${what}, expected workers 1 and devices 0`,
  );
}

/** Completing on another worker needs one, and a queue that it can reach. */
function checkCrossed(shape: GroupShape, use: GroupUse): void {
  const { workers, devices } = shape;
  const settings = use.machine?.settings;
  const what = workers < 2
    ? `workers ${workers}, expected 2 at least`
    : devices === 0
    ? "devices 0, expected --devices of 1 at least"
    : use.submitter === "pagecache"
    ? "the page cache as submitter, expected user or registered"
    : settings?.writeCache === true && settings.fua === false
    ? "a write cache without FUA, expected one with it"
    : undefined;
  if (what === undefined) return;
  throw new RangeError(`Cannot complete on another worker: found ${what}`);
}

/**
 * Warns of more workers than CPUs.
 *
 * @param shape Submitters and devices.
 * @param cpus CPUs of the machine.
 * @returns One warning or none.
 */
export function groupWarnings(
  shape: Pick<GroupShape, "workers" | "devices">,
  cpus: number,
): LabWarning[] {
  const { workers, devices } = shape;
  if (!isGroup(shape) || workers + devices <= cpus) return [];
  return [{
    code: "more-workers-than-cpus",
    message: `${workers} submitters and ${devices} devices share ${cpus} CPUs`,
    hint: "rates say how the system shares CPUs out, not how they scale",
  }];
}
