/*
 * The life of an I/O around its bios (sim/block/complete.ts, blkdev_dio.ts,
 * split_front.ts, page_references.ts; block/fops.c, block/bio.c).
 */
#ifndef COMPLETE_H
#define COMPLETE_H

static u32 in_flight_ios;
/* The I/O whose end the block layer reported last. */
static u32 ended_cookie;

/* struct blkdev_dio */
ALWAYS_INLINE place open_io(bool dirties_pages, u32 cookie)
{
	place dio = unseen_take(dio_head, DIO_LINK);

	if (unlikely(dio == 0))
		return 0;
	set32(dio + DIO_COOKIE, cookie);
	set32(dio + DIO_REF, 1);
	set32(dio + DIO_STATUS, BLK_STS_OK);
	set32(dio + DIO_DIRTY, dirties_pages);
	return dio;
}

/* Drops a reference; the last one ends the I/O. */
ALWAYS_INLINE void drop_io(place dio, u32 status)
{
	u32 references, result;

	if (unlikely(status != BLK_STS_OK) &&
	    get32(dio + DIO_STATUS) == BLK_STS_OK)
		set32(dio + DIO_STATUS, status);
	references = get32(dio + DIO_REF) - 1;
	set32(dio + DIO_REF, references);
	if (references > 0)
		return;
	result = get32(dio + DIO_STATUS);
	ended_cookie = get32(dio + DIO_COOKIE);
	if (unlikely(result != BLK_STS_OK))
		count_errors++;
	unseen_give(dio_head, DIO_LINK, dio);
	in_flight_ios--;
}

/* Gives back an I/O that was refused: it has no bios. */
ALWAYS_INLINE void refuse_io(place dio)
{
	set32(dio + DIO_REF, get32(dio + DIO_REF) - 1);
	unseen_give(dio_head, DIO_LINK, dio);
}

/* Drops the references on a vector's pages. */
ALWAYS_INLINE void unpin(unsigned long page, u32 offset, u32 bytes)
{
	folio_put(page_folio(page_at(page)), (offset + bytes + 4095) >> 12);
}

/*
 * folio_size(), which a kernel loads of each folio again: no vector here lies in
 * two of them.
 */
static volatile u32 folio_bytes = 1u << 30;

/* struct folio_iter, and what it walks over. */
struct folio_iter {
	place array;
	u32 max_vecs;
	u32 vcnt;
	place folio;
	u32 offset;
	u32 length;
	u32 seg_count;
	u32 i;
};

/* bio_first_folio(): a page that is kept as an address is found from it. */
ALWAYS_INLINE void bio_first_folio(struct folio_iter *fi, u32 i)
{
	bvec bv;
	place page;

	if (unlikely(i >= fi->vcnt)) {
		fi->folio = 0;
		return;
	}
	bv = bvec_copy(fi->array, fi->max_vecs, i);
	bvec_trace_address(fi->array, fi->max_vecs, i);
	bvec_trace_length(fi->array, fi->max_vecs, i);
	page = page_at(bvec_page(&bv));
	fi->folio = hidden(page_folio(page));
	/* folio_page_idx() */
	fi->offset = bvec_offset(&bv) +
		((u32)(page - fi->folio) / PAGE_STRUCT_BYTES << 12);
	fi->seg_count = bvec_len(&bv);
	fi->length = min(folio_bytes - fi->offset, fi->seg_count);
	fi->i = i;
}

ALWAYS_INLINE void bio_next_folio(struct folio_iter *fi)
{
	fi->seg_count -= fi->length;
	if (likely(fi->seg_count == 0))
		bio_first_folio(fi, fi->i + 1);
}

/* bio_for_each_folio_all() */
#define for_each_folio(fi, bio) \
	for (struct folio_iter fi = folios_of(bio); fi.folio != 0; \
	     bio_next_folio(&fi))

ALWAYS_INLINE struct folio_iter folios_of(place bio)
{
	struct folio_iter fi;

	fi.array = get_pointer(bio + BIO_BI_IO_VEC);
	fi.max_vecs = get16(bio + BIO_BI_MAX_VECS);
	fi.vcnt = get16(bio + BIO_BI_VCNT);
	bio_first_folio(&fi, 0);
	return fi;
}

ALWAYS_INLINE u32 folio_pages(const struct folio_iter *fi)
{
	return ((fi->offset + fi->length - 1) >> 12) - (fi->offset >> 12) + 1;
}

/* __bio_release_pages() */
NOINLINE void bio_release_pages(place bio, bool mark_dirty)
{
	for_each_folio(fi, bio) {
		if (mark_dirty)
			folio_mark_dirty(fi.folio);
		folio_put(fi.folio, folio_pages(&fi));
	}
}

static void release_pages(place bio)
{
	bio_release_pages(bio, false);
}

