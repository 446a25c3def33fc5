/**
 * Names of how I/Os end, as a program sees them (blk_errors[] of
 * block/blk-core.c).
 */
import { BLK_STS, ERRNO, STATUS_ERRNO } from "../kernel/operation.ts";

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map([
  [-ERRNO.io, "EIO"],
  [-ERRNO.again, "EAGAIN"],
  [-ERRNO.nomem, "ENOMEM"],
  [-ERRNO.fault, "EFAULT"],
  [-ERRNO.inval, "EINVAL"],
  [-ERRNO.opnotsupp, "EOPNOTSUPP"],
  [-ERRNO.remoteio, "EREMOTEIO"],
]);

/**
 * Names how an I/O ended.
 *
 * @param status A blk_status_t, or -errno.
 * @returns `OK`, or the name that a system call's error has.
 */
export function endName(status: number): string {
  if (status === BLK_STS.ok) return "OK";
  return ERRNO_NAMES.get(status) ?? STATUS_ERRNO.get(status) ??
    BLOCK_ERRNO.get(status) ?? `status ${status}`;
}

/** Errno names of blk_errors[] that the rest of the lab never sees. */
const BLOCK_ERRNO: ReadonlyMap<number, string> = new Map([
  [BLK_STS.timeout, "ETIMEDOUT"],
  [BLK_STS.nospc, "ENOSPC"],
  [BLK_STS.transport, "ENOLINK"],
  [BLK_STS.reservationConflict, "EBADE"],
  [BLK_STS.medium, "ENODATA"],
  [BLK_STS.protection, "EILSEQ"],
  [BLK_STS.devResource, "EBUSY"],
  [BLK_STS.offline, "ENODEV"],
  [BLK_STS.durationLimit, "ETIME"],
]);
