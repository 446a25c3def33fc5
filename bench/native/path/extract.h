/*
 * Extraction: user memory is pinned and becomes the vectors of a bio
 * (sim/block/extract.ts, iov_iter.ts, submit.ts; iov_iter_extract_bvecs() of
 * 7.x). A piece is in one folio: it is one vector and takes one reference.
 */
#ifndef EXTRACT_H
#define EXTRACT_H

/* Where the extraction of an I/O is. */
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

/*
 * The struct page of the last vector, where that is looked at. A kernel has its
 * address from the vector; where it is here is known from the last round.
 */
ALWAYS_INLINE place previous_page(place array, u32 max_vecs, u32 vcnt, place known)
{
	bvec last;

	if (!LOOKS_AT_PREVIOUS)
		return 0;
	bvec_trace_page(array, max_vecs, vcnt - 1);
	last = bvec_copy(array, max_vecs, vcnt - 1);
	if (unlikely(known == 0))
		return page_at(bvec_page(&last));
	work_out(bvec_page(&last));
	return known;
}

/* Memory that was pinned. */
struct pinned {
	/* Its struct page: a kernel's pointer, and where it is here. */
	unsigned long page;
	place at;
	/* The one before it in this pass, or 0. */
	place previous;
	u32 offset;
};

/* get_contig_folio_len(): are the pages after the first of its folio? */
ALWAYS_INLINE void follow_folio(struct pinned pinned, place staged, u32 pages)
{
	place folio;

	if (!HAS_COMPOUND_PAGES)
		return;
	folio = page_folio(pinned.at);
	if ((get32(folio + PAGE_FLAGS_AT) & PG_HEAD) == 0)
		return;
	for (u32 i = 1; i < pages; i++) {
		unsigned long next;
		place at;

		/* Without staged pointers they follow each other. */
		if (unlikely(staged == 0)) {
			if (page_folio(pinned.at + i * PAGE_STRUCT_BYTES) != folio)
				return;
			continue;
		}
		at = staged + i * POINTER_BYTES;
		next = get_staged(at);
		if (page_folio(page_at(next)) != folio)
			return;
		if (next != get_staged(at - POINTER_BYTES) + PAGE_STRUCT_BYTES)
			return;
	}
}

/* The flag of the last vector. */
ALWAYS_INLINE u32 previous_flag(place array, u32 max_vecs, u32 vcnt)
{
	bvec last = bvec_copy(array, max_vecs, vcnt - 1);

	bvec_trace_flag(array, max_vecs, vcnt - 1);
	return bvec_flag(&last);
}

/* Kinds may be mixed in a bio by segment, but such a bio is never merged. */
static void bar_mixed(place bio)
{
	if (P2P_NOMERGE)
		set32(bio + BIO_BI_OPF, get32(bio + BIO_BI_OPF) | REQ_NOMERGE);
}

/* Adds a vector to the end of a bio; false where a new bio has to begin. */
ALWAYS_INLINE bool add_extracted(place bio, place array, u32 max_vecs,
				 const struct pinned *pinned, u32 bytes,
				 u32 provider)
{
	u32 vcnt = get16(bio + BIO_BI_VCNT);
	u32 flag;

	if (vcnt > 0 &&
	    !same_bio(previous_page(array, max_vecs, vcnt, pinned->previous),
		      pinned->at, provider, bio))
		return false;
	if (unlikely(vcnt == max_vecs))
		return false;
	flag = segment_flag(provider, bio);
	if (FLAGS_MATTER && vcnt > 0 &&
	    unlikely(previous_flag(array, max_vecs, vcnt) != flag))
		bar_mixed(bio);
	bvec_set_page(array, max_vecs, vcnt, pinned->page, pinned->offset, bytes,
		      flag);
	set16(bio + BIO_BI_VCNT, vcnt + 1);
	return true;
}

