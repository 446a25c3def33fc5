/**
 * The allocators that a slab cache can have in front of its objects: whose
 * memory they read and write, and which object comes next.
 */
import { createCpuSlab } from "./cpu_slab.ts";
import { createDmaPool } from "./dma_pool.ts";
import type { FreeObjects, FreeObjectsOptions } from "./free_objects.ts";
import { createFreelist, createUnseen } from "./freelist.ts";
import type { KernelMemory } from "./kernel_memory.ts";
import { createSheaf } from "./sheaf.ts";

/**
 * How a cache keeps its free objects:
 *
 * - `freelist`: a list through the free objects and nothing but its head, for
 *   workers that share a cache;
 * - `cpu_slab`: a list through the free objects of a CPU's own slab (mm/slub.c
 *   before 7.0, struct kmem_cache and kmem_cache_cpu);
 * - `sheaf`: an array of pointers per CPU (mm/slub.c of 7.x, struct
 *   slab_sheaf), a free object is not touched;
 * - `dma_pool`: a list through the free blocks, its head in the pool
 *   (mm/dmapool.c);
 * - `unseen`: a list that no trace sees, for what is part of another object in
 *   the kernel, and allocated with it.
 */
export type SlabAllocator =
  | "freelist"
  | "cpu_slab"
  | "sheaf"
  | "dma_pool"
  | "unseen";

const ALLOCATORS: Readonly<
  Record<
    SlabAllocator,
    (memory: KernelMemory, options: FreeObjectsOptions) => FreeObjects
  >
> = {
  freelist: createFreelist,
  "cpu_slab": createCpuSlab,
  sheaf: createSheaf,
  "dma_pool": createDmaPool,
  unseen: createUnseen,
};

/** Makes the free objects of a cache, none yet. */
export function createFreeObjects(
  memory: KernelMemory,
  kind: SlabAllocator,
  options: FreeObjectsOptions,
): FreeObjects {
  return ALLOCATORS[kind](memory, options);
}
