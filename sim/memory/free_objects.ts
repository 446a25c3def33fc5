/** The free objects of a slab cache, whichever allocator keeps them. */

/** The free objects of a cache, none at first. */
export interface FreeObjects {
  /**
   * Adds objects, the last one to be taken first: as `give` of each of them, in
   * one store each.
   */
  readonly fill: (objects: readonly number[]) => void;
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
