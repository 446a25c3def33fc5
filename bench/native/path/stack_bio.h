/* The bio of a synchronous I/O, and its vectors (sim/block/stack_bio.ts). */
#ifndef STACK_BIO_H
#define STACK_BIO_H

#if API_PREAD

/* kmalloc() of exactly so many vectors, or those of the stack, zeroed. */
static place vectors_take(u32 vecs)
{
	place at, end;

#define TAKE(most, cache, bytes) \
	if (vecs <= most) \
		return sheaf_take(cache##_slab_cache, cache##_sheaves, bytes);
	if (vecs > BIO_INLINE_VECS) {
		VECTOR_CACHES(TAKE)
	}
#undef TAKE
	end = stack_vectors + bvec_array_bytes(vecs);
	for (at = stack_vectors; at + POINTER_BYTES <= end; at += POINTER_BYTES)
		set_pointer_unaligned(at, 0);
	for (; at + 4 <= end; at += 4)
		set32(at, 0);
	for (; at < end; at++)
		set8(at, 0);
	return stack_vectors;
}

static void vectors_give(place array, u32 vecs)
{
#define GIVE(most, cache, bytes) \
	if (vecs <= most) { \
		sheaf_give(cache##_slab_cache, cache##_sheaves, array); \
		return; \
	}
	if (vecs > BIO_INLINE_VECS) {
		VECTOR_CACHES(GIVE)
	}
#undef GIVE
}

#endif

#endif
