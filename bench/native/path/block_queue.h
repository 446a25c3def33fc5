/*
 * The queue: from a submitted bio to a request at the driver and back
 * (sim/block/block_queue.ts, submit_bio.ts, mq_submit.ts, sim/path/path.ts;
 * block/blk-core.c, blk-mq.c). FUA and preflush are left out: no workload has any.
 */
#ifndef BLOCK_QUEUE_H
#define BLOCK_QUEUE_H

/* Software queue requests that a bio is tried with (blk_bio_list_merge()). */
#define MERGE_TRIES 8

static bool plugged;
static u32 requests_in_flight;

/* blk_mq_end_request() */
ALWAYS_INLINE void request_complete(place request, u32 status)
{
	place bio;

	requests_in_flight--;
	/* Where a flush follows the data, nothing here would send it. */
	if (likely(status == BLK_STS_OK) &&
	    unlikely((get32(request + REQUEST_RQ_FLAGS) & RQF_FLUSH_SEQ) != 0))
		status = BLK_STS_IOERR;
	bio = get_pointer(request + REQUEST_BIO);
	touch_request_end(request);
	request_free(request);
	while (bio != 0) {
		place next = get_pointer(bio + BIO_BI_NEXT);

		touch_bio_end(bio);
		end_bio(bio, status);
		bio = next;
	}
}

/* nvme_queue_rq() */
static void request_issue(place request)
{
	u32 status;

	count_requests++;
	count_physical_segments += get16(request + REQUEST_NR_PHYS_SEGMENTS);
	requests_in_flight++;
	enter_stage(STAGE_MAP);
	command_prepare(request);
	status = map_data(request);
	count_dma_segments += dma_segments;
	if (unlikely(status != BLK_STS_OK)) {
		request_complete(request, status);
		return;
	}
	enter_stage(STAGE_COMMAND);
	request_start(request);
	ring_push(command_finish(request));
}

/* nvme_poll_cq() and nvme_handle_cqe() */
static void reap(void)
{
	u32 status = 0;

	enter_stage(STAGE_DEVICE);
	if (likely(device_process == 0))
		null_device();
	else if (device_process() != 0)
		longjmp(device_refused, 1);
	enter_stage(STAGE_COMPLETE);
	for (;;) {
		s32 command_id = ring_reap(&status);
		place request;

		if (command_id < 0)
			return;
		request = request_of(command_id);
		unmap_data(request);
		request_complete(request, status);
	}
}

/* blk_mq_flush_plug_list() */
static void flush_plug(bool from_schedule)
{
	place request;

	if (get16(PLUG_COUNT) == 0)
		return;
	request = plug_take_list();
	while (request != 0) {
		place next = get_pointer(request + REQUEST_NEXT);

		if (from_schedule)
			software_append(request);
		else
			request_issue(request);
		request = next;
	}
	if (!from_schedule)
		ring_doorbell();
}

static void drop_cached(void)
{
	for (;;) {
		place request = plug_take_cached();

		if (request == 0)
			return;
		request_free(request);
	}
}

static void drain_queue(void)
{
	for (;;) {
		if (software_pending) {
			for (;;) {
				place request = software_take();

				if (request == 0)
					break;
				request_issue(request);
			}
			ring_doorbell();
		}
		if (requests_in_flight == 0)
			return;
		reap();
	}
}

/* io_schedule(): the plug is flushed on the way out, all else completes. */
static __attribute__((noinline)) void sleep_until_idle(void)
{
	if (plugged) {
		flush_plug(true);
		drop_cached();
	}
	drain_queue();
}

static bool start_plug(u32 ios)
{
	if (plugged)
		return false;
	plugged = true;
	plug_start(ios);
	return true;
}

static void finish_plug(void)
{
	if (!plugged)
		return;
	flush_plug(false);
	drop_cached();
	plugged = false;
}

