/*
 * A bio joins a request that is not issued yet (sim/block/merge.ts,
 * bio_edges.ts; block/blk-merge.c blk_attempt_bio_merge()).
 */
#ifndef MERGE_H
#define MERGE_H

enum merge { MERGE_FAILED = -1, MERGE_NONE, MERGE_BACK, MERGE_FRONT };

#define UNMERGEABLE (REQ_NOMERGE | REQ_FUA | REQ_PREFLUSH)

/* A vector at an edge of a bio; offset is from the page that it names. */
struct edge {
	phys_addr_t phys;
	u32 offset;
	u32 length;
};

/* bio_get_first_bvec() */
static struct edge first_vector(place bio)
{
	place array = get_pointer(bio + BIO_BI_IO_VEC);
	u32 max_vecs = get16(bio + BIO_BI_MAX_VECS);
	u32 idx = get32(bio + BIO_BI_ITER_BI_IDX);
	u32 done = get32(bio + BIO_BI_ITER_BI_BVEC_DONE);
	bvec bv = bvec_copy(array, max_vecs, idx);
	phys_addr_t phys = bvec_phys(&bv);
	u32 rest = bvec_len(&bv) - done;
	u32 size;

	bvec_trace_address(array, max_vecs, idx);
	bvec_trace_length(array, max_vecs, idx);
	size = get32(bio + BIO_BI_ITER_BI_SIZE);
	return (struct edge){ phys + done, (phys & 4095) + done, min(rest, size) };
}

/* bio_get_last_bvec() */
static struct edge last_vector(place bio)
{
	struct edge edge = first_vector(bio);
	u32 left = get32(bio + BIO_BI_ITER_BI_SIZE) - edge.length;
	u32 max_vecs, idx, length;
	place array;
	bvec bv;

	if (left == 0)
		return edge;
	array = get_pointer(bio + BIO_BI_IO_VEC);
	max_vecs = get16(bio + BIO_BI_MAX_VECS);
	idx = get32(bio + BIO_BI_ITER_BI_IDX) + 1;
	length = vector_length(array, max_vecs, idx);
	while (left > length) {
		left -= length;
		idx++;
		length = vector_length(array, max_vecs, idx);
	}
	bv = bvec_copy(array, max_vecs, idx);
	bvec_trace_address(array, max_vecs, idx);
	edge.phys = bvec_phys(&bv);
	edge.offset = edge.phys & 4095;
	edge.length = left;
	return edge;
}

/* biovec_phys_mergeable() */
static bool edges_join(struct edge before, struct edge after)
{
	phys_addr_t last = after.phys + after.length - 1;
	u64 mask;

	if (before.phys + before.length != after.phys)
		return false;
	mask = get_long(LIMIT(SEG_BOUNDARY_MASK));
	/* The mask has 32 bits: above them, only equality is asked for. */
	return ((u32)(before.phys ^ last) & ~(u32)mask) == 0 &&
		before.phys >> 32 == last >> 32;
}

static u32 edge_gap(struct edge before, struct edge after)
{
	return after.offset | (before.offset + before.length);
}

/* bio_will_gap(): `front` begins the request, `prev` and `next` meet. */
static bool will_gap(place front, place prev, place next)
{
	u32 virt = get_long(LIMIT(VIRT_BOUNDARY_MASK));
	struct edge before, after;

	if (virt == 0)
		return false;
	if ((first_vector(front).offset & virt) != 0)
		return true;
	before = last_vector(prev);
	after = first_vector(next);
	return !edges_join(before, after) && (edge_gap(before, after) & virt) != 0;
}

/* min_not_zero() */
ALWAYS_INLINE u32 lowest(u32 a, u32 b)
{
	return a == 0 ? b : b == 0 || a < b ? a : b;
}

/* bio_seg_gap(): the lowest bit of all gaps, with the one in between. */
static void join_gaps(place request, place prev, place next)
{
	u32 bit = get8(request + REQUEST_GAP_AT);
	struct edge before, after;

	bit = lowest(bit, get8(prev + BIO_GAP_AT));
	bit = lowest(bit, get8(next + BIO_GAP_AT));
	before = last_vector(prev);
	after = first_vector(next);
	if (!edges_join(before, after))
		bit = lowest(bit, lowest_bit(edge_gap(before, after)));
	set8(request + REQUEST_GAP_AT, bit);
}

