/**
 * Operations, flags and statuses of bios and requests, with the kernel's
 * numbers (include/linux/blk_types.h).
 */

/** enum req_op: the low 8 bits of `bi_opf`. */
export const REQ_OP = {
  read: 0,
  write: 1,
  flush: 2,
  discard: 3,
  writeZeroes: 9,
} as const;

/** Mask of the operation in `bi_opf`. */
export const REQ_OP_MASK = 0xff;

/** enum req_flag_bits, as masks; those that the kernels here have alike. */
export const REQ_FLAG = {
  sync: 1 << 11,
  nomerge: 1 << 14,
  idle: 1 << 15,
  fua: 1 << 17,
  preflush: 1 << 18,
  rahead: 1 << 19,
  background: 1 << 20,
  nowait: 1 << 21,
  polled: 1 << 22,
  atomic: 1 << 27,
} as const;

/** Flags of `rq_flags` (enum rqf_flags of include/linux/blk-mq.h). */
export const RQF = {
  /** A flush follows the request's data. */
  flushSeq: 1 << 4,
} as const;

/** blk_status_t (blockspec 3.4). */
export const BLK_STS = {
  ok: 0,
  notsupp: 1,
  timeout: 2,
  nospc: 3,
  transport: 4,
  target: 5,
  reservationConflict: 6,
  medium: 7,
  protection: 8,
  resource: 9,
  ioerr: 10,
  again: 12,
  devResource: 13,
  offline: 16,
  durationLimit: 17,
  inval: 19,
} as const;

/** Numbers of the errnos that a system call returns (asm-generic/errno.h). */
export const ERRNO = {
  io: 5,
  again: 11,
  nomem: 12,
  fault: 14,
  inval: 22,
  opnotsupp: 95,
  remoteio: 121,
} as const;

/** Errno numbers by blk_status_t: blk_status_to_errno(). */
const STATUS_NUMBER: ReadonlyMap<number, number> = new Map([
  [BLK_STS.ok, 0],
  [BLK_STS.target, ERRNO.remoteio],
  [BLK_STS.inval, ERRNO.inval],
  [BLK_STS.again, ERRNO.again],
  [BLK_STS.resource, ERRNO.nomem],
  [BLK_STS.notsupp, ERRNO.opnotsupp],
]);

/**
 * Returns the errno that a status becomes (blk_status_to_errno).
 *
 * @returns The errno's number; EIO for a status that has none of its own.
 */
export function statusErrno(status: number): number {
  return STATUS_NUMBER.get(status) ?? ERRNO.io;
}

/**
 * Returns the status that an errno becomes (errno_to_blk_status).
 *
 * @param errno The errno's number, negative or not.
 * @returns A blk_status_t; IOERR for an errno that has none of its own.
 */
export function errnoStatus(errno: number): number {
  const number = Math.abs(errno);
  for (const [status, known] of STATUS_NUMBER) {
    if (known === number) return status;
  }
  return BLK_STS.ioerr;
}

/**
 * Names an errno.
 *
 * @returns Its name, such as `ENOMEM`.
 */
export function errnoName(errno: number): string {
  const name = Object.entries(ERRNO).find(([, number]) => number === errno);
  return name === undefined ? `errno ${errno}` : `E${name[0].toUpperCase()}`;
}

/** Errno names by blk_status_t: blk_errors[] of block/blk-core.c (T63). */
export const STATUS_ERRNO: ReadonlyMap<number, string> = new Map([
  [BLK_STS.target, "EREMOTEIO"],
  [BLK_STS.inval, "EINVAL"],
  [BLK_STS.again, "EAGAIN"],
  [BLK_STS.resource, "ENOMEM"],
  [BLK_STS.notsupp, "EOPNOTSUPP"],
  [BLK_STS.ioerr, "EIO"],
]);

/** Names the error of a status, for messages. */
export function statusName(status: number): string {
  return STATUS_ERRNO.get(status) ?? `status ${status}`;
}
