/*
 * From a request to its physical segments: rest of the vector, cut by the
 * limits, joined with what is adjacent (sim/block/request_segments.ts;
 * block/blk-mq-dma.c blk_map_iter_next()).
 */
#ifndef REQUEST_SEGMENTS_H
#define REQUEST_SEGMENTS_H

struct segments {
	/* The segment that the walk stands at. */
	phys_addr_t phys;
	u32 length;
	u32 flag;
	place segment_bio;
	/* Where the walk goes on. */
	place bio;
	place array;
	u32 max_vecs;
	u32 idx;
	u32 done;
	u32 left;
};

ALWAYS_INLINE void segments_enter(struct segments *walk, place bio)
{
	walk->bio = bio;
	if (bio == 0)
		return;
	walk->array = get_pointer(bio + BIO_BI_IO_VEC);
	walk->max_vecs = get16(bio + BIO_BI_MAX_VECS);
	walk->idx = get32(bio + BIO_BI_ITER_BI_IDX);
	walk->done = get32(bio + BIO_BI_ITER_BI_BVEC_DONE);
	walk->left = get32(bio + BIO_BI_ITER_BI_SIZE);
}

ALWAYS_INLINE void segments_start(struct segments *walk, place request)
{
	walk->left = 0;
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

ALWAYS_INLINE u32 vector_flag(const struct segments *walk)
{
	return FLAGS_MATTER ? bvec_flag(walk->array, walk->max_vecs, walk->idx) : 0;
}

/* bvec_iter_advance_single(): it asks for the length once more. */
ALWAYS_INLINE void segments_advance(struct segments *walk, u32 bytes)
{
	walk->left -= bytes;
	walk->done += bytes;
	if (walk->done == bvec_length(walk->array, walk->max_vecs, walk->idx)) {
		walk->done = 0;
		walk->idx++;
	}
}

/* Whether what follows was joined to the segment; false ends it. */
ALWAYS_INLINE bool segments_join(struct segments *walk, phys_addr_t phys, u32 *length,
				 u32 most)
{
	/* mp_bvec_iter_bvec(): the whole of it, whether it joins or not. */
	phys_addr_t next = bvec_phys(walk->array, walk->max_vecs, walk->idx) + walk->done;
	u32 rest = bvec_length(walk->array, walk->max_vecs, walk->idx) - walk->done;
	u32 piece;

	if (phys + *length != next)
		return false;
	piece = min(rest, walk->left);
	if (*length + piece > most)
		return false;
	if (FLAGS_MATTER && vector_flag(walk) != walk->flag)
		return false;
	if (!may_join(phys + *length - 1, next, walk->flag))
		return false;
	*length += piece;
	segments_advance(walk, piece);
	return true;
}

/* blk_map_iter_next(); false at the end. */
ALWAYS_INLINE bool segments_next(struct segments *walk)
{
	phys_addr_t phys;
	u32 length, rest, most;

	while (walk->left == 0) {
		if (walk->bio == 0)
			return false;
		segments_enter(walk, get_pointer(walk->bio + BIO_BI_NEXT));
		if (walk->bio == 0)
			return false;
	}
	walk->segment_bio = walk->bio;
	phys = bvec_phys(walk->array, walk->max_vecs, walk->idx) + walk->done;
	rest = bvec_length(walk->array, walk->max_vecs, walk->idx) - walk->done;
	walk->flag = vector_flag(walk);
	length = min(rest, walk->left);
	most = segment_most_bytes(phys);
	if (unlikely(length > most)) {
		/* Cut inside the vector: nothing can be joined behind it. */
		walk->done += most;
		walk->left -= most;
		length = most;
	} else {
		segments_advance(walk, length);
		for (;;) {
			if (walk->left == 0) {
				place following = get_pointer(walk->bio + BIO_BI_NEXT);

				segments_enter(walk, following);
				if (following == 0)
					break;
				if (walk->left == 0)
					continue;
			}
			if (!segments_join(walk, phys, &length, most))
				break;
		}
	}
	walk->phys = phys;
	walk->length = length;
	return true;
}

#endif
