/*
 * What of a bio fits into one request (sim/block/split.ts; block/blk-merge.c
 * bio_split_io_at()). Reads and writes only: no workload has others.
 */
#ifndef SPLIT_H
#define SPLIT_H

/* nr_phys_segments and lowest gap bit of the part that stays in the bio. */
static u32 counted_segments;
static u8 counted_gap_bit;

#define LIMIT(name) (limits_at + QUEUE_LIMITS_##name)

/* get_max_io_size() */
static u32 max_io_sectors(u64 sector)
{
	u32 most = get32(LIMIT(MAX_SECTORS));
	u32 chunk = get32(LIMIT(CHUNK_SECTORS));
	u32 physical = get32(LIMIT(PHYSICAL_BLOCK_SIZE)) >> 9;
	u32 logical = get32(LIMIT(LOGICAL_BLOCK_SIZE)) >> 9;
	u64 start, end;

	if (chunk != 0) {
		u32 in_chunk = chunk - sector % chunk;

		most = min(most, in_chunk);
	}
	/* Both block sizes are powers of two (checkQueueLimits()). */
	start = sector & (physical - 1);
	end = (start + most) & ~(u64)(physical - 1);
	return end > start ? end - start : most & ~(logical - 1);
}

/* max_fast_segment_size, which the limits of older kernels have no place for. */
ALWAYS_INLINE u32 fast_segment_bytes(void)
{
#ifdef QUEUE_LIMITS_MAX_FAST_SEGMENT_SIZE
	return get32(LIMIT(MAX_FAST_SEGMENT_SIZE));
#else
	return FAST_SEGMENT_BYTES;
#endif
}

/* bio_may_need_split() */
ALWAYS_INLINE bool may_need_split(place bio)
{
	u32 max_vecs, idx, length, rest, offset;
	place array;

	if (get32(LIMIT(CHUNK_SECTORS)) != 0)
		return true;
	array = get_pointer(bio + BIO_BI_IO_VEC);
	max_vecs = get16(bio + BIO_BI_MAX_VECS);
	idx = get32(bio + BIO_BI_ITER_BI_IDX);
	length = vector_length(array, max_vecs, idx);
	rest = length - get32(bio + BIO_BI_ITER_BI_BVEC_DONE);
	if (get32(bio + BIO_BI_ITER_BI_SIZE) > rest)
		return true;
	offset = vector_offset(array, max_vecs, idx);
	return length + offset > fast_segment_bytes();
}

/* bvec_split_segs(): counts pieces of a vector by the limits; bytes taken. */
NOINLINE u32 split_vector(phys_addr_t phys, u32 offset, u32 most, u32 *segments,
			u32 max_segments, u32 virt)
{
	u32 boundary = get_long(LIMIT(SEG_BOUNDARY_MASK));
	u32 max_bytes = get32(LIMIT(MAX_SEGMENT_SIZE));
	u32 total = 0;

	while (total < most && *segments < max_segments) {
		u64 to_boundary = (u64)boundary -
			(boundary & (u32)(phys + total)) + 1;
		u32 piece = min(most - total, to_boundary);

		piece = min(piece, max_bytes);
		(*segments)++;
		total += piece;
		if (((offset + total) & virt) != 0)
			break;
	}
	return total;
}

/* bio_split_io_at(): 0, sectors of the front part, or -status. */
NOINLINE s32 split_walk(place bio)
{
	place array = get_pointer(bio + BIO_BI_IO_VEC);
	u32 max_vecs = get16(bio + BIO_BI_MAX_VECS);
	u64 max_bytes =
		(u64)max_io_sectors(get64(bio + BIO_BI_ITER_BI_SECTOR)) * 512;
	u32 max_segments = get16(LIMIT(MAX_SEGMENTS));
	u32 max_fast = fast_segment_bytes();
	u32 alignment = get32(LIMIT(DMA_ALIGNMENT));
	u32 virt = get_long(LIMIT(VIRT_BOUNDARY_MASK));
	u32 idx = get32(bio + BIO_BI_ITER_BI_IDX);
	u32 done = get32(bio + BIO_BI_ITER_BI_BVEC_DONE);
	u32 left = get32(bio + BIO_BI_ITER_BI_SIZE);
	u32 segments = 0, gaps = 0;
	u64 bytes = 0;
	bool cut = false;
	bvec previous, *last = 0;
	u32 last_rest = 0;
	u32 opf, sectors;

	while (left > 0) {
		/* mainline's bv_offset + bi_bvec_done can be beyond a page */
		bvec bv = bvec_iter_copy(array, max_vecs, idx, done, left);
		u32 length = bvec_len(&bv);
		u32 offset = bvec_offset(&bv) + BVEC_REST(done & 4095);

		bvec_trace_length(array, max_vecs, idx);
		bvec_trace_offset(array, max_vecs, idx);
		if (unlikely(((offset | length) & alignment) != 0))
			return -BLK_STS_INVAL;
		if (last != 0) {
			u32 end = bvec_offset(last) + bvec_len(last) + last_rest;

			/* bvec_gap_to_prev(), bvec_seg_gap() */
			if (((offset | end) & virt) != 0) {
				cut = true;
				break;
			}
			gaps |= offset | end;
		}
		if (segments < max_segments && bytes + length <= max_bytes &&
		    offset + length <= max_fast) {
			segments++;
			bytes += length;
		} else {
			phys_addr_t phys = bvec_phys(&bv) + BVEC_REST(done);
			u32 most = min(length, max_bytes - bytes);
			u32 total;

			bvec_trace_address(array, max_vecs, idx);
			total = split_vector(phys, offset, most, &segments,
					     max_segments, virt);
			bytes += total;
			if (length > total) {
				cut = true;
				break;
			}
		}
		previous = bv;
		last = &previous;
		last_rest = BVEC_REST(done & 4095);
		left -= length;
		idx++;
		done = 0;
	}
	counted_segments = segments;
	counted_gap_bit = lowest_bit(gaps);
	set8(bio + BIO_GAP_AT, counted_gap_bit);
	if (!cut)
		return 0;
	opf = get32(bio + BIO_BI_OPF);
	if ((opf & REQ_ATOMIC) != 0)
		return -BLK_STS_INVAL;
	if ((opf & REQ_NOWAIT) != 0)
		return -BLK_STS_AGAIN;
	sectors = (bytes & ~(u64)(get32(LIMIT(LOGICAL_BLOCK_SIZE)) - 1)) / 512;
	return sectors == 0 ? -BLK_STS_INVAL : (s32)sectors;
}

ALWAYS_INLINE s32 split(place bio)
{
	counted_gap_bit = 0;
	counted_segments = 1;
	if (unlikely((get32(bio + BIO_BI_OPF) & REQ_OP_MASK) > REQ_OP_WRITE)) {
		counted_segments = 0;
		return 0;
	}
	return may_need_split(bio) ? split_walk(bio) : 0;
}

#endif
