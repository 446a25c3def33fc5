/** A DMA pool: a list through its free blocks, its head in it (mm/dmapool.c). */
import { allocatorOffsets } from "./allocator_offsets.ts";
import {
  type FreeObjects,
  type FreeObjectsOptions,
  linkObjects,
  slabHeadName,
} from "./free_objects.ts";
import type { KernelMemory } from "./kernel_memory.ts";

/** Makes a pool: dma_pool_alloc() and dma_pool_free(). */
export function createDmaPool(
  memory: KernelMemory,
  { name, freePointerOffset }: FreeObjectsOptions,
): FreeObjects {
  const { initOnAlloc } = memory;
  const { get32, set32, getPointer, setPointer, getLong, setLong } = memory;
  const offsets = allocatorOffsets(memory.abi.pointerBytes).pool;
  const blocks = /^nvme descriptor (.+)$/.exec(name)?.[1];
  const structure = blocks === undefined ? "dma_pool" : `dma_pool ${blocks}`;
  const pool = memory.reserve(structure, offsets.sizeBytes, {
    name: slabHeadName(name),
  });
  const lockAt = pool + offsets.lock;
  const nextAt = pool + offsets.nextBlock;
  const activeAt = pool + offsets.nrActive;
  const sizeAt = pool + offsets.size;
  setPointer(nextAt, 0);
  set32(lockAt, 0);
  const lock = (): void => set32(lockAt, get32(lockAt));
  return {
    fill: (objects, linked) => {
      const head = getPointer(nextAt);
      const list = { head, freePointerOffset, linked };
      setPointer(nextAt, linkObjects(memory, objects, list));
      setLong(activeAt, getLong(activeAt) - objects.length);
    },
    take: () => {
      lock();
      const block = getPointer(nextAt);
      if (block !== 0) {
        setPointer(nextAt, getPointer(block + freePointerOffset));
        setLong(activeAt, getLong(activeAt) + 1);
      }
      set32(lockAt, 0);
      if (initOnAlloc) get32(sizeAt);
      return block;
    },
    give: (block) => {
      lock();
      setPointer(block + freePointerOffset, getPointer(nextAt));
      setPointer(nextAt, block);
      setLong(activeAt, getLong(activeAt) - 1);
      set32(lockAt, 0);
    },
    // The driver sees a block's link: it is where its own words do.
    isLinked: false,
    linksObjects: true,
  };
}
