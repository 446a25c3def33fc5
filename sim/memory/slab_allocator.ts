/**
 * The allocators that a slab cache can have in front of its objects: whose
 * memory they read and write, and which object comes next.
 */
import type { KernelMemory } from "./kernel_memory.ts";

/**
 * How a cache keeps its free objects:
 *
 * - `freelist`: a list through the free objects and nothing but its head, as
 *   workers have it that share a cache;
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

/** The free objects of a cache; they are added by `give`, last one first. */
export interface FreeObjects {
  /** Takes an object, or 0. */
  readonly take: () => number;
  /** Gives an object back. */
  readonly give: (object: number) => void;
  /** Whether what it touches in an object is the allocator's, not its own. */
  readonly isLinked: boolean;
  /** Where the size of an object lies (kmem_cache_size()), if anywhere. */
  readonly objectSizeAt?: number;
}

/** What an allocator is made for. */
export interface FreeObjectsOptions {
  /** Name of the cache's own region. */
  readonly name: string;
  /** Name of the cache, where structures share one (kmalloc). */
  readonly cacheName?: string | undefined;
  /** Objects at most. */
  readonly count: number;
  /** Offset in a free object of the pointer to the next free one. */
  readonly freePointerOffset: number;
  /** Takes a list of objects that others have freed, or 0; freelist alone. */
  readonly refill?: (() => number) | undefined;
}

/**
 * Names the region of a slab's freelist head.
 *
 * @param name Name of the slab's own region.
 * @returns The name.
 */
export function slabHeadName(name: string): string {
  return `freelist of ${name}`;
}

/**
 * Where fields of the allocators' structs lie, in pointers and further bytes:
 * no pahole text was recorded of them, and they have the same fields on every
 * ABI (mm/slab.h, mm/slub.c, mm/dmapool.c of 7.2).
 *
 * @param pointerBytes Size of a pointer.
 * @returns Byte offsets and sizes.
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
     * distributions build it; a list_head and a kobject of 8 pointers or, on
     * 32 bits, 9 lie in front of the random number.
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
    /** struct kmem_cache_cpu; the lab has a list for each user behind it. */
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

/** Names of the regions that a cache has, from its own name. */
export const SHEAF_REGIONS = {
  cache: (name: string): string => `kmem_cache of ${name}`,
  perCpu: (name: string): string => `sheaves of ${name}`,
  sheaf: (name: string): string => `main sheaf of ${name}`,
} as const;

/**
 * Makes the free objects of a cache, none yet.
 *
 * @param memory Kernel memory.
 * @param kind The allocator.
 * @param options What it is made for.
 * @returns The free objects.
 */
export function createFreeObjects(
  memory: KernelMemory,
  kind: SlabAllocator,
  options: FreeObjectsOptions,
): FreeObjects {
  if (kind === "sheaf") return createSheaf(memory, options);
  if (kind === "cpu_slab") return createCpuSlab(memory, options);
  if (kind === "dma_pool") return createPool(memory, options);
  if (kind === "unseen") return createUnseen(memory, options);
  return createFreelist(memory, options);
}

function createFreelist(
  memory: KernelMemory,
  { name, freePointerOffset, refill }: FreeObjectsOptions,
): FreeObjects {
  const { getPointer, setPointer, abi } = memory;
  // The per-CPU freelist head (struct kmem_cache_cpu).
  const head = memory.reserve("kmem_cache_cpu", abi.pointerBytes, {
    name: slabHeadName(name),
  });
  setPointer(head, 0);
  return {
    take: () => {
      let object = getPointer(head);
      if (object === 0 && refill !== undefined) object = refill();
      if (object !== 0) {
        setPointer(head, getPointer(object + freePointerOffset));
      }
      return object;
    },
    give: (object) => {
      setPointer(object + freePointerOffset, getPointer(head));
      setPointer(head, object);
    },
    isLinked: true,
  };
}

/** Caches that structures share, by name. */
const SHARED_CACHES = new WeakMap<
  KernelMemory,
  Map<string, { cache: number; perCpu: number; users: number }>
>();

/** Finds the cache of a name, or makes it. */
function slubCacheOf(memory: KernelMemory, name: string) {
  const { pointerBytes } = memory.abi;
  const { slubCache, cpuSlab } = allocatorOffsets(pointerBytes);
  const known = SHARED_CACHES.get(memory) ?? new Map();
  SHARED_CACHES.set(memory, known);
  const found = known.get(name) ?? {
    cache: memory.reserve("kmem_cache", slubCache.sizeBytes, {
      name: SHEAF_REGIONS.cache(name),
    }),
    perCpu: memory.reserve("kmem_cache_cpu", cpuSlab.sizeBytes, {
      name: slabHeadName(name),
    }),
    users: 0,
  };
  known.set(name, found);
  const listAt = found.perCpu +
    (found.users++ === 0
      ? 0
      : cpuSlab.lists + (found.users - 2) * pointerBytes);
  if (listAt + pointerBytes > found.perCpu + cpuSlab.sizeBytes) {
    throw new RangeError(
      `Cannot share cache "${name}": it has ${found.users} users, expected ` +
        `what has room in a line`,
    );
  }
  return { ...found, listAt };
}

/**
 * slab_alloc_node() and do_slab_free() of 6.x where the CPU's own slab has free
 * objects, and what is freed is of that slab.
 */
