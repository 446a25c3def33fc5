/* struct bio: allocation, initialisation, release (sim/block/bio.ts). */
#ifndef BIO_H
#define BIO_H

/* biovec_slab() of block/bio.c: head of the slab and its link. */
ALWAYS_INLINE place vecs_take(u32 capacity)
{
	if (capacity <= 16)
		return slab_take(vecs16_head, VECS16_LINK);
	if (capacity <= 64)
		return slab_take(vecs64_head, VECS64_LINK);
	if (capacity <= 128)
		return slab_take(vecs128_head, VECS128_LINK);
	return slab_take(vecs256_head, VECS256_LINK);
}

ALWAYS_INLINE void vecs_give(u32 capacity, place array)
{
	if (capacity <= 16)
		slab_give(vecs16_head, VECS16_LINK, array);
	else if (capacity <= 64)
		slab_give(vecs64_head, VECS64_LINK, array);
	else if (capacity <= 128)
		slab_give(vecs128_head, VECS128_LINK, array);
	else
		slab_give(vecs256_head, VECS256_LINK, array);
}

ALWAYS_INLINE u32 vec_capacity(u32 vecs)
{
	return vecs <= 16 ? 16 : vecs <= 64 ? 64 : vecs <= 128 ? 128 : 256;
}

/* bio_init(): every field is written, none is read. */
ALWAYS_INLINE void bio_init(place bio, u32 opf, place array, u16 max_vecs)
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
	set_pointer(bio + BIO_BI_POOL, bio_set);
}

/* bio_alloc_bioset(); 0 where memory is out. */
static place bio_alloc(u32 vecs, u32 opf)
{
	place bio = slab_take(bio_head, BIO_LINK);
	place array;

	if (unlikely(bio == 0))
		return 0;
	if (vecs <= BIO_INLINE_VECS) {
		/* bio_alloc_percpu_cache() has room for what was asked for. */
		bio_init(bio, opf, bio + BIO_INLINE_AT,
			 (opf & REQ_ALLOC_CACHE) != 0 ? vecs : BIO_INLINE_VECS);
		return bio;
	}
	array = vecs_take(vecs);
	if (unlikely(array == 0)) {
		slab_give(bio_head, BIO_LINK, bio);
		return 0;
	}
	bio_init(bio, opf, array, vec_capacity(vecs));
	return bio;
}

/* A bio on the table of a registered buffer (bio_iov_bvec_set()). */
ALWAYS_INLINE place bio_alloc_borrowed(place array, u16 vecs, u32 opf)
{
	place bio = slab_take(bio_head, BIO_LINK);

	if (unlikely(bio == 0))
		return 0;
	bio_init(bio, opf, array, vecs);
	set16(bio + BIO_BI_FLAGS, BIO_CLONED);
	set16(bio + BIO_BI_VCNT, vecs);
	return bio;
}

/* bio_alloc_clone() */
static place bio_clone(place source)
{
	place bio = slab_take(bio_head, BIO_LINK);
	u16 flags = BIO_CLONED;
	place array;
	u32 opf;

	if (unlikely(bio == 0))
		return 0;
	opf = get32(source + BIO_BI_OPF) | REQ_NOMERGE;
	array = get_pointer(source + BIO_BI_IO_VEC);
	bio_init(bio, opf, array, get16(source + BIO_BI_MAX_VECS));
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
	slab_give(bio_head, BIO_LINK, bio);
}

#endif
