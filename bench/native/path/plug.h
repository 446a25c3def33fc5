/*
 * The plug of the submitting task and the software queue of its CPU
 * (sim/block/plug.ts, software_queue.ts; block/blk-core.c, blk-mq.c).
 */
#ifndef PLUG_H
#define PLUG_H

#define MAX_PLUGGED 32
#define PLUG_FLUSH_BYTES (128u << 10)
#define PLUG_HEAD (plug_at + BLK_PLUG_MQ_LIST)
#define PLUG_TAIL (plug_at + PLUG_TAIL_AT)
#define PLUG_CACHED (plug_at + PLUG_CACHED_AT)
#define PLUG_IOS (plug_at + BLK_PLUG_NR_IOS)
#define PLUG_COUNT (plug_at + BLK_PLUG_RQ_COUNT)

/* blk_start_plug_nr_ios() */
static void plug_start(u32 ios)
{
	set_pointer(PLUG_HEAD, 0);
	set_pointer(PLUG_TAIL, 0);
	set_pointer(PLUG_CACHED, 0);
	set16(PLUG_IOS, min(ios, MAX_PLUGGED));
	set16(PLUG_COUNT, 0);
#ifdef BLK_PLUG_CUR_KTIME
	set64(plug_at + BLK_PLUG_CUR_KTIME, 0);
#endif
}

/* I/Os that the next allocation should take requests for; then 1. */
ALWAYS_INLINE u32 plug_take_ios(void)
{
	u32 ios = get16(PLUG_IOS);

	if (ios > 1)
		set16(PLUG_IOS, 1);
	return ios;
}

/* Whether it is flushed before another request is added (blk_add_rq_to_plug) */
ALWAYS_INLINE bool plug_is_full(void)
{
	u32 count = get16(PLUG_COUNT);

	if (count == 0)
		return false;
	return count >= MAX_PLUGGED ||
		get32(get_pointer(PLUG_HEAD) + REQUEST_DATA_LEN) >=
			PLUG_FLUSH_BYTES;
}

/* The list is first in, first out since 6.12. */
ALWAYS_INLINE void plug_add(place request)
{
	place tail;

	set_pointer(request + REQUEST_NEXT, 0);
	tail = get_pointer(PLUG_TAIL);
	set_pointer(tail == 0 ? PLUG_HEAD : tail + REQUEST_NEXT, request);
	set_pointer(PLUG_TAIL, request);
	set16(PLUG_COUNT, get16(PLUG_COUNT) + 1);
}

ALWAYS_INLINE place plug_take_list(void)
{
	place head = get_pointer(PLUG_HEAD);

	set_pointer(PLUG_HEAD, 0);
	set_pointer(PLUG_TAIL, 0);
	set16(PLUG_COUNT, 0);
	return head;
}

ALWAYS_INLINE place plug_take_cached(void)
{
	place request = get_pointer(PLUG_CACHED);

	if (request != 0)
		set_pointer(PLUG_CACHED, get_pointer(request + REQUEST_NEXT));
	return request;
}

#define SOFTWARE_HEAD (request_ctx + BLK_MQ_CTX_RQ_LISTS)
#define SOFTWARE_TAIL (SOFTWARE_HEAD + POINTER_BYTES)

/* A bit of ctx_map */
static bool software_pending;

static void software_append(place request)
{
	place tail = get_pointer(SOFTWARE_TAIL);

	set_pointer(request + REQUEST_PREVIOUS, tail);
	set_pointer(request + REQUEST_NEXT, 0);
	set_pointer(tail == 0 ? SOFTWARE_HEAD : tail + REQUEST_NEXT, request);
	set_pointer(SOFTWARE_TAIL, request);
	software_pending = true;
}

static place software_take(void)
{
	place request, following;

	if (!software_pending)
		return 0;
	request = get_pointer(SOFTWARE_HEAD);
	if (request == 0)
		return 0;
	following = get_pointer(request + REQUEST_NEXT);
	set_pointer(SOFTWARE_HEAD, following);
	set_pointer(following == 0 ? SOFTWARE_TAIL : following + REQUEST_PREVIOUS,
		    0);
	software_pending = following != 0;
	return request;
}

#endif
