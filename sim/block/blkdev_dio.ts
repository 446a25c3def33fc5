/** The I/O that bios of a direct I/O are of (struct blkdev_dio, block/fops.c). */
import { BLK_STS } from "../kernel/operation.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { Slab } from "../memory/slab.ts";

// Constants of its own: bench/HOT_PATH.md.
const OK = BLK_STS.ok;

/** struct blkdev_dio as far as it is used: reference, status, dirty,
 * what the submitter knows it by. */
export const DIO = { ref: 0, status: 4, dirty: 8, cookie: 12 } as const;
const { ref: DIO_REF, status: DIO_STATUS } = DIO;
const { dirty: DIO_DIRTY, cookie: DIO_COOKIE } = DIO;

/** I/Os that are open. */
export interface BlkdevDios {
  /** Opens an I/O (struct blkdev_dio); its first reference is the opener's. */
  readonly openIo: (dirtiesPages: boolean, cookie: number) => number;
  /** The cookie of the I/O that ended last. */
  readonly endedCookie: () => number;
  /** Counts a bio of an I/O. */
  readonly addBio: (slot: number) => void;
  /** Drops a reference; the I/O's status once it was the last, else -1. */
  readonly dropIo: (slot: number, status: number) => number;
  /** Gives back an I/O that was refused: it has no bios, and no status. */
  readonly refuseIo: (slot: number) => void;
}

/**
 * Makes the I/Os.
 *
 * @param depth I/Os at once.
 */
export function createBlkdevDios(
  memory: KernelMemory,
  depth: number,
): BlkdevDios {
  const { get32, set32 } = memory;
  const { add32 } = memory.counters;
  const dios = new Slab(memory, {
    structure: "blkdev_dio",
    objectBytes: 64,
    strideBytes: 64,
    count: depth + 1,
    freePointerOffset: 32,
    // In the kernel it is in front of its first bio, and comes with it.
    allocator: "unseen",
  });

  // An int32 word instead of a `let`: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn } = memory;
  const COOKIE = memory.reserveOwn(1);

  const openIo = (dirtiesPages: boolean, cookie: number): number => {
    const slot = dios.take();
    if (slot === 0) return 0;
    set32(slot + DIO_COOKIE, cookie);
    set32(slot + DIO_REF, 1);
    set32(slot + DIO_STATUS, OK);
    set32(slot + DIO_DIRTY, dirtiesPages ? 1 : 0);
    return slot;
  };
  const addBio = (slot: number): void => {
    add32(slot + DIO_REF, 1);
  };
  const dropIo = (slot: number, status: number): number => {
    if (status !== OK && get32(slot + DIO_STATUS) === OK) {
      set32(slot + DIO_STATUS, status);
    }
    if (add32(slot + DIO_REF, -1) > 0) return -1;
    const result = get32(slot + DIO_STATUS);
    setOwn(COOKIE, get32(slot + DIO_COOKIE));
    dios.give(slot);
    return result;
  };
  const refuseIo = (slot: number): void => {
    add32(slot + DIO_REF, -1);
    dios.give(slot);
  };
  return {
    openIo,
    endedCookie: () => getOwn(COOKIE),
    addBio,
    dropIo,
    refuseIo,
  };
}
