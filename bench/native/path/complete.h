/*
 * The life of an I/O around its bios: opening it, chaining split bios, ending
 * bios, releasing pages (sim/block/complete.ts; block/fops.c, block/bio.c).
 */
#ifndef COMPLETE_H
#define COMPLETE_H

static u32 in_flight_ios;
/* Which I/O the block layer has told the end of last. */
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
ALWAYS_INLINE void unpin(phys_addr_t phys, u32 bytes)
{
	page_put(page_of(phys), ((u32)(phys & 4095) + bytes + 4095) >> 12);
}

/* bio_for_each_folio_all(): what of each vector is looked at. */
#define for_each_vector(bio, phys, bytes, body) \
	do { \
		place array = get_pointer(bio + BIO_BI_IO_VEC); \
		u32 max_vecs = get16(bio + BIO_BI_MAX_VECS); \
		u32 vcnt = get16(bio + BIO_BI_VCNT); \
\
		for (u32 i = 0; i < vcnt; i++) { \
			phys_addr_t phys = bvec_phys(array, max_vecs, i); \
			u32 bytes = bvec_length(array, max_vecs, i); \
\
			body; \
		} \
	} while (0)

/* bio_release_pages(): every segment's folio, found from its address. */
static void release_pages(place bio)
{
	for_each_vector(bio, phys, bytes, unpin(phys, bytes));
}

/* bio_set_pages_dirty() */
static void set_pages_dirty(place bio)
{
	for_each_vector(bio, phys, bytes, {
		(void)bytes;
		page_mark_dirty(page_of(phys));
	});
}

/* bio_release_pages() of a read that its submitter waited for */
static void release_dirty(place bio)
{
	for_each_vector(bio, phys, bytes, {
		page_mark_dirty(page_of(phys));
		unpin(phys, bytes);
	});
}

static u32 clean_pages;

/* bio_check_pages_dirty(): nothing here cleans a page meanwhile. */
static void check_pages_dirty(place bio)
{
	for_each_vector(bio, phys, bytes, {
		if (unlikely(bytes == 0 || !page_is_dirty(page_of(phys))))
			clean_pages++;
	});
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
		u32 length = bvec_length(array, max_vecs, idx);

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