/* bio_iov_iter_get_pages(): P2P memory, by the first vector, is not merged. */
ALWAYS_INLINE void bar_if_p2p(place bio, u32 provider)
{
	u32 max_vecs;
	place array;
	bool bars;
	bvec first;

	if (!P2P_NOMERGE)
		return;
	array = get_pointer(bio + BIO_BI_IO_VEC);
	max_vecs = get16(bio + BIO_BI_MAX_VECS);
	first = bvec_copy(array, max_vecs, 0);
	if (FLAGS_MATTER) {
		bvec_trace_flag(array, max_vecs, 0);
		bars = bvec_flag(&first);
	} else {
		bvec_trace_page(array, max_vecs, 0);
		bars = bars_merging(bvec_page(&first), provider);
	}
	if (bars)
		set32(bio + BIO_BI_OPF, get32(bio + BIO_BI_OPF) | REQ_NOMERGE);
}

/* iov_iter_extract_bvecs(), one pass: bytes taken, or -errno. */
NOINLINE s32 extract_pass(place bio, u32 slots)
{
	u32 offset = ((u32)window_phys_lo[piece_at] + piece_skip) & 4095;
	u32 alignment = get32(limits_at + QUEUE_LIMITS_DMA_ALIGNMENT);
	u32 taken = 0;
	struct pinned pinned = { .previous = 0 };
	u32 room, size, most, max_vecs;
	place staged, array;

	if (((offset | bytes_left) & alignment) != 0)
		return -ERRNO_INVAL;
	room = slots - get16(bio + BIO_BI_VCNT);
	size = min(bytes_left, room * 4096 - offset);
	most = ~0u - get32(bio + BIO_BI_ITER_BI_SIZE);
	size = min(size, most);
	staged = stage_pages(bio, piece_at, piece_skip, size);
	array = get_pointer(bio + BIO_BI_IO_VEC);
	max_vecs = get16(bio + BIO_BI_MAX_VECS);
	while (taken < size) {
		phys_addr_t phys = piece_phys(piece_at) + piece_skip;
		u32 rest = (u32)window_piece_bytes[piece_at] - piece_skip;
		u32 whole = min(rest, size - taken);
		u32 in_page = phys & 4095;
		/* A length of few bits ends a vector at a page before its time. */
		u32 bytes = whole <= BVEC_MOST_BYTES
				    ? whole
				    : ((in_page + BVEC_MOST_BYTES) & ~4095u) - in_page;
		u32 pages = (in_page + bytes + 4095) >> 12;
		place next = staged + pages * POINTER_BYTES;
		place at = likely(next <= staged_end) ? staged : 0;
		/* The vector may take the place of the first pointer only. */
		u32 provider;

		pinned.page = likely(at != 0) ? get_staged(at)
					      : PFN_TO_PAGE(phys >> 12);
		pinned.at = page_at(pinned.page);
		pinned.offset = in_page;
		follow_folio(pinned, at, pages);
		provider = pinned_provider(pinned.at, window_provider[piece_at]);
		if (!add_extracted(bio, array, max_vecs, &pinned, bytes, provider))
			break;
		page_get(pinned.at, pages);
		pinned.previous = pinned.at;
		staged = next;
		taken += bytes;
		if (bytes == rest) {
			piece_at++;
			piece_skip = 0;
		} else {
			piece_skip += bytes;
		}
	}
	set32(bio + BIO_BI_ITER_BI_SIZE, get32(bio + BIO_BI_ITER_BI_SIZE) + taken);
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
		bvec last = bvec_copy(array, max_vecs, vcnt - 1);
		u32 length = bvec_len(&last);
		phys_addr_t phys = bvec_phys(&last);

		bvec_trace_length(array, max_vecs, vcnt - 1);
		bvec_trace_address(array, max_vecs, vcnt - 1);

		if (beyond < length) {
			u32 end = (u32)(phys & 4095) + length;
			u32 kept = (end - beyond + 4095) & ~4095u;

			bvec_set_length(array, max_vecs, vcnt - 1, length - beyond);
			/* Pages that no byte is left of. */
			if (kept < end)
				unpin(PFN_TO_PAGE((phys >> 12) + (kept >> 12)), 0,
				      end - kept);
			break;
		}
		beyond -= length;
		vcnt--;
		unpin(bvec_page(&last), phys & 4095, length);
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