/* blk_mq_attempt_bio_merge() */
ALWAYS_INLINE bool try_merge(place bio)
{
	enum merge how = MERGE_NONE;
	place newest = plugged ? get_pointer(PLUG_TAIL) : 0;

	if (newest != 0)
		how = merge_attempt(newest, bio, counted_segments);
	/* list_empty_careful() */
	if (how <= 0 && get_pointer(SOFTWARE_HEAD) == 0)
		return false;
	if (how <= 0) {
		place request = get_pointer(SOFTWARE_TAIL);

		how = MERGE_NONE;
		for (u32 i = 0; i < MERGE_TRIES && request != 0; i++) {
			how = merge_attempt(request, bio, counted_segments);
			if (how != MERGE_NONE)
				break;
			request = get_pointer(request + REQUEST_PREVIOUS);
		}
	}
	if (how <= 0)
		return false;
	count_merges++;
	return true;
}

/* blk_mq_get_new_requests(); 0 if there is no tag and no waiting. */
ALWAYS_INLINE place get_request(place bio)
{
	place request;

	if (plugged) {
		place cached = plug_take_cached();
		u32 ios;

		if (cached != 0)
			return cached;
		ios = plug_take_ios();
		if (ios > 1) {
			place first = request_take_batch(ios);

			if (first != 0) {
				set_pointer(PLUG_CACHED,
					    get_pointer(first + REQUEST_NEXT));
				return first;
			}
		}
	}
	request = request_take();
	while (unlikely(request == 0)) {
		if ((get32(bio + BIO_BI_OPF) & REQ_NOWAIT) != 0)
			return 0;
		sleep_until_idle();
		request = request_take();
	}
	return request;
}

/* blk_mq_submit_bio() after the split */
static void submit_one(place bio)
{
	u32 opf = get32(bio + BIO_BI_OPF);
	place request;

	if ((opf & REQ_OP_MASK) == REQ_OP_READ)
		touch_context_map_read(request_ctx);
	else
		touch_context_map_write(request_ctx);
	if ((opf & UNMERGEABLE) == 0) {
		enter_stage(STAGE_MERGE);
		if (try_merge(bio))
			return;
	}
	enter_stage(STAGE_REQUEST);
	request = get_request(bio);
	if (unlikely(request == 0)) {
		end_bio(bio, BLK_STS_AGAIN);
		return;
	}
	request_prepare(request, bio);
	if (!plugged) {
		request_issue(request);
		ring_doorbell();
		return;
	}
	enter_stage(STAGE_MERGE);
	if (plug_is_full())
		flush_plug(false);
	plug_add(request);
}

/* submit_bio() */
static void submit_bio(place bio)
{
	u32 opf = get32(bio + BIO_BI_OPF);

	/* submit_bio_noacct() */
	touch_bio_submit(bio);
	touch_limits_submit(limits_at);
	if (!KERNEL_USER && (opf & REQ_OP_MASK) == REQ_OP_WRITE)
		touch_limits_write(limits_at);
	if (unlikely((opf & (REQ_FUA | REQ_PREFLUSH)) != 0)) {
		end_bio(bio, BLK_STS_IOERR);
		return;
	}
	count_bios++;
	/* Counted by the lab, not by a kernel. */
	count_segments += *(const any16 *)(arena + bio + BIO_BI_VCNT);
	for (;;) {
		s32 sectors;
		place front;

		enter_stage(STAGE_SPLIT);
		sectors = split(bio);
		if (likely(sectors == 0)) {
			submit_one(bio);
			return;
		}
		if (sectors < 0) {
			end_bio(bio, -sectors);
			return;
		}
		front = split_front(bio, sectors);
		if (unlikely(front == 0)) {
			/* bio_split() waits for a clone of the mempool. */
			sleep_until_idle();
			front = split_front(bio, sectors);
		}
		if (unlikely(front == 0)) {
			end_bio(bio, BLK_STS_RESOURCE);
			return;
		}
		count_splits++;
		/* The front first; the remainder takes the whole way again. */
		submit_one(front);
	}
}

#endif
