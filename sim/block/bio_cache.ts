/**
 * The bios that a CPU keeps of a bio_set (block/bio.c, struct bio_alloc_cache):
 * those that end in an interrupt wait in a list of their own until there are
 * enough of them to be given out again.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

/**
 * ALLOC_CACHE_MAX, the bios that a CPU keeps at most, and
 * ALLOC_CACHE_THRESHOLD, the ended ones that are worth moving.
 */
export const BIO_CACHE_LIMITS = { max: 256, threshold: 16 } as const;
// Constants of its own: bench/HOT_PATH.md.
const { max: MOST_CACHED, threshold: WORTH_MOVING } = BIO_CACHE_LIMITS;

/**
 * Where fields of struct bio_set are that a bio's allocation reads, as on amd64
 * (7.2): its first line, and one of the pool of arrays. mempool_alloc() and
 * mempool_free() of 6.x ask the pool of bios, too.
 */
export const BIO_SET = {
  slab: 0,
  cache: 16,
  pool: 48,
  poolAlloc: 56,
  poolFree: 64,
  vecPool: 112,
  sizeBytes: 144,
} as const;

export interface BioCache {
  /** bio_alloc_percpu_cache(); 0 where it has none to give. */
  readonly take: () => number;
  /** bio_put_percpu_cache() in an interrupt; false where it is full. */
  readonly give: (bio: number) => boolean;
  /** Bios that it has; not asked of memory. */
  readonly count: () => number;
}

/**
 * Makes a cache, empty.
 *
 * @param at Offset of bi_next in a bio, and where the bio_set is.
 */
export function createBioCache(
  memory: KernelMemory,
  at: { readonly next: number; readonly bioSet: number },
): BioCache {
  const { get32, set32, getPointer, setPointer, clearLong } = memory;
  const { pointerBytes } = memory.abi;
  const { next } = at;
  // { free_list, free_list_irq, nr, nr_irq }
  const listAt = memory.reserve("bio_alloc_cache", 2 * pointerBytes + 8);
  const endedAt = listAt + pointerBytes;
  const countAt = endedAt + pointerBytes;
  const endedCountAt = countAt + 4;
  const cacheAt = at.bioSet + BIO_SET.cache;
  clearLong(listAt);
  clearLong(endedAt);
  set32(countAt, 0);
  set32(endedCountAt, 0);
  setPointer(cacheAt, listAt);

  // An int32 word instead of a `let`: bench/HOT_PATH.md, "Integers".
  const { getOwn, addOwn } = memory;
  const KEPT = memory.reserveOwn(1);

  /** bio_alloc_irq_cache_splice() */
  const move = (): void => {
    setPointer(listAt, getPointer(endedAt));
    clearLong(endedAt);
    set32(countAt, get32(countAt) + get32(endedCountAt));
    set32(endedCountAt, 0);
  };
  return {
    take: () => {
      getPointer(cacheAt);
      let bio = getPointer(listAt);
      if (bio === 0) {
        if (get32(endedCountAt) < WORTH_MOVING) return 0;
        move();
        // What is rarely called answers a tagged integer; so would all of it.
        bio = getPointer(listAt) | 0;
      }
      setPointer(listAt, getPointer(bio + next));
      set32(countAt, (get32(countAt) - 1) | 0);
      addOwn(KEPT, -1);
      return bio;
    },
    give: (bio) => {
      getPointer(cacheAt);
      if (get32(endedCountAt) + get32(countAt) > MOST_CACHED) return false;
      setPointer(bio + next, getPointer(endedAt));
      setPointer(endedAt, bio);
      set32(endedCountAt, (get32(endedCountAt) + 1) | 0);
      addOwn(KEPT, 1);
      return true;
    },
    count: () => getOwn(KEPT),
  };
}
