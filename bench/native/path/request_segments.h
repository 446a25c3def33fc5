/*
 * From a request to its physical segments: rest of the vector, cut by the
 * limits, joined with what is adjacent (sim/block/request_segments.ts;
 * block/blk-mq-dma.c blk_map_iter_next()).
 */
#ifndef REQUEST_SEGMENTS_H
#define REQUEST_SEGMENTS_H

/* struct bvec_iter without the sector, which nobody asks for here. */
struct bvec_iter {
	u32 size;
	u32 idx;
	u32 done;
};

/* struct blk_map_iter, and the segment that it is at. */
struct segments {
	phys_addr_t phys;
	u32 length;
	u32 flag;
	place segment_bio;
	/* Where the walk continues. */
	place bvecs;
	u32 max_vecs;
	struct bvec_iter iter;
	place bio;
};

ALWAYS_INLINE void segments_enter(struct segments *walk, place bio)
{
	walk->bio = bio;
	if (bio == 0)
		return;
	walk->bvecs = get_pointer(bio + BIO_BI_IO_VEC);
	walk->max_vecs = get16(bio + BIO_BI_MAX_VECS);
	walk->iter.idx = get32(bio + BIO_BI_ITER_BI_IDX);
	walk->iter.done = get32(bio + BIO_BI_ITER_BI_BVEC_DONE);
	walk->iter.size = get32(bio + BIO_BI_ITER_BI_SIZE);
}

ALWAYS_INLINE void segments_start(struct segments *walk, place request)
{
	walk->iter.size = 0;
	segments_enter(walk, get_pointer(request + REQUEST_BIO));
}

/* get_max_segment_size(), at most 2^31 - 1 */
ALWAYS_INLINE u32 segment_most_bytes(phys_addr_t phys)
{
	u32 room = get_long(LIMIT(SEG_BOUNDARY_MASK)) & ~(u32)phys;
	u32 most = room >= 0x7fffffff ? 0x7fffffff : room + 1;
	u32 limit = get32(LIMIT(MAX_SEGMENT_SIZE));

	return min(limit, most);
}

/* mp_bvec_iter_bvec(): the whole of it, with the flag where there is one. */
ALWAYS_INLINE bvec segments_copy(const struct segments *walk)
{
	const struct bvec_iter *iter = &walk->iter;

	bvec_trace_address(walk->bvecs, walk->max_vecs, iter->idx);
	bvec_trace_length(walk->bvecs, walk->max_vecs, iter->idx);
	if (FLAGS_MATTER)
		bvec_trace_flag(walk->bvecs, walk->max_vecs, iter->idx);
	return bvec_iter_copy(walk->bvecs, walk->max_vecs, iter->idx, iter->done,
			      iter->size);
}

/* bvec_iter_advance_single(): it asks for the length once more. */
ALWAYS_INLINE void segments_advance(struct segments *walk, u32 bytes)
{
	struct bvec_iter *iter = &walk->iter;
	u32 done = iter->done + bytes;

	if (done == vector_length(walk->bvecs, walk->max_vecs, iter->idx)) {
		done = 0;
		iter->idx++;
	}
	iter->done = done;
	iter->size -= bytes;
}

/* biovec_phys_mergeable(), and whether memory is of one kind. */
ALWAYS_INLINE bool segments_join(const struct segments *walk, const bvec *bv,
				 const bvec *next, u32 rest)
{
	phys_addr_t end = bvec_phys(bv) + rest + bvec_len(bv);
	phys_addr_t start = bvec_phys(next) + BVEC_REST(walk->iter.done);

	if (end != start)
		return false;
	if (FLAGS_MATTER && bvec_flag(bv) != bvec_flag(next))
		return false;
	return may_join(end - 1, start, walk->flag);
}

/* blk_map_iter_next(); false at the end. */
NOINLINE bool segments_next(struct segments *walk)
{
	phys_addr_t phys;
	u32 length, most, rest;
	bvec bv;

	while (walk->iter.size == 0) {
		if (walk->bio == 0)
			return false;
		segments_enter(walk, get_pointer(walk->bio + BIO_BI_NEXT));
		if (walk->bio == 0)
			return false;
	}
	walk->segment_bio = walk->bio;
	bv = segments_copy(walk);
	rest = BVEC_REST(walk->iter.done);
	phys = bvec_phys(&bv) + rest;
	walk->phys = phys;
	walk->flag = FLAGS_MATTER ? bvec_flag(&bv) : 0;
	length = bvec_len(&bv);
	most = segment_most_bytes(phys);
	most = min(most, BVEC_MOST_BYTES);
	if (unlikely(length > most)) {
		/* Cut inside the vector: nothing can be joined after it. */
		walk->iter.done += most;
		walk->iter.size -= most;
		walk->length = most;
		return true;
	}
	segments_advance(walk, length);
	while (walk->iter.size == 0 || walk->iter.done == 0) {
		bvec next;

		if (walk->iter.size == 0) {
			place following = get_pointer(walk->bio + BIO_BI_NEXT);

			segments_enter(walk, following);
			if (following == 0)
				break;
			if (walk->iter.size == 0)
				continue;
		}
		next = segments_copy(walk);
		if (bvec_len(&bv) + bvec_len(&next) > most ||
		    !segments_join(walk, &bv, &next, rest))
			break;
		bvec_put_len(&bv, bvec_len(&bv) + bvec_len(&next));
		segments_advance(walk, bvec_len(&next));
	}
	walk->length = bvec_len(&bv);
	return true;
}

#endif
