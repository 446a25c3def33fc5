/**
 * The 64 bytes of an NVMe read or write command (struct nvme_rw_command,
 * include/linux/nvme.h), always little-endian.
 */

/** Byte offsets in a submission queue entry. */
export const SQE = {
  opcode: 0,
  flags: 1,
  commandId: 2,
  nsid: 4,
  metadata: 16,
  prp1: 24,
  prp2: 32,
  slba: 40,
  length: 48,
  control: 50,
  dsmgmt: 52,
  referenceTag: 56,
  sizeBytes: 64,
} as const;

/**
 * Type byte of an SGL descriptor, with sub type 0 (NVME_SGL_FMT_*): a data
 * block, or the last segment of descriptors.
 */
export const SGL_TYPE = { data: 0x00, segment: 0x20, last: 0x30 } as const;

/** Bits 7:6 of the flags byte: SGL, metadata by address (NVME_CMD_SGL_METABUF). */
export const CMD_SGL_METABUF = 1 << 6;
/** Bits 7:6 of the flags byte: SGL, metadata by SGL (NVME_CMD_SGL_METASEG). */
export const CMD_SGL_METASEG: number = 1 << 7;

/** Control bit of a write that reaches the medium before it completes. */
export const NVME_RW_FUA: number = 1 << 14;

/** Opcodes of the NVM command set. */
export const NVME_CMD = { flush: 0, write: 1, read: 2, dsm: 9 } as const;

/** Byte offsets in a completion queue entry (struct nvme_completion). */
export const CQE = {
  result: 0,
  sqHead: 8,
  sqId: 10,
  commandId: 12,
  status: 14,
  sizeBytes: 16,
} as const;

/** Controller page: unit of a PRP entry (NVME_CTRL_PAGE_SIZE). */
export const CTRL_PAGE_BYTES = 4096;
