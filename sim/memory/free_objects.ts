/** The free objects of a slab cache, whichever allocator keeps them. */
import type { KernelMemory } from "./kernel_memory.ts";

/** The free objects of a cache, none at first. */
export interface FreeObjects {
  /**
   * Adds objects, the last one to be taken first: as `give` of each of them, in
   * one store each.
   *
   * @param linked How many of them, from the last one on, are linked now; the
   *   others are linked by the caller, before the last of these is taken.
   *   Default: all.
   */
  readonly fill: (objects: readonly number[], linked?: number) => void;
  /** Whether a free object holds the link to the next, as in a linked list. */
  readonly linksObjects: boolean;
  /** Takes an object, or 0. */
  readonly take: () => number;
  readonly give: (object: number) => void;
  /** Whether what it touches in an object is the allocator's, not its own. */
  readonly isLinked: boolean;
  /** Where the size of an object is (kmem_cache_size()), if anywhere. */
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
 * Links objects to a list, as `give` of each of them would.
 *
 * @param objects Offsets of the objects; the last one is taken first.
 * @param list What the list began with, where a link is in an object, and how
 * many objects are linked, from the last one on; default: all.
 * @returns What the list begins with now.
 */
export function linkObjects(
  { setPointer }: KernelMemory,
  objects: readonly number[],
  list: {
    head: number;
    freePointerOffset: number;
    linked?: number | undefined;
  },
): number {
  const { head, freePointerOffset, linked = objects.length } = list;
  const first = Math.max(0, objects.length - linked);
  let next = objects[first - 1] ?? head;
  for (let i = first; i < objects.length; i++) {
    const object = objects[i] as number;
    setPointer(object + freePointerOffset, next);
    next = object;
  }
  return next;
}

/**
 * Names the region of a slab's freelist head.
 *
 * @param name Name of the slab's own region.
 */
export function slabHeadName(name: string): string {
  return `freelist of ${name}`;
}

/** Names of the regions that a cache has, from its own name. */
export const CACHE_REGIONS = {
  cache: (name: string): string => `kmem_cache of ${name}`,
  perCpu: (name: string): string => `sheaves of ${name}`,
  sheaf: (name: string): string => `main sheaf of ${name}`,
} as const;
