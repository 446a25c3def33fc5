/*
 * Extraction: user memory is pinned and becomes the vectors of a bio
 * (sim/block/extract.ts, submit.ts; iov_iter_extract_bvecs() of 7.x). A piece
 * lies in one folio, so that each piece is one vector and takes one reference.
 */
#ifndef EXTRACT_H
#define EXTRACT_H

/* Where the extraction of an I/O stands. */
static u32 piece_at;
static u32 piece_skip;
static u32 bytes_left;

/* iov_iter_npages() */
ALWAYS_INLINE u32 pages_left(u32 most)
{
	u32 offset, pages;

	if (bytes_left == 0)
		return 0;
	offset = ((u32)window_phys_lo[piece_at] + piece_skip) & 4095;
	pages = (offset + bytes_left + 4095) >> 12;
	return min(most, pages);
}

/* Adds a vector to the end of a bio; false where a new bio has to begin. */
ALWAYS_INLINE bool add_extracted(place bio, phys_addr_t phys, u32 bytes, u32 provider)
{
	u32 vcnt = get16(bio + BIO_BI_VCNT);
	u32 max_vecs = get16(bio + BIO_BI_MAX_VECS);
	u32 size = get32(bio + BIO_BI_ITER_BI_SIZE);
	place array = get_pointer(bio + BIO_BI_IO_VEC);

	if (bytes == 0 || (u64)size + bytes > 0xffffffff)
		return false;
	if (vcnt > 0 && !same_bio(LOOKS_AT_PREVIOUS
					  ? bvec_phys(array, max_vecs, vcnt - 1)
					  : 0,
				  phys, provider, bio))
		return false;
	if (vcnt == max_vecs)
		return false;
	bvec_set(array, max_vecs, vcnt, phys, bytes, segment_flag(provider, bio));
	set16(bio + BIO_BI_VCNT, vcnt + 1);
	set32(bio + BIO_BI_ITER_BI_SIZE, size + bytes);
	return true;
}

/* bio_iov_iter_get_pages(): P2P memory, by the first vector, is not merged. */
ALWAYS_INLINE void bar_if_p2p(place bio, u32 provider)
{
	place array;

	if (!P2P_NOMERGE)
		return;
	array = get_pointer(bio + BIO_BI_IO_VEC);
	if (bars_merging(bvec_phys(array, get16(bio + BIO_BI_MAX_VECS), 0), provider))
		set32(bio + BIO_BI_OPF, get32(bio + BIO_BI_OPF) | REQ_NOMERGE);
}

/* One pass: bytes taken, or -errno. */
static s32 extract_pass(place bio, u32 slots)
{
	u32 offset = ((u32)window_phys_lo[piece_at] + piece_skip) & 4095;
	u32 alignment = get32(limits_at + QUEUE_LIMITS_DMA_ALIGNMENT);
	u32 taken = 0;
	u32 room, size, most;
	place staged;

	if (((offset | bytes_left) & alignment) != 0)
		return -ERRNO_INVAL;
	room = slots - get16(bio + BIO_BI_VCNT);
	size = min(bytes_left, room * 4096 - offset);
	most = ~0u - get32(bio + BIO_BI_ITER_BI_SIZE);
	size = min(size, most);
	staged = stage_pages(bio, piece_at, piece_skip, size);
	while (taken < size) {
		phys_addr_t phys = piece_phys(piece_at) + piece_skip;
		u32 rest = (u32)window_piece_bytes[piece_at] - piece_skip;
		u32 bytes = min(rest, size - taken);
		u32 pages = ((u32)(phys & 4095) + bytes + 4095) >> 12;
		place next = staged + pages * POINTER_BYTES;
		place at = likely(next <= staged_end) ? staged : 0;
		/* The vector may take the place of the first pointer only. */
		place page = likely(at != 0) ? get_staged(at) : page_of(phys);

		follow_folio(page, at, pages);
		if (!add_extracted(bio, phys, bytes, window_provider[piece_at]))
			break;
		page_get(page, pages);
		staged = next;
		taken += bytes;
		if (bytes == rest) {
			piece_at++;
			piece_skip = 0;
		} else {
			piece_skip += bytes;
		}
	}
	bytes_left -= taken;
	return taken;
}

/* bio_iov_iter_align_down(): 0, or -errno if no block is left. */
static s32 align_down(place bio)
{
	u32 block = get32(limits_at + QUEUE_LIMITS_LOGICAL_BLOCK_SIZE) - 1;
	u32 size = get32(bio + BIO_BI_ITER_BI_SIZE);
	u32 beyond = size & block;
	place array;
	u32 max_vecs, vcnt;

	if (likely(beyond == 0))
		return 0;
	set32(bio + BIO_BI_ITER_BI_SIZE, size - beyond);
	bytes_left += beyond;
	for (u32 back = beyond; back > 0;) {
		u32 step;

		if (piece_skip == 0)
			piece_skip = window_piece_bytes[--piece_at];
		step = min(back, piece_skip);
		piece_skip -= step;
		back -= step;
	}
	array = get_pointer(bio + BIO_BI_IO_VEC);
	max_vecs = get16(bio + BIO_BI_MAX_VECS);
	vcnt = get16(bio + BIO_BI_VCNT);
	while (beyond > 0) {
		u32 length = bvec_length(array, max_vecs, vcnt - 1);
		phys_addr_t phys = bvec_phys(array, max_vecs, vcnt - 1);

		if (beyond < length) {
			u32 end = (u32)(phys & 4095) + length;
			u32 kept = (end - beyond + 4095) & ~4095u;

			bvec_set_length(array, max_vecs, vcnt - 1, length - beyond);
			/* Pages that no byte is left of. */
			if (kept < end)
				unpin((phys & ~(phys_addr_t)4095) + kept, end - kept);
			break;
		}
		beyond -= length;
		vcnt--;
		unpin(phys, length);
		set16(bio + BIO_BI_VCNT, vcnt);
	}
	return vcnt == 0 ? -ERRNO_FAULT : 0;
}

/* bio_iov_iter_get_pages(): 0 or -errno, then nothing is pinned. */
static s32 extract_fill(place bio, u32 slots)
{
	u32 first = window_provider[piece_at];
	s32 result;

	do {
		result = extract_pass(bio, slots);
	} while (result > 0 && bytes_left > 0 && get16(bio + BIO_BI_VCNT) < slots);
	if (unlikely(result == -ERRNO_INVAL)) {
		release_pages(bio);
		return result;
	}
	if (unlikely(get16(bio + BIO_BI_VCNT) == 0))
		return result < 0 ? result : -ERRNO_FAULT;
	bar_if_p2p(bio, first);
	set16(bio + BIO_BI_FLAGS, get16(bio + BIO_BI_FLAGS) | BIO_PAGE_PINNED);
	return align_down(bio);
}

#endif
