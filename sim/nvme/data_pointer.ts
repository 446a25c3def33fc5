/**
 * The 16 bytes of a command that say where its data is: PRP1 and PRP2, or one
 * SGL descriptor (union nvme_data_ptr, include/linux/nvme.h).
 */

/** The data pointer of the command being built. */
export interface DataPointer {
  /** PRP1 or the descriptor's address, low half. */
  firstLo: number;
  /** PRP1 or the descriptor's address, high half. */
  firstHi: number;
  /** PRP2, low half, or the descriptor's length. */
  secondLo: number;
  /** PRP2, high half, or the descriptor's type in the top byte. */
  secondHi: number;
  /** Flags byte of the command: 0 for PRP, `CMD_SGL_METABUF` for SGL. */
  flags: number;
}

export function emptyDataPointer(): DataPointer {
  return { firstLo: 0, firstHi: 0, secondLo: 0, secondHi: 0, flags: 0 };
}
