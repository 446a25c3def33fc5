/** The structs of the kernel's slab allocators and DMA pools. */

/**
 * Where fields of the allocators' structs are, in pointers and further bytes:
 * no pahole text was recorded of them, and they have the same fields on every
 * ABI (mm/slab.h, mm/slub.c, mm/dmapool.c of 7.2).
 */
export function allocatorOffsets(pointerBytes: number) {
  return {
    /** struct kmem_cache. */
    cache: {
      cpuSheaves: 0,
      flags: pointerBytes,
      objectSize: 3 * pointerBytes + 4,
      sheafCapacity: 3 * pointerBytes + 20,
      constructor: 3 * pointerBytes + 40,
      sizeBytes: 3 * pointerBytes + 40 + pointerBytes,
    },
    /**
     * struct kmem_cache of 6.x: recorded on amd64 with hardened freelists, as
     * distributions build it; a list_head and a kobject of 8 pointers or, on 32
     * bits, 9 are in front of the random number.
     */
    slubCache: {
      cpuSlab: 0,
      flags: pointerBytes,
      objectSize: 3 * pointerBytes + 4,
      offset: 3 * pointerBytes + 16,
      constructor: Math.ceil((3 * pointerBytes + 44) / pointerBytes) *
        pointerBytes,
      random: pointerBytes === 8 ? 184 : 120,
      sizeBytes: (pointerBytes === 8 ? 184 : 120) + pointerBytes,
    },
    /** struct kmem_cache_cpu; the lab has a list for each user after it. */
    cpuSlab: {
      tid: pointerBytes,
      slab: 2 * pointerBytes,
      lists: 4 * pointerBytes,
      sizeBytes: 64,
    },
    /** struct slub_percpu_sheaves. */
    perCpu: { lock: 0, main: pointerBytes, sizeBytes: 4 * pointerBytes },
    /** struct slab_sheaf. */
    sheaf: { size: 3 * pointerBytes, objects: 3 * pointerBytes + 8 },
    /** struct dma_pool. */
    pool: {
      lock: 2 * pointerBytes,
      nextBlock: 3 * pointerBytes,
      nrActive: 5 * pointerBytes,
      size: 8 * pointerBytes,
      sizeBytes: 8 * pointerBytes + 4,
    },
  } as const;
}
