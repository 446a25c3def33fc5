/*
 * The path of an I/O in C, the twin of the DataView path (sim/path/path.ts,
 * sim/block/direct_io.ts): the same stages on the same bytes, so that every
 * structure, list and command comes out equal. One translation unit for each
 * layout and recognition: nothing is decided at run time that the build knows.
 *
 * Made from the lab's own descriptions (bench/native/path_sources.ts):
 *   constants.h  numbers of the kernel and of NVMe, offsets in its structs
 *   layout.h     struct of the layout under test, and its accessors
 *   places.h     where structures are in the arena, and the window's columns
 *   touches.h    what the kernel's functions touch beside what is done here
 */
#include "constants.h"
#include "kernel_memory.h"
#include "layout.h"
#include "places.h"
#include "touches.h"

static u64 count_ios, count_bios, count_requests, count_segments;
static u64 count_physical_segments, count_dma_segments, count_merges;
static u64 count_splits, count_errors;

#include "slab.h"
#include "page_array.h"
#include "bio.h"
#include "recognition.h"
#include "complete.h"
#include "page_pointers.h"
#include "extract.h"
#include "split.h"
#include "tags.h"
#include "request.h"
#include "merge.h"
#include "plug.h"
#include "request_segments.h"
#include "request_dma.h"
#include "data_pointer.h"
#include "descriptor_pool.h"
#include "prp.h"
#include "sgl.h"
#include "map_data.h"
#include "command_builder.h"
#include "queue.h"
#include "device.h"
#include "block_queue.h"
#include "registered.h"
#include "stack_bio.h"

#define EXPORT __attribute__((visibility("default")))

static u32 depth_limit, batch_ios, batch_submitted;

/* Bits of bi_opf that direct I/O sets (block/fops.c dio_bio_write_op()). */
ALWAYS_INLINE u32 base_flags(u32 operation)
{
	return operation == REQ_OP_WRITE ? REQ_OP_WRITE | REQ_SYNC | REQ_IDLE
					 : REQ_OP_READ;
}

/* Bios of the per-CPU cache: small ones, before 7.x those of io_uring alone. */
ALWAYS_INLINE u32 cache_flag(u32 vecs)
{
	return vecs <= BIO_INLINE_VECS && (CACHES_ALL_BIOS || API_IO_URING)
		       ? REQ_ALLOC_CACHE
		       : 0;
}

ALWAYS_INLINE void bio_set_place(place bio, u64 sector)
{
	set64(bio + BIO_BI_ITER_BI_SECTOR, sector);
	set16(bio + BIO_BI_IOPRIO, 0);
}

ALWAYS_INLINE void bio_prepare(place bio, place dio, u64 sector)
{
	bio_set_place(bio, sector);
	set_long(bio + BIO_BI_END_IO, END_IO_DIRECT_IO);
	set_pointer(bio + BIO_BI_PRIVATE, dio);
	set32(dio + DIO_REF, get32(dio + DIO_REF) + 1);
}

#if REGISTERED_BUFFERS

/* An I/O on a registered buffer of io_uring (ITER_BVEC); 0 or -errno. */
static s32 submit_data(u32 io, u32 operation, u64 sector)
{
	place dio, bio;
	s32 vecs;

	enter_stage(STAGE_SUBMIT);
	vecs = import_buffer(io, operation, window_tables[io]);
	if (unlikely(vecs < 0))
		return vecs;
	dio = open_io(false, io);
	if (unlikely(dio == 0))
		return -ERRNO_NOMEM;
	bio = bio_alloc_borrowed(window_tables[io], vecs,
				 base_flags(operation) | REQ_ALLOC_CACHE);
	if (unlikely(bio == 0)) {
		sleep_until_idle();
		bio = bio_alloc_borrowed(window_tables[io], vecs,
					 base_flags(operation) | REQ_ALLOC_CACHE);
	}
	if (unlikely(bio == 0)) {
		refuse_io(dio);
		return -ERRNO_NOMEM;
	}
	set32(bio + BIO_BI_ITER_BI_SIZE, window_length_bytes[io]);
	bio_prepare(bio, dio, sector);
	submit_bio(bio);
	drop_io(dio, BLK_STS_OK);
	return 0;
}

#else

/* bio_alloc() of a task that may sleep: it waits for a bio in flight. */
static place bio_alloc_wait(u32 vecs, u32 opf)
{
	place bio = bio_alloc(vecs, opf);

	if (likely(bio != 0))
		return bio;
	sleep_until_idle();
	return bio_alloc(vecs, opf);
}