/* blk_rq_get_max_sectors(), in bytes */
static u64 merge_max_bytes(u64 sector)
{
	u32 most = get32(LIMIT(MAX_SECTORS));
	u32 chunk = get32(LIMIT(CHUNK_SECTORS));

	if (chunk != 0) {
		u32 in_chunk = chunk - sector % chunk;

		most = min(most, in_chunk);
	}
	return (u64)most * 512;
}

static enum merge merge_refused(place request)
{
	set32(request + REQUEST_CMD_FLAGS,
	      get32(request + REQUEST_CMD_FLAGS) | REQ_NOMERGE);
	return MERGE_FAILED;
}

/* ll_back_merge_fn(), ll_front_merge_fn(), bio_attempt_*_merge() */
static enum merge merge_at(place request, place bio, u32 segments, bool back)
{
	place tail = back ? get_pointer(request + REQUEST_BIOTAIL) : 0;
	place head = get_pointer(request + REQUEST_BIO);
	place prev = back ? tail : bio;
	place next = back ? bio : head;
	u64 bytes, sector;
	u32 sum;

	if (will_gap(back ? head : bio, prev, next))
		return MERGE_FAILED;
	bytes = get32(request + REQUEST_DATA_LEN);
	bytes += get32(bio + BIO_BI_ITER_BI_SIZE);
	sector = back ? get64(request + REQUEST_SECTOR)
		      : get64(bio + BIO_BI_ITER_BI_SECTOR);
	if (bytes > merge_max_bytes(sector))
		return merge_refused(request);
	/* ll_new_hw_segment(): segments add, junctions are not looked at. */
	sum = get16(request + REQUEST_NR_PHYS_SEGMENTS) + segments;
	if (sum > get16(LIMIT(MAX_SEGMENTS)))
		return merge_refused(request);
	set16(request + REQUEST_NR_PHYS_SEGMENTS, sum);
	join_gaps(request, prev, next);
	set_pointer(prev + BIO_BI_NEXT, next);
	if (back) {
		set_pointer(request + REQUEST_BIOTAIL, bio);
	} else {
		set_pointer(request + REQUEST_BIO, bio);
		set64(request + REQUEST_SECTOR, sector);
	}
	set32(request + REQUEST_DATA_LEN, bytes);
	return back ? MERGE_BACK : MERGE_FRONT;
}

/* blk_rq_merge_ok(): hint and stream of the data are one in a request. */
ALWAYS_INLINE bool is_another_stream(place request, place bio)
{
#ifdef BIO_BI_WRITE_HINT
	place own = get_pointer(request + REQUEST_BIO);
	u8 hint = get8(own + BIO_BI_WRITE_HINT);

	if (hint != get8(bio + BIO_BI_WRITE_HINT))
		return true;
#ifdef BIO_BI_WRITE_STREAM
	hint = get8(own + BIO_BI_WRITE_STREAM);
	if (hint != get8(bio + BIO_BI_WRITE_STREAM))
		return true;
#endif
#endif
	return false;
}

/* blk_attempt_bio_merge() */
ALWAYS_INLINE enum merge merge_attempt(place request, place bio, u32 segments)
{
	u32 opf = get32(request + REQUEST_CMD_FLAGS);
	u32 other = get32(bio + BIO_BI_OPF);
	u64 rq_sector, bio_sector;
	u16 priority;
	bool back;

	if (((opf ^ other) & REQ_OP_MASK) != 0)
		return MERGE_NONE;
	if (((opf | other) & UNMERGEABLE) != 0)
		return MERGE_NONE;
	touch_bio_merge(bio);
	rq_sector = get64(request + REQUEST_SECTOR);
	bio_sector = get64(bio + BIO_BI_ITER_BI_SECTOR);
	back = rq_sector + (get32(request + REQUEST_DATA_LEN) >> 9) == bio_sector;
	if (!back && bio_sector + (get32(bio + BIO_BI_ITER_BI_SIZE) >> 9) !=
			     rq_sector)
		return MERGE_NONE;
	priority = request_priority(request);
	if (priority != get16(bio + BIO_BI_IOPRIO))
		return MERGE_NONE;
	if (is_another_stream(request, bio))
		return MERGE_NONE;
	return merge_at(request, bio, segments, back);
}

#endif
