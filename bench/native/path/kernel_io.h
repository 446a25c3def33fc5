/*
 * I/O of a user inside the kernel on pages of its own (sim/block/kernel_io.ts,
 * addPage() of submit.ts): bios filled by bio_add_page() alone, nobody pins,
 * dirties or releases a page.
 */
#ifndef KERNEL_IO_H
#define KERNEL_IO_H

/* bio_add_page(): extends the last vector by what is adjacent to it. */
static bool bio_add_page(place bio, phys_addr_t phys, u32 bytes, u32 provider)
{
	u32 vcnt = get16(bio + BIO_BI_VCNT);
	u32 max_vecs = get16(bio + BIO_BI_MAX_VECS);
	u32 size = get32(bio + BIO_BI_ITER_BI_SIZE);
	place array = get_pointer(bio + BIO_BI_IO_VEC);
	unsigned long page = PFN_TO_PAGE(phys >> 12);
	u32 flag;

	if (bytes == 0 || (u64)size + bytes > 0xffffffff)
		return false;
	if (vcnt > 0) {
		bvec last = bvec_copy(array, max_vecs, vcnt - 1);
		phys_addr_t start = bvec_phys(&last);
		u32 length = bvec_len(&last);
		u32 last_flag = FLAGS_MATTER ? bvec_flag(&last) : 0;

		bvec_trace_address(array, max_vecs, vcnt - 1);
		if (!same_bio(page_at(bvec_page(&last)), page_at(page), provider, bio))
			return false;
		bvec_trace_length(array, max_vecs, vcnt - 1);
		if (FLAGS_MATTER)
			bvec_trace_flag(array, max_vecs, vcnt - 1);
		/* Below 2^31, or what the layout's length holds. */
		if (start + length == phys &&
		    (u64)length + bytes <= BVEC_MOST_BYTES &&
		    same_segment(start, last_flag, phys, provider)) {
			bvec_set_length(array, max_vecs, vcnt - 1, length + bytes);
			set32(bio + BIO_BI_ITER_BI_SIZE, size + bytes);
			return true;
		}
	}
	if (vcnt == max_vecs)
		return false;
	flag = segment_flag(provider, bio);
	bvec_set_page(array, max_vecs, vcnt, page, phys & 4095, bytes, flag);
	set16(bio + BIO_BI_VCNT, vcnt + 1);
	set32(bio + BIO_BI_ITER_BI_SIZE, size + bytes);
	if (P2P_NOMERGE && (vcnt == 0 || ASKS_EVERY_SEGMENT) &&
	    bars_merging(page, provider))
		set32(bio + BIO_BI_OPF, get32(bio + BIO_BI_OPF) | REQ_NOMERGE);
	return true;
}

/* A bio of the I/O from that sector on, with room for what is left of it. */
static place kernel_bio(place dio, u32 operation, u64 sector, u32 pieces)
{
	u32 room = min(pieces, BIO_MAX_VECS);
	u32 cached = CACHES_ALL_BIOS ? cache_flag(room) : 0;
	place bio = bio_alloc_wait(room, base_flags(operation) | cached);

	if (unlikely(bio == 0))
		return 0;
	set64(bio + BIO_BI_ITER_BI_SECTOR, sector);
	set_long(bio + BIO_BI_END_IO, END_IO_DIRECT_IO);
	set_pointer(bio + BIO_BI_PRIVATE, dio);
	set32(dio + DIO_REF, get32(dio + DIO_REF) + 1);
	return bio;
}

/* nvmet_bdev_execute_rw(); 0 or -errno. */
static s32 submit_data(u32 io, u32 operation, u64 sector)
{
	u32 end = window_first_piece[io + 1];
	u32 done = 0;
	place dio, bio = 0;
	bool mine;

	enter_stage(STAGE_SUBMIT);
	dio = open_io(false, io);
	if (unlikely(dio == 0))
		return -ERRNO_NOMEM;
	mine = start_plug(1);
	for (u32 piece = window_first_piece[io]; piece < end; piece++) {
		phys_addr_t phys = piece_phys(piece);
		u32 bytes = window_piece_bytes[piece];
		u32 provider = window_provider[piece];

		if (bio != 0 && !bio_add_page(bio, phys, bytes, provider)) {
			submit_bio(bio);
			enter_stage(STAGE_SUBMIT);
			bio = 0;
		}
		if (bio == 0) {
			bio = kernel_bio(dio, operation, sector + (done >> 9),
					 end - piece);
			if (unlikely(bio == 0))
				break;
			bio_add_page(bio, phys, bytes, provider);
		}
		done += bytes;
	}
	if (likely(bio != 0))
		submit_bio(bio);
	if (mine)
		finish_plug();
	drop_io(dio, likely(done == (u32)window_length_bytes[io])
			     ? BLK_STS_OK
			     : BLK_STS_RESOURCE);
	return 0;
}

#endif