#if KERNEL_USER

#include "kernel_io.h"

#else

/* Whether a bio that cannot be filled ends the I/O, or refuses it. */
static bool ends_io;

/* __blkdev_direct_IO_async(): one bio has room for all; 0 or -errno. */
static s32 submit_single(place dio, u32 operation, u64 sector, u32 pages)
{
	u32 opf = base_flags(operation) |
		(API_PREAD ? REQ_SYNC : cache_flag(pages));
	u32 room = pages;
	bool is_first = true;

	for (;;) {
		place bio = bio_alloc_wait(room, opf);
		s32 result = unlikely(bio == 0) ? -ERRNO_NOMEM
						: extract_fill(bio, room);

		if (unlikely(result < 0)) {
			if (bio != 0)
				bio_free(bio);
			/* The first part of what continues is on its way. */
			ends_io = !is_first;
			return result;
		}
		is_first = false;
		bio_prepare(bio, dio, sector);
		sector += get32(bio + BIO_BI_ITER_BI_SIZE) >> 9;
		if (operation == REQ_OP_READ)
			set_pages_dirty(bio);
		/* Memory of another kind follows: it gets a bio of its own. */
		room = pages_left(BIO_MAX_VECS);
		submit_bio(bio);
		if (room == 0)
			return 0;
		enter_stage(STAGE_SUBMIT);
	}
}

/* __blkdev_direct_IO(): bios of 256 vectors, plugged. */
static s32 submit_several(place dio, u32 operation, u64 sector)
{
	bool mine = start_plug(1);
	u32 room = BIO_MAX_VECS;
	s32 error = 0;

	while (room > 0) {
		u32 opf = base_flags(operation) | cache_flag(room);
		place bio;

		enter_stage(STAGE_SUBMIT);
		bio = bio_alloc_wait(room, opf);
		error = unlikely(bio == 0) ? -ERRNO_NOMEM
					   : extract_fill(bio, room);
		if (unlikely(error < 0)) {
			if (bio != 0)
				bio_free(bio);
			ends_io = true;
			break;
		}
		bio_prepare(bio, dio, sector);
		sector += get32(bio + BIO_BI_ITER_BI_SIZE) >> 9;
		if (operation == REQ_OP_READ)
			set_pages_dirty(bio);
		room = pages_left(BIO_MAX_VECS);
		submit_bio(bio);
	}
	if (mine)
		finish_plug();
	return error;
}

#if API_PREAD

/*
 * __blkdev_direct_IO_simple(): the bio is on the stack, the array has room for
 * exactly as many vectors as there are pages, and the submitter waits.
 */
static s32 submit_waited(u32 operation, u64 sector)
{
	u32 most = pages_left(BIO_MAX_VECS);
	place array = vectors_take(most);
	place bio = stack_bio;
	u32 opf = base_flags(operation) | REQ_SYNC;
	u32 room = most;
	u32 status;

	if (unlikely(array == 0))
		return -ERRNO_NOMEM;
	do {
		s32 result;

		enter_stage(STAGE_SUBMIT);
		bio_init(bio, opf, array, room, 0);
		result = extract_fill(bio, room);
		if (unlikely(result < 0)) {
			vectors_give(array, most);
			return result;
		}
		bio_set_place(bio, sector);
		set_long(bio + BIO_BI_END_IO, END_IO_WAIT);
		set_pointer(bio + BIO_BI_PRIVATE, stack_completion);
		sector += get32(bio + BIO_BI_ITER_BI_SIZE) >> 9;
		/* Memory of another kind follows: it gets a bio of its own. */
		room = pages_left(most);
		submit_bio(bio);
		sleep_until_idle();
		enter_stage(STAGE_COMPLETE);
		if (operation == REQ_OP_READ)
			bio_release_pages(bio, true);
		else
			release_pages(bio);
		status = get8(bio + BIO_BI_STATUS);
	} while (room > 0 && status == BLK_STS_OK);
	vectors_give(array, most);
	if (unlikely(status != BLK_STS_OK))
		count_errors++;
	in_flight_ios--;
	return 0;
}

#endif

