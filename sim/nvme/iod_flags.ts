/**
 * What the driver remembers of a request's data, for unmapping
 * (enum nvme_iod_flags, drivers/nvme/host/pci.c).
 */

/** Bits of the iod's flags byte. */
export const IOD_FLAG = {
  /** The list is in the pool of 256-byte pieces. */
  smallDescriptor: 1 << 1,
  /** One piece, mapped without the iterator; its address is in the command. */
  singleSegment: 1 << 2,
  /** P2P by bus address: nothing to unmap. */
  dataP2p: 1 << 3,
  /** P2P through the host bridge. */
  dataMmio: 1 << 5,
} as const;
