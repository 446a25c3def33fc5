/*
 * The allocators of 7.x (sim/memory/slab.ts, sheaf.ts, dma_pool.ts; mm/slub.c,
 * dmapool.c, block/bio.c) with LIFO reuse: what a CPU has in its sheaf, a
 * pool's list of blocks, and the bios that a CPU keeps.
 */
#ifndef SLAB_H
#define SLAB_H

/*
 * init_on_alloc: what was taken is zeroed, by words of 8 bytes. Volatile, so that
 * cc makes no memset() of it, which is counted otherwise by each counter.
 */
ALWAYS_INLINE void zero_object(place at, u32 bytes)
{
	u32 i;

	if (!INIT_ON_ALLOC)
		return;
	for (i = 0; i + 8 <= bytes; i += 8) {
		trace_access(at + i, 8, true);
		*(volatile any64 *)(arena + at + i) = 0;
	}
	for (; i < bytes; i += 4) {
		trace_access(at + i, 4, true);
		*(volatile any32 *)(arena + at + i) = 0;
	}
}

/* local_trylock() of struct slub_percpu_sheaves */
ALWAYS_INLINE place sheaves_lock(place cache, place sheaves)
{
	peek_pointer(cache + KMEM_CACHE_CPU_SHEAVES);
	if (get8(sheaves + SHEAVES_LOCK) == 0)
		set8(sheaves + SHEAVES_LOCK, 1);
	return get_pointer(sheaves + SHEAVES_MAIN);
}

/* alloc_from_pcs(); 0 where the sheaf is empty. */
ALWAYS_INLINE place sheaf_take(place cache, place sheaves, u32 zeroed)
{
	place sheaf = sheaves_lock(cache, sheaves);
	u32 size = get32(sheaf + SHEAF_SIZE);
	place object;

	if (unlikely(size == 0)) {
		set8(sheaves + SHEAVES_LOCK, 0);
		return 0;
	}
	object = get_pointer(sheaf + SHEAF_OBJECTS +
			     (place)(size - 1) * POINTER_BYTES);
	set32(sheaf + SHEAF_SIZE, size - 1);
	set8(sheaves + SHEAVES_LOCK, 0);
	/* slab_post_alloc_hook() */
	peek32(cache + KMEM_CACHE_OBJECT_SIZE);
	if (INIT_ON_ALLOC) {
		peek_pointer(cache + KMEM_CACHE_CONSTRUCTOR);
		peek16(cache + KMEM_CACHE_FLAGS);
		if (zeroed > 0)
			zero_object(object, zeroed);
	}
	return object;
}

/* free_to_pcs() */
ALWAYS_INLINE void sheaf_give(place cache, place sheaves, place object)
{
	place sheaf = sheaves_lock(cache, sheaves);
	u32 size = get32(sheaf + SHEAF_SIZE);

	peek32(cache + KMEM_CACHE_SHEAF_CAPACITY);
	set_pointer(sheaf + SHEAF_OBJECTS + (place)size * POINTER_BYTES, object);
	set32(sheaf + SHEAF_SIZE, size + 1);
	set8(sheaves + SHEAVES_LOCK, 0);
}

ALWAYS_INLINE void pool_lock(place pool)
{
	set32(pool + DMA_POOL_LOCK, get32(pool + DMA_POOL_LOCK));
}

/* dma_pool_alloc(); 0 where it has no block. */
ALWAYS_INLINE place pool_take(place pool, place link, u32 bytes)
{
	place block;

	pool_lock(pool);
	block = get_pointer(pool + DMA_POOL_NEXT_BLOCK);
	if (likely(block != 0)) {
		set_pointer(pool + DMA_POOL_NEXT_BLOCK,
			    get_pointer(block + link));
		set_long(pool + DMA_POOL_NR_ACTIVE,
			 get_long(pool + DMA_POOL_NR_ACTIVE) + 1);
	}
	set32(pool + DMA_POOL_LOCK, 0);
	if (INIT_ON_ALLOC) {
		peek32(pool + DMA_POOL_SIZE);
		if (likely(block != 0))
			zero_object(block, bytes);
	}
	return block;
}

/* dma_pool_free() */
ALWAYS_INLINE void pool_give(place pool, place link, place block)
{
	pool_lock(pool);
	set_pointer(block + link, get_pointer(pool + DMA_POOL_NEXT_BLOCK));
	set_pointer(pool + DMA_POOL_NEXT_BLOCK, block);
	set_long(pool + DMA_POOL_NR_ACTIVE,
		 get_long(pool + DMA_POOL_NR_ACTIVE) - 1);
	set32(pool + DMA_POOL_LOCK, 0);
}

/* A list that no trace sees: what the kernel has inside another object. */
ALWAYS_INLINE place unseen_take(place head, place link)
{
	place object = *(any32 *)(arena + head);

	if (likely(object != 0))
		*(any32 *)(arena + head) = *(any32 *)(arena + object + link);
	return object;
}

ALWAYS_INLINE void unseen_give(place head, place link, place object)
{
	*(any32 *)(arena + object + link) = *(any32 *)(arena + head);
	*(any32 *)(arena + head) = object;
}

/* struct bio_alloc_cache: { free_list, free_list_irq, nr, nr_irq } */
#define CACHE_LIST bio_cache
#define CACHE_ENDED (bio_cache + POINTER_BYTES)
#define CACHE_COUNT (bio_cache + 2 * POINTER_BYTES)
#define CACHE_ENDED_COUNT (bio_cache + 2 * POINTER_BYTES + 4)

/* bio_alloc_percpu_cache(); 0 where it has none to give. */
ALWAYS_INLINE place cache_take(void)
{
	place bio;

	peek_pointer(bio_set + BIO_SET_CACHE);
	bio = get_pointer(CACHE_LIST);
	if (bio == 0) {
		if (get32(CACHE_ENDED_COUNT) < BIO_CACHE_THRESHOLD)
			return 0;
		/* bio_alloc_irq_cache_splice() */
		set_pointer(CACHE_LIST, get_pointer(CACHE_ENDED));
		set_pointer(CACHE_ENDED, 0);
		set32(CACHE_COUNT,
		      get32(CACHE_COUNT) + get32(CACHE_ENDED_COUNT));
		set32(CACHE_ENDED_COUNT, 0);
		bio = get_pointer(CACHE_LIST);
	}
	set_pointer(CACHE_LIST, get_pointer(bio + BIO_BI_NEXT));
	set32(CACHE_COUNT, get32(CACHE_COUNT) - 1);
	return bio;
}

/* bio_put_percpu_cache() in an interrupt; false where it is full. */
ALWAYS_INLINE bool cache_give(place bio)
{
	u32 ended;

	peek_pointer(bio_set + BIO_SET_CACHE);
	ended = get32(CACHE_ENDED_COUNT);
	if (ended + get32(CACHE_COUNT) > BIO_CACHE_MAX)
		return false;
	set_pointer(bio + BIO_BI_NEXT, get_pointer(CACHE_ENDED));
	set_pointer(CACHE_ENDED, bio);
	set32(CACHE_ENDED_COUNT, get32(CACHE_ENDED_COUNT) + 1);
	return true;
}

#endif
