/*
 * struct request: a table by tag, each with its nvme_iod after it
 * (sim/block/request.ts, request_init.ts; block/blk-mq.c).
 */
#ifndef REQUEST_H
#define REQUEST_H

/* Linked by rq_next in a plug, by queuelist in a software queue. */
#define REQUEST_NEXT REQUEST_QUEUELIST
#define REQUEST_PREVIOUS (REQUEST_QUEUELIST + POINTER_BYTES)

ALWAYS_INLINE place request_of(u32 tag)
{
	return request_table + (place)tag * REQUEST_STRIDE;
}

/* blk_mq_rq_ctx_init() */
ALWAYS_INLINE place request_init(u32 tag)
{
	place request = request_of(tag);

	touch_request_init(request);
	set_pointer(request + REQUEST_Q, request_queue);
	set_pointer(request + REQUEST_MQ_CTX, request_ctx);
	set_pointer(request + REQUEST_MQ_HCTX, request_hctx);
	set32(request + REQUEST_RQ_FLAGS, 0);
	set32(request + REQUEST_TAG, tag);
	set32(request + REQUEST_INTERNAL_TAG, ~0u);
	set32(request + REQUEST_TIMEOUT, 0);
	set_pointer(request + REQUEST_PART, request_part);
	set64(request + REQUEST_IO_START_TIME_NS, 0);
	set16(request + REQUEST_STATS_SECTORS, 0);
#ifdef REQUEST_NR_INTEGRITY_SEGMENTS
	set16(request + REQUEST_NR_INTEGRITY_SEGMENTS, 0);
#endif
	set_long(request + REQUEST_END_IO, 0);
	set_pointer(request + REQUEST_END_IO_DATA, 0);
	set64(request + REQUEST_START_TIME_NS, 0);
	set32(request + REQUEST_REF, 1);
	return request;
}

/* blk_mq_get_tag(); 0 where none is left. */
ALWAYS_INLINE place request_take(void)
{
	s32 tag = tag_take();

	return tag < 0 ? 0 : request_init(tag);
}

/* __blk_mq_alloc_requests_batch(): the first, linked to the others. */
static place request_take_batch(u32 count)
{
	u32 taken = tag_take_batch(count);
	place first = 0;

	while (taken > 0) {
		place request = request_init(tag_batch[--taken]);

		set_pointer(request + REQUEST_NEXT, first);
		first = request;
	}
	return first;
}

/* blk_mq_bio_to_request() */
ALWAYS_INLINE void request_prepare(place request, place bio)
{
	set32(request + REQUEST_CMD_FLAGS, get32(bio + BIO_BI_OPF));
	set64(request + REQUEST_SECTOR, get64(bio + BIO_BI_ITER_BI_SECTOR));
	set16(request + REQUEST_NR_PHYS_SEGMENTS, counted_segments);
	set8(request + REQUEST_GAP_AT, counted_gap_bit);
#ifdef REQUEST_IOPRIO
	set16(request + REQUEST_IOPRIO, get16(bio + BIO_BI_IOPRIO));
#endif
	set32(request + REQUEST_DATA_LEN, get32(bio + BIO_BI_ITER_BI_SIZE));
	set_pointer(request + REQUEST_BIO, bio);
	set_pointer(request + REQUEST_BIOTAIL, bio);
	touch_bio_prepare(bio);
	touch_request_prepare(request);
}

/* req_get_ioprio() */
ALWAYS_INLINE u16 request_priority(place request)
{
#ifdef REQUEST_IOPRIO
	return get16(request + REQUEST_IOPRIO);
#else
	return get16(get_pointer(request + REQUEST_BIO) + BIO_BI_IOPRIO);
#endif
}

/* blk_mq_start_request() */
ALWAYS_INLINE void request_start(place request)
{
	touch_request_start(request);
	set64(request + REQUEST_IO_START_TIME_NS, 0);
	set_long(request + REQUEST_DEADLINE, 0);
	set32(request + REQUEST_STATE, 1); /* MQ_RQ_IN_FLIGHT */
}

/* __blk_mq_free_request() */
ALWAYS_INLINE void request_free(place request)
{
	set32(request + REQUEST_STATE, 0); /* MQ_RQ_IDLE */
	tag_give(get32(request + REQUEST_TAG));
}

#endif