function createCpuSlab(
  memory: KernelMemory,
  { name, cacheName = name, freePointerOffset }: FreeObjectsOptions,
): FreeObjects {
  const { get16, get32, getPointer, setPointer, getLong, setLong } = memory;
  const { initOnAlloc } = memory;
  const { slubCache, cpuSlab } = allocatorOffsets(memory.abi.pointerBytes);
  const { cache, perCpu, listAt } = slubCacheOf(memory, cacheName);
  const cpuSlabAt = cache + slubCache.cpuSlab;
  const flagsAt = cache + slubCache.flags;
  const objectSizeAt = cache + slubCache.objectSize;
  const offsetAt = cache + slubCache.offset;
  const constructorAt = cache + slubCache.constructor;
  const randomAt = cache + slubCache.random;
  const tidAt = perCpu + cpuSlab.tid;
  const slabAt = perCpu + cpuSlab.slab;
  setPointer(cpuSlabAt, perCpu);
  setPointer(listAt, 0);
  setLong(tidAt, 0);
  /** this_cpu_cmpxchg_double() of list and transaction. */
  const exchange = (object: number): void => {
    setPointer(listAt, object);
    setLong(tidAt, (getLong(tidAt) + 1) | 0);
  };
  return {
    take: () => {
      getPointer(cpuSlabAt);
      const object = getPointer(listAt);
      getPointer(slabAt);
      if (object === 0) return 0;
      // get_freepointer_safe(), with the number that it is encoded by.
      get32(offsetAt);
      const next = getPointer(object + freePointerOffset);
      getLong(randomAt);
      exchange(next);
      // slab_post_alloc_hook(), slab_want_init_on_alloc()
      get32(objectSizeAt);
      get16(flagsAt);
      if (initOnAlloc) getPointer(constructorAt);
      return object;
    },
    give: (object) => {
      getPointer(cpuSlabAt);
      getPointer(slabAt);
      get32(offsetAt);
      getLong(randomAt);
      setPointer(object + freePointerOffset, getPointer(listAt));
      exchange(object);
    },
    // The link is counted with the object that it lies in, as in a recording.
    isLinked: false,
  };
}

/** alloc_from_pcs() and free_to_pcs(), with a sheaf that has room for all. */
function createSheaf(
  memory: KernelMemory,
  { name, count }: FreeObjectsOptions,
): FreeObjects {
  const { get8, set8, get16, get32, set32, getPointer, setPointer } = memory;
  const { pointerBytes } = memory.abi;
  const { initOnAlloc } = memory;
  const offsets = allocatorOffsets(pointerBytes);
  const reserve = (
    structure: string,
    sizeBytes: number,
    which: keyof typeof SHEAF_REGIONS,
  ) =>
    memory.reserve(structure, sizeBytes, { name: SHEAF_REGIONS[which](name) });
  const cache = reserve("kmem_cache", offsets.cache.sizeBytes, "cache");
  const perCpu = reserve(
    "slub_percpu_sheaves",
    offsets.perCpu.sizeBytes,
    "perCpu",
  );
  const objectsAt = offsets.sheaf.objects;
  const main = reserve("slab_sheaf", objectsAt + count * pointerBytes, "sheaf");
  const cpuSheavesAt = cache + offsets.cache.cpuSheaves;
  const flagsAt = cache + offsets.cache.flags;
  const objectSizeAt = cache + offsets.cache.objectSize;
  const capacityAt = cache + offsets.cache.sheafCapacity;
  const constructorAt = cache + offsets.cache.constructor;
  const lockAt = perCpu + offsets.perCpu.lock;
  const mainAt = perCpu + offsets.perCpu.main;
  const sizeAt = offsets.sheaf.size;
  setPointer(cpuSheavesAt, perCpu);
  set32(capacityAt, count);
  set8(lockAt, 0);
  setPointer(mainAt, main);
  set32(main + sizeAt, 0);
  /** local_trylock() */
  const lock = (): number => {
    const sheaves = getPointer(cpuSheavesAt);
    if (get8(lockAt) === 0) set8(lockAt, 1);
    return sheaves;
  };
  const unlock = (): void => set8(lockAt, 0);
  return {
    take: () => {
      lock();
      const sheaf = getPointer(mainAt);
      const size = get32(sheaf + sizeAt);
      if (size === 0) {
        unlock();
        return 0;
      }
      const object = getPointer(
        sheaf + objectsAt + (size - 1) * pointerBytes,
      );
      set32(sheaf + sizeAt, size - 1);
      unlock();
      // slab_post_alloc_hook(), slab_want_init_on_alloc()
      get32(objectSizeAt);
      if (initOnAlloc) {
        getPointer(constructorAt);
        get16(flagsAt);
      }
      return object;
    },
    give: (object) => {
      lock();
      const sheaf = getPointer(mainAt);
      const size = get32(sheaf + sizeAt);
      get32(capacityAt);
      setPointer(sheaf + objectsAt + size * pointerBytes, object);
      set32(sheaf + sizeAt, size + 1);
      unlock();
    },
    isLinked: false,
    objectSizeAt,
  };
}

/** dma_pool_alloc() and dma_pool_free() */
function createPool(
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
    // The driver sees a block's link: it lies where its own words do.
    isLinked: false,
  };
}

function createUnseen(
  memory: KernelMemory,
  { name, freePointerOffset }: FreeObjectsOptions,
): FreeObjects {
  const { unseen } = memory;
  const { littleEndian } = memory.abi;
  const head = memory.reserve("lab's own list", memory.abi.pointerBytes, {
    name: slabHeadName(name),
  });
  return {
    take: () => {
      const object = unseen.getInt32(head, littleEndian);
      if (object !== 0) {
        unseen.setInt32(
          head,
          unseen.getInt32(object + freePointerOffset, littleEndian),
          littleEndian,
        );
      }
      return object;
    },
    give: (object) => {
      unseen.setInt32(
        object + freePointerOffset,
        unseen.getInt32(head, littleEndian),
        littleEndian,
      );
      unseen.setInt32(head, object, littleEndian);
    },
    isLinked: true,
  };
}
