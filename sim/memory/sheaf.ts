/**
 * The allocator of 7.x: an array of pointers per CPU (mm/slub.c, struct
 * slab_sheaf), so that a free object is not touched.
 */
import { allocatorOffsets } from "./allocator_offsets.ts";
import {
  CACHE_REGIONS,
  type FreeObjects,
  type FreeObjectsOptions,
} from "./free_objects.ts";
import type { KernelMemory } from "./kernel_memory.ts";

/** Makes a sheaf that has room for all: alloc_from_pcs(), free_to_pcs(). */
export function createSheaf(
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
    which: keyof typeof CACHE_REGIONS,
  ) =>
    memory.reserve(structure, sizeBytes, { name: CACHE_REGIONS[which](name) });
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
    fill: (objects) => {
      const sheaf = getPointer(mainAt);
      let size = get32(sheaf + sizeAt);
      for (const object of objects) {
        setPointer(sheaf + objectsAt + size * pointerBytes, object);
        size++;
      }
      set32(sheaf + sizeAt, size);
    },
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
    linksObjects: false,
    objectSizeAt,
  };
}
