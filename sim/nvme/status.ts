/**
 * NVMe completion statuses, which of them the host tries again, and what the
 * block layer gets to see (include/linux/nvme.h, drivers/nvme/host/core.c
 * nvme_error_status() and nvme_decide_disposition()).
 *
 * A status is bits 15:1 of the last word of a completion: code 7:0, type 10:8,
 * command retry delay 12:11, more 13, do not retry 14.
 */
import { BLK_STS } from "../kernel/operation.ts";

/** Status type and code by name, as enum of include/linux/nvme.h has them. */
export const NVME_SC: Readonly<
  Record<
    | "success"
    | "invalid_opcode"
    | "invalid_field"
    | "data_xfer_error"
    | "internal"
    | "abort_requested"
    | "invalid_ns"
    | "cmd_interrupted"
    | "transient_transport"
    | "lba_range"
    | "cap_exceeded"
    | "ns_not_ready"
    | "reservation_conflict"
    | "bad_attributes"
    | "invalid_pi"
    | "read_only"
    | "write_fault"
    | "read_error"
    | "guard_check"
    | "apptag_check"
    | "reftag_check"
    | "compare_failed"
    | "access_denied"
    | "unwritten_block"
    | "host_path_error"
    | "host_aborted",
    number
  >
> = Object.freeze({
  success: 0x000,
  ["invalid_opcode"]: 0x001,
  ["invalid_field"]: 0x002,
  ["data_xfer_error"]: 0x004,
  internal: 0x006,
  ["abort_requested"]: 0x007,
  ["invalid_ns"]: 0x00b,
  ["cmd_interrupted"]: 0x021,
  ["transient_transport"]: 0x022,
  ["lba_range"]: 0x080,
  ["cap_exceeded"]: 0x081,
  ["ns_not_ready"]: 0x082,
  ["reservation_conflict"]: 0x083,
  ["bad_attributes"]: 0x180,
  ["invalid_pi"]: 0x181,
  ["read_only"]: 0x182,
  ["write_fault"]: 0x280,
  ["read_error"]: 0x281,
  ["guard_check"]: 0x282,
  ["apptag_check"]: 0x283,
  ["reftag_check"]: 0x284,
  ["compare_failed"]: 0x285,
  ["access_denied"]: 0x286,
  ["unwritten_block"]: 0x287,
  ["host_path_error"]: 0x370,
  ["host_aborted"]: 0x371,
});

// Constants of its own: bench/HOT_PATH.md.
const OK = BLK_STS.ok;
const IOERR = BLK_STS.ioerr;
/** NVME_STATUS_DNR: do not retry. */
export const NVME_STATUS_DNR: number = 1 << 14;
/** NVME_SCT_SC_MASK: type and code. */
const TYPE_AND_CODE = 0x7ff;
/** max_retries of nvme_core: how often the host tries a command again. */
export const NVME_MAX_RETRIES = 5;

const BLOCK_STATUS: ReadonlyMap<number, number> = new Map([
  [NVME_SC.success, BLK_STS.ok],
  [NVME_SC.cap_exceeded, BLK_STS.nospc],
  [NVME_SC.lba_range, BLK_STS.target],
  [NVME_SC.cmd_interrupted, BLK_STS.target],
  [NVME_SC.ns_not_ready, BLK_STS.target],
  [NVME_SC.bad_attributes, BLK_STS.notsupp],
  [NVME_SC.invalid_opcode, BLK_STS.notsupp],
  [NVME_SC.invalid_field, BLK_STS.notsupp],
  [NVME_SC.invalid_ns, BLK_STS.notsupp],
  [NVME_SC.write_fault, BLK_STS.medium],
  [NVME_SC.read_error, BLK_STS.medium],
  [NVME_SC.unwritten_block, BLK_STS.medium],
  [NVME_SC.access_denied, BLK_STS.medium],
  [NVME_SC.read_only, BLK_STS.medium],
  [NVME_SC.compare_failed, BLK_STS.medium],
  [NVME_SC.guard_check, BLK_STS.protection],
  [NVME_SC.apptag_check, BLK_STS.protection],
  [NVME_SC.reftag_check, BLK_STS.protection],
  [NVME_SC.invalid_pi, BLK_STS.protection],
  [NVME_SC.reservation_conflict, BLK_STS.reservationConflict],
  [NVME_SC.host_path_error, BLK_STS.transport],
]);

/**
 * Returns the blk_status_t of a completion (nvme_error_status).
 *
 * @param status The completion's status, without the phase bit.
 * @returns A blk_status_t; IOERR for a status that has none of its own.
 */
export function nvmeErrorStatus(status: number): number {
  if (status === 0) return OK;
  return BLOCK_STATUS.get(status & TYPE_AND_CODE) ?? IOERR;
}

/**
 * Returns whether the host tries a command again (nvme_decide_disposition,
 * without multipath).
 *
 * @param status The completion's status, without the phase bit.
 * @param retries How often it was tried again already.
 */
export function isRetried(status: number, retries: number): boolean {
  return status !== 0 && (status & NVME_STATUS_DNR) === 0 &&
    retries < NVME_MAX_RETRIES;
}
