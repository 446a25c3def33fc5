/**
 * The allocator before 7.0: a list through the free objects of a CPU's own slab
 * (mm/slub.c, struct kmem_cache and kmem_cache_cpu).
 */
import { allocatorOffsets } from "./allocator_offsets.ts";
import {
  CACHE_REGIONS,
  type FreeObjects,
  type FreeObjectsOptions,
  linkObjects,
  slabHeadName,
} from "./free_objects.ts";
import type { KernelMemory } from "./kernel_memory.ts";

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
      name: CACHE_REGIONS.cache(name),
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
        `as many as fit in a line`,
    );
  }
  return { ...found, listAt };
}

/**
 * Makes the free objects of a CPU's own slab: slab_alloc_node() and
 * do_slab_free() of 6.x where that slab has free objects, and what is freed is
 * of it.
 */
export function createCpuSlab(
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
    fill: (objects, linked) => {
      const head = getPointer(listAt);
      const list = { head, freePointerOffset, linked };
      setPointer(listAt, linkObjects(memory, objects, list));
      setLong(tidAt, (getLong(tidAt) + objects.length) | 0);
    },
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
    // The link is counted with the object that it is in, as in a recording.
    isLinked: false,
    linksObjects: true,
  };
}
