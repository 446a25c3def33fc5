/**
 * A list through the free objects and nothing but its head: as traces see it,
 * or as none does.
 */
import {
  type FreeObjects,
  type FreeObjectsOptions,
  linkObjects,
  slabHeadName,
} from "./free_objects.ts";
import type { KernelMemory } from "./kernel_memory.ts";

/** Makes a list whose head is a structure of its own. */
export function createFreelist(
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
    fill: (objects, linked) => {
      const list = { head: getPointer(head), freePointerOffset, linked };
      setPointer(head, linkObjects(memory, objects, list));
    },
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
    linksObjects: true,
  };
}

/** Makes a list that no trace sees. */
export function createUnseen(
  memory: KernelMemory,
  { name, freePointerOffset }: FreeObjectsOptions,
): FreeObjects {
  const { unseen } = memory;
  const { littleEndian } = memory.abi;
  const head = memory.reserve("lab's own list", memory.abi.pointerBytes, {
    name: slabHeadName(name),
  });
  const give = (object: number): void => {
    unseen.setInt32(
      object + freePointerOffset,
      unseen.getInt32(head, littleEndian),
      littleEndian,
    );
    unseen.setInt32(head, object, littleEndian);
  };
  return {
    fill: (objects) => objects.forEach(give),
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
    give,
    isLinked: true,
    // Few, and small: all of them are linked at once.
    linksObjects: false,
  };
}
