/* struct bio: allocation, initialisation, release (sim/block/bio.ts). */
#ifndef BIO_H
#define BIO_H

#define VECS_TAKE(count) \
	sheaf_take(vecs##count##_slab_cache, vecs##count##_sheaves, \
		   VECS##count##_BYTES)
#define VECS_GIVE(count, array) \
	sheaf_give(vecs##count##_slab_cache, vecs##count##_sheaves, array)

/* biovec_slab() of block/bio.c */
ALWAYS_INLINE place vecs_take(u32 capacity)
{
	if (capacity <= 16)
		return VECS_TAKE(16);
	if (capacity <= 64)
		return VECS_TAKE(64);
	if (capacity <= 128)
		return VECS_TAKE(128);
	return VECS_TAKE(256);
}

ALWAYS_INLINE void vecs_give(u32 capacity, place array)
{
	if (capacity <= 16)
		VECS_GIVE(16, array);
	else if (capacity <= 64)
		VECS_GIVE(64, array);
	else if (capacity <= 128)
		VECS_GIVE(128, array);
	else
		VECS_GIVE(256, array);
}

ALWAYS_INLINE u32 vec_capacity(u32 vecs)
{
	return vecs <= 16 ? 16 : vecs <= 64 ? 64 : vecs <= 128 ? 128 : 256;
}

/* bio_init(): every field is written, none is read. */
ALWAYS_INLINE void bio_init(place bio, u32 opf, place array, u16 max_vecs,
			    place pool)
{
	set_pointer(bio + BIO_BI_NEXT, 0);
	set_pointer(bio + BIO_BI_BDEV, bio_bdev);
	set32(bio + BIO_BI_OPF, opf);
	set16(bio + BIO_BI_FLAGS, 0);
	set16(bio + BIO_BI_IOPRIO, 0);
#ifdef BIO_BI_WRITE_HINT
	set8(bio + BIO_BI_WRITE_HINT, 0);
#endif
#ifdef BIO_BI_WRITE_STREAM
	set8(bio + BIO_BI_WRITE_STREAM, 0);
#endif
	set8(bio + BIO_BI_STATUS, 0);
#ifdef BIO_BI_BVEC_GAP_BIT
	set8(bio + BIO_BI_BVEC_GAP_BIT, 0);
#endif
	set32(bio + BIO_BI_REMAINING, 1);
	set_pointer(bio + BIO_BI_IO_VEC, array);
	set64(bio + BIO_BI_ITER_BI_SECTOR, 0);
	set32(bio + BIO_BI_ITER_BI_SIZE, 0);
	set32(bio + BIO_BI_ITER_BI_IDX, 0);
	set32(bio + BIO_BI_ITER_BI_BVEC_DONE, 0);
	set32(bio + BIO_BI_COOKIE, ~0u);
	set_long(bio + BIO_BI_END_IO, 0);
	set_pointer(bio + BIO_BI_PRIVATE, 0);
#ifdef BIO_BI_BLKG
	set_pointer(bio + BIO_BI_BLKG, 0);
#endif
#ifdef BIO_ISSUE_TIME_NS
	set64(bio + BIO_ISSUE_TIME_NS, 0);
#endif
#ifdef BIO_BI_ISSUE
	set64(bio + BIO_BI_ISSUE, 0);
#endif
#ifdef BIO_BI_IOCOST_COST
	set64(bio + BIO_BI_IOCOST_COST, 0);
#endif
#ifdef BIO_BI_INTEGRITY
	set_pointer(bio + BIO_BI_INTEGRITY, 0);
#endif
	set16(bio + BIO_BI_VCNT, 0);
	set16(bio + BIO_BI_MAX_VECS, max_vecs);
	set32(bio + BIO_BI_CNT, 1);
	set_pointer(bio + BIO_BI_POOL, pool);
}

ALWAYS_INLINE place bio_take_slab(void)
{
	/* SLAB_TYPESAFE_BY_RCU objects are never zeroed. */
	return sheaf_take(bio_slab_cache, bio_sheaves, 0);
}

/* bio_alloc_bioset(): from the CPU's cache, if it may go back there. */
ALWAYS_INLINE place bio_take(u32 opf)
{
	place bio;

	peek_pointer(bio_set + BIO_SET_SLAB);
	peek_pointer(bio_set + BIO_SET_VEC_POOL);
	if ((opf & REQ_ALLOC_CACHE) == 0)
		return bio_take_slab();
	bio = cache_take();
	if (bio == 0)
		return bio_take_slab();
	/* kmem_cache_size() */
	peek32(bio_slab_cache + KMEM_CACHE_OBJECT_SIZE);
	return bio;
}

ALWAYS_INLINE void bio_give_slab(place bio)
{
	sheaf_give(bio_slab_cache, bio_sheaves, bio);
}

/* bio_put() */
ALWAYS_INLINE void bio_put(place bio)
{
	place pool = get_pointer(bio + BIO_BI_POOL);

	if ((get32(bio + BIO_BI_OPF) & REQ_ALLOC_CACHE) != 0 &&
	    pool == bio_set && cache_give(bio))
		return;
	bio_give_slab(bio);
}

/* bio_alloc_bioset(); 0 where memory is out. */
static place bio_alloc(u32 vecs, u32 opf)
{
	place bio = bio_take(opf);
	place array;

	if (unlikely(bio == 0))
		return 0;
	if (vecs <= BIO_INLINE_VECS) {
		/* bio_alloc_percpu_cache() has room for what was asked for. */
		bio_init(bio, opf, bio + BIO_INLINE_AT,
			 (opf & REQ_ALLOC_CACHE) != 0 ? vecs : BIO_INLINE_VECS,
			 bio_set);
		return bio;
	}
	array = vecs_take(vecs);
	if (unlikely(array == 0)) {
		bio_give_slab(bio);
		return 0;
	}
	bio_init(bio, opf, array, vec_capacity(vecs), bio_set);
	return bio;
}

/* A bio on the table of a registered buffer (bio_iov_bvec_set()). */
ALWAYS_INLINE place bio_alloc_borrowed(place array, u16 vecs, u32 opf)
{
	place bio = bio_take(opf);

	if (unlikely(bio == 0))
		return 0;
	bio_init(bio, opf, array, vecs, bio_set);
	set16(bio + BIO_BI_FLAGS, BIO_CLONED);
	set16(bio + BIO_BI_VCNT, vecs);
	return bio;
}

/* bio_alloc_clone() */
static place bio_clone(place source)
{
	place bio = bio_take_slab();
	u16 flags = BIO_CLONED;
	place array;
	u32 opf;

	if (unlikely(bio == 0))
		return 0;
	opf = get32(source + BIO_BI_OPF) | REQ_NOMERGE;
	array = get_pointer(source + BIO_BI_IO_VEC);
	bio_init(bio, opf, array, get16(source + BIO_BI_MAX_VECS),
		 bio_split_set);
#ifdef RECOGNISE_BIO
	flags |= get16(source + BIO_BI_FLAGS) & BIO_P2P;
#endif
	set16(bio + BIO_BI_FLAGS, flags);
	if (flags & BIO_P2P)
		set_long(bio + BIO_PROVIDER_AT, get_long(source + BIO_PROVIDER_AT));
	set16(bio + BIO_BI_IOPRIO, get16(source + BIO_BI_IOPRIO));
#ifdef BIO_BI_WRITE_HINT
	set8(bio + BIO_BI_WRITE_HINT, get8(source + BIO_BI_WRITE_HINT));
#endif
#ifdef BIO_BI_WRITE_STREAM
	set8(bio + BIO_BI_WRITE_STREAM, get8(source + BIO_BI_WRITE_STREAM));
#endif
	set64(bio + BIO_BI_ITER_BI_SECTOR, get64(source + BIO_BI_ITER_BI_SECTOR));
	set32(bio + BIO_BI_ITER_BI_SIZE, get32(source + BIO_BI_ITER_BI_SIZE));
	set32(bio + BIO_BI_ITER_BI_IDX, get32(source + BIO_BI_ITER_BI_IDX));
	set32(bio + BIO_BI_ITER_BI_BVEC_DONE,
	      get32(source + BIO_BI_ITER_BI_BVEC_DONE));
	return bio;
}

/* bio_free(): the vectors too, if they are its own. */
ALWAYS_INLINE void bio_free(place bio)
{
	if ((get16(bio + BIO_BI_FLAGS) & BIO_CLONED) == 0) {
		u32 capacity = get16(bio + BIO_BI_MAX_VECS);

		if (capacity > BIO_INLINE_VECS)
			vecs_give(capacity, get_pointer(bio + BIO_BI_IO_VEC));
	}
	bio_put(bio);
}

#endif