/* blkdev_direct_IO() of pinned user memory; 0, or -errno if refused. */
static s32 submit_data(u32 io, u32 operation, u64 sector)
{
	u32 bytes = window_length_bytes[io];
	u32 block, pages;
	place dio;
	s32 result;

	enter_stage(STAGE_SUBMIT);
	if (bytes == 0)
		return 0;
	piece_at = window_first_piece[io];
	piece_skip = 0;
	bytes_left = bytes;
	/* blkdev_dio_invalid() */
	block = get32(limits_at + QUEUE_LIMITS_LOGICAL_BLOCK_SIZE) - 1;
	if (((u32)sector * 512 & block) != 0 || (bytes & block) != 0)
		return -ERRNO_INVAL;
#if API_PREAD
	if (pages_left(BIO_MAX_VECS + 1) <= BIO_MAX_VECS)
		return submit_waited(operation, sector);
#endif
	dio = open_io(operation != REQ_OP_WRITE, io);
	if (unlikely(dio == 0))
		return -ERRNO_NOMEM;
	pages = pages_left(BIO_MAX_VECS + 1);
	result = pages <= BIO_MAX_VECS
		? submit_single(dio, operation, sector, pages)
		: submit_several(dio, operation, sector);
#if API_PREAD
	sleep_until_idle();
#endif
	if (likely(result >= 0)) {
		drop_io(dio, BLK_STS_OK);
		return 0;
	}
	if (!ends_io) {
		refuse_io(dio);
		return result;
	}
	drop_io(dio, BLK_STS_IOERR);
	return 0;
}

#endif

#endif

/* io_submit_state_start(): a plug for each batch of more than two. */
static void begin_batch(void)
{
	finish_plug();
	batch_submitted = 0;
	while (in_flight_ios + batch_ios > depth_limit)
		reap();
	start_plug(batch_ios);
}

ALWAYS_INLINE void submit_io(u32 io)
{
	u64 sector = (u64)(u32)window_sector_hi[io] << 32 |
		(u32)window_sector_lo[io];
	s32 result;

	trace_io(io);
	if (batch_ios > 2) {
		if (batch_submitted == 0 || batch_submitted == batch_ios)
			begin_batch();
		batch_submitted++;
	} else {
		while (in_flight_ios >= depth_limit)
			reap();
	}
	in_flight_ios++;
	count_ios++;
	result = submit_data(io, window_op[io], sector);
	if (likely(result >= 0))
		return;
	/* Refused: nobody will report its end. */
	count_errors++;
	in_flight_ios--;
}

/* Takes the arena as assemblePath() has laid it out. */
EXPORT void path_open(u8 *memory, const u64 *places, const u64 *ranges,
		      s32 (*process)(void))
{
	arena = memory;
	load_places(places);
	load_ranges(ranges);
	ranges += 1 + range_count * 3;
	for (u32 i = 0; i <= provider_count; i++)
		bus_offset[i] = ranges[i];
	device_process = process;
	device_head = 0;
	device_tail = 0;
	device_phase = 1;
	depth_limit = io_depth;
	batch_ios = io_batch;
}

/* Lets everything complete (drain() of sim/path/path.ts). */
static void path_drain(void)
{
	finish_plug();
	batch_submitted = 0;
	drain_queue();
	while (in_flight_ios > 0)
		reap();
}

static __attribute__((noinline)) void replay(const s32 *ios, u32 count,
					      u32 passes)
{
	for (u32 pass = 0; pass < passes; pass++) {
		for (u32 i = 0; i < count; i++)
			submit_io(ios[i]);
		trace_io(TRACE_DRAIN);
		path_drain();
	}
}

/*
 * Sends I/Os of a window through the path, `passes` times (sim/replay/replay.ts);
 * -1 where a device refused a command: the path cannot be used any more.
 */
EXPORT s32 path_replay(const u64 *columns, const s32 *ios, u32 count,
		       u32 passes)
{
	load_window(columns);
	if (device_process != 0 && setjmp(device_refused) != 0)
		return -1;
	replay(ios, count, passes);
	return 0;
}

#ifdef BVEC_TRACE

/* Where accesses are written down from now on, and how many there is room for. */
EXPORT void path_trace(u32 *records, u64 room)
{
	trace_records = records;
	trace_room = room;
	trace_count = 0;
}

/* How many there were since, also those that had no room. */
EXPORT u64 path_traced(void)
{
	return trace_count;
}

#endif

/* What went through, in the order of PathCounts. */
EXPORT void path_counts(u64 *counts)
{
	counts[0] = count_ios;
	counts[1] = count_bios;
	counts[2] = count_requests;
	counts[3] = count_segments;
	counts[4] = count_physical_segments;
	counts[5] = count_dma_segments;
	counts[6] = count_merges;
	counts[7] = count_splits;
	counts[8] = count_errors;
}
