/**
 * Memory of PRP and SGL lists: small pieces of 256 bytes and whole pages
 * (drivers/nvme/host/pci.c, struct nvme_descriptor_pools, blockspec 4.4).
 */
import {
  ARENA_PHYS_HI_64,
  type KernelMemory,
} from "../memory/kernel_memory.ts";
import { Slab } from "../memory/slab.ts";
import type { ParsedStruct } from "../kernel/pahole_offsets.ts";
import { createTouch } from "../kernel/touch.ts";
import type { IodFields } from "./iod.ts";
import { IOD_FLAG } from "./iod_flags.ts";

// Constants of its own: bench/HOT_PATH.md.
const SMALL_DESCRIPTOR = IOD_FLAG.smallDescriptor;

/** Bytes of a small list: 32 PRP entries or 16 SGL descriptors. */
export const SMALL_LIST_BYTES = 256;
/** Bytes of a list page: 512 PRP entries or 256 SGL descriptors. */
export const LIST_PAGE_BYTES = 4096;

export type DescriptorPool = Pick<Slab, "take" | "give" | "live">;

/** The struct nvme_queue that knows the pools. */
export interface PoolOwner {
  /** Where its fields are. */
  readonly struct: ParsedStruct;
  /** Where it is; default: nowhere in kernel memory. */
  readonly queueAt?: number | undefined;
}

export interface DescriptorPools {
  /** Lists of 256 bytes. */
  readonly small: DescriptorPool;
  /** Lists of a page. */
  readonly large: DescriptorPool;
  /** High half of the bus address of any list; its offset is the low half. */
  readonly busHi: number;
}

/**
 * Makes the pools.
 *
 * @param count Lists of each size at once.
 */
export function createDescriptorPools(
  memory: KernelMemory,
  count: number,
  owner?: PoolOwner,
): DescriptorPools {
  const pool = (structure: string, sizeBytes: number) =>
    foundBy(
      memory,
      owner,
      new Slab(memory, {
        structure,
        objectBytes: sizeBytes,
        strideBytes: sizeBytes,
        count,
        // A free dma_pool block begins with the link (mm/dmapool.c).
        freePointerOffset: 0,
        allocator: "dma_pool",
        zeroes: true,
      }),
    );
  return {
    small: pool("nvme descriptor 256", SMALL_LIST_BYTES),
    large: pool("nvme descriptor page", LIST_PAGE_BYTES),
    busHi: memory.abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0,
  };
}

/** nvme_dma_pool(): the queue is asked for the pool each time. */
function foundBy(
  memory: KernelMemory,
  owner: PoolOwner | undefined,
  slab: Slab,
): DescriptorPool {
  const { queueAt, struct } = owner ?? {};
  if (queueAt === undefined || struct === undefined) return slab;
  const touch = createTouch(memory, struct, "queuePool");
  const { take, give } = slab;
  return {
    take: () => {
      touch(queueAt);
      return take();
    },
    give: (object) => {
      touch(queueAt);
      give(object);
    },
    get live() {
      return slab.live;
    },
  };
}

/**
 * Makes the function that gives the lists of a command back
 * (nvme_free_descriptors).
 *
 * @returns The function; it takes the offset of an iod.
 */
export function createDescriptorFree(
  memory: KernelMemory,
  fields: IodFields,
  pools: DescriptorPools,
): (iod: number) => void {
  const { get8, set8, getPointer } = memory;
  const { flags, descriptorCount, lists } = fields;
  const pointerBytes = memory.abi.pointerBytes;
  const { small, large } = pools;
  return (iod) => {
    const count = get8(iod + descriptorCount);
    if (count === 0) return;
    if ((get8(iod + flags) & SMALL_DESCRIPTOR) !== 0) {
      small.give(getPointer(iod + lists));
    } else {
      for (let i = 0; i < count; i++) {
        large.give(getPointer(iod + lists + i * pointerBytes));
      }
    }
    set8(iod + descriptorCount, 0);
  };
}
