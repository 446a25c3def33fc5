/**
 * What happened to one request from its first attempt to its end, and which
 * statuses the kernel could end it with after that. The second does not look
 * at what the path did: it is the rule that the path is checked against.
 */
import { BLK_STS } from "../kernel/operation.ts";
import {
  NVME_MAX_RETRIES,
  NVME_SC,
  NVME_STATUS_DNR,
  nvmeErrorStatus,
} from "../nvme/status.ts";
import type { ArmedFault } from "../fault/armed_faults.ts";

/** Sectors of a command. */
export interface SectorRange {
  /** The first one; its fraction are bytes. */
  readonly from: number;
  /** The one after the last. */
  readonly to: number;
}

export interface RequestLife {
  /** Indexes in the window of the I/Os whose bios it carries. */
  readonly ios: readonly number[];
  /** Their faults that hit it. */
  readonly faults: readonly ArmedFault[];
  /** How often the driver has tried it again (nvme_request.retries). */
  retries: number;
  /** How often a controller reset took it from the device. */
  cancels: number;
  /** How often it was refused with nothing in flight that could help. */
  stuck: number;
  /** The fault that hit its latest attempt at the device; null for none. */
  latest: ArmedFault | null;
  /** Sectors of a read that its latest attempt left out in silence. */
  missing: SectorRange | null;
  /** Whether its time-out has sent an abort (IOD_ABORTED). */
  aborted: boolean;
}

const OK_ALONE: ReadonlySet<number> = new Set([BLK_STS.ok]);
const PROTECTION: ReadonlySet<number> = new Set([BLK_STS.protection]);
const OK_OR_PROTECTION: ReadonlySet<number> = new Set([
  BLK_STS.ok,
  BLK_STS.protection,
]);
const OK_OR_RESOURCE: ReadonlySet<number> = new Set([
  BLK_STS.ok,
  BLK_STS.resource,
]);

/**
 * Lists the NVMe statuses that a fault makes attempts end with, by the rules
 * of nvme_decide_disposition().
 */
function failures(fault: ArmedFault): number[] {
  const { rule } = fault;
  const all = (status: number) =>
    Array.from({ length: rule.times - fault.swallowed }, () => status);
  if (rule.kind === "status") return all(rule.status);
  if (rule.kind === "timeout" && rule.end === "aborted") {
    return all(NVME_SC.abort_requested);
  }
  if (rule.kind === "short" && rule.reported) {
    return all(NVME_SC.data_xfer_error);
  }
  return [];
}

/**
 * Returns the statuses that a request may end with.
 *
 * A resource that is not there is waited for (blk_mq_dispatch_rq_list), a
 * wrong completion is ignored (nvme_handle_cqe) and its command is cancelled
 * by a reset after two time-outs; so only errors of the device, aborts and
 * resets count, five of them are forgiven, and none with "do not retry".
 *
 * @param guarded Whether protection information catches missing bytes.
 * @returns The statuses; one but where faults of several kinds meet.
 */
export function admissibleStatuses(
  life: RequestLife,
  guarded: boolean,
): ReadonlySet<number> {
  if (life.stuck > 0) return OK_OR_RESOURCE;
  if (life.cancels === 0 && life.faults.length === 0) return OK_ALONE;
  const hit = life.faults.filter(({ hits }) => hits > 0);
  const errors: number[] = [];
  for (const fault of hit) {
    for (const status of failures(fault)) {
      errors.push(status);
      if ((status & NVME_STATUS_DNR) !== 0) break;
    }
    if (((errors.at(-1) ?? 0) & NVME_STATUS_DNR) !== 0) break;
  }
  const last = errors.at(-1) ?? 0;
  const isFinal = (last & NVME_STATUS_DNR) !== 0;
  const forgiven = errors.length - (isFinal ? 1 : 0) + life.cancels;
  if (forgiven <= NVME_MAX_RETRIES) {
    if (isFinal) return new Set([nvmeErrorStatus(last)]);
    if (!guarded || life.missing === null) return OK_ALONE;
    // The guards of blocks that were left out do not fit the buffer, unless
    // an earlier attempt had put the blocks there.
    return life.retries + life.cancels > 0 ? OK_OR_PROTECTION : PROTECTION;
  }
  return new Set([
    ...errors.map(nvmeErrorStatus),
    ...(life.cancels > 0 ? [nvmeErrorStatus(NVME_SC.host_aborted)] : []),
  ]);
}