/* bio_set_pages_dirty() */
NOINLINE void set_pages_dirty(place bio)
{
	for_each_folio(fi, bio)
		folio_mark_dirty(fi.folio);
}
static u32 clean_pages;

/* bio_check_pages_dirty(): nothing here cleans a page meanwhile. */
NOINLINE void check_pages_dirty(place bio)
{
	for_each_folio(fi, bio) {
		if (unlikely(!folio_is_dirty(fi.folio)))
			clean_pages++;
	}
	release_pages(bio);
}

/* bio_endio(), blkdev_bio_end_io_async(), bio_chain_endio() */
static void end_bio(place bio, u32 status)
{
	for (;;) {
		place parent;

		if (unlikely(status != BLK_STS_OK) &&
		    get8(bio + BIO_BI_STATUS) == BLK_STS_OK)
			set8(bio + BIO_BI_STATUS, status);
		if ((get16(bio + BIO_BI_FLAGS) & BIO_CHAIN) != 0) {
			u32 remaining = get32(bio + BIO_BI_REMAINING) - 1;

			set32(bio + BIO_BI_REMAINING, remaining);
			if (remaining > 0)
				return;
		}
		status = get8(bio + BIO_BI_STATUS);
		parent = get_pointer(bio + BIO_BI_PRIVATE);
		if (get_long(bio + BIO_BI_END_IO) != END_IO_CHAIN) {
#if API_PREAD
			/* submit_bio_wait_endio(): the rest is the submitter's. */
			if (get_long(bio + BIO_BI_END_IO) == END_IO_WAIT)
				return;
#endif
			if ((get16(bio + BIO_BI_FLAGS) & BIO_PAGE_PINNED) != 0) {
				if (get32(parent + DIO_DIRTY) != 0)
					check_pages_dirty(bio);
				else
					release_pages(bio);
			}
			bio_free(bio);
			drop_io(parent, status);
			return;
		}
		bio_free(bio);
		bio = parent;
	}
}

/* The length of a vector alone. */
ALWAYS_INLINE u32 vector_length(place array, u32 max_vecs, u32 idx)
{
	bvec bv = bvec_copy(array, max_vecs, idx);

	bvec_trace_length(array, max_vecs, idx);
	return bvec_len(&bv);
}

/* The offset in its page of a vector alone. */
ALWAYS_INLINE u32 vector_offset(place array, u32 max_vecs, u32 idx)
{
	bvec bv = bvec_copy(array, max_vecs, idx);

	bvec_trace_offset(array, max_vecs, idx);
	return bvec_offset(&bv);
}

/* bio_advance_iter() */
static void bio_advance(place bio, u32 bytes)
{
	place array = get_pointer(bio + BIO_BI_IO_VEC);
	u32 max_vecs = get16(bio + BIO_BI_MAX_VECS);
	u32 idx, done;

	set64(bio + BIO_BI_ITER_BI_SECTOR,
	      get64(bio + BIO_BI_ITER_BI_SECTOR) + (bytes >> 9));
	set32(bio + BIO_BI_ITER_BI_SIZE, get32(bio + BIO_BI_ITER_BI_SIZE) - bytes);
	/* bio_no_advance_iter() */
	if (unlikely((get32(bio + BIO_BI_OPF) & REQ_OP_MASK) > REQ_OP_WRITE))
		return;
	idx = get32(bio + BIO_BI_ITER_BI_IDX);
	done = get32(bio + BIO_BI_ITER_BI_BVEC_DONE) + bytes;
	for (;;) {
		u32 length = vector_length(array, max_vecs, idx);

		if (done < length)
			break;
		done -= length;
		idx++;
		if (done == 0)
			break;
	}
	set32(bio + BIO_BI_ITER_BI_IDX, idx);
	set32(bio + BIO_BI_ITER_BI_BVEC_DONE, done);
}

/* bio_split() and bio_chain(): cuts the front off a bio; 0 for none free. */
static place split_front(place bio, u32 sectors)
{
	place front = bio_clone(bio);
	u32 bytes = sectors * 512;

	if (unlikely(front == 0))
		return 0;
	set32(front + BIO_BI_ITER_BI_SIZE, bytes);
	set_long(front + BIO_BI_END_IO, END_IO_CHAIN);
	set_pointer(front + BIO_BI_PRIVATE, bio);
	set16(bio + BIO_BI_FLAGS, get16(bio + BIO_BI_FLAGS) | BIO_CHAIN);
	set32(bio + BIO_BI_REMAINING, get32(bio + BIO_BI_REMAINING) + 1);
	set8(front + BIO_GAP_AT, get8(bio + BIO_GAP_AT));
	set8(bio + BIO_GAP_AT, 0);
	bio_advance(bio, bytes);
	return front;
}

#endif
