/*
 * Every access to the arena, in order: a build with BVEC_TRACE writes each one
 * down, so that it can be held against what the tracer sees of the DataView
 * path (sim/trace/tracer.ts). In any other build nothing of this is left.
 */
#ifndef TRACER_H
#define TRACER_H

/* STAGES of sim/path/path_stages.ts, in its order. */
enum stage {
	STAGE_SUBMIT,
	STAGE_SPLIT,
	STAGE_REQUEST,
	STAGE_MAP,
	STAGE_COMMAND,
	STAGE_DEVICE,
	STAGE_COMPLETE,
	STAGE_MERGE,
};

/* In the place of an I/O: what follows belongs to none, all is to complete. */
#define TRACE_DRAIN ~0u

#ifdef BVEC_TRACE

/* A record is two words: where, then size | write << 4 | stage << 5. */
static u32 *trace_records;
/* Records that there is room for, and those that came, also beyond it. */
static u64 trace_room, trace_count;
static u32 trace_stage;

static void trace_word(u32 where, u32 what)
{
	if (trace_count < trace_room) {
		trace_records[trace_count * 2] = where;
		trace_records[trace_count * 2 + 1] = what;
	}
	trace_count++;
}

static void trace_access(place at, u32 bytes, bool is_write)
{
	trace_word(at, bytes | is_write << 4 | trace_stage << 5);
}

/* Size 0: from here on, it is for that I/O of the window. */
static void trace_io(u32 io)
{
	trace_word(io, 0);
}

static void enter_stage(enum stage stage)
{
	trace_stage = stage;
}

#else

#define trace_access(at, bytes, is_write) ((void)0)
#define trace_io(io) ((void)0)
#define enter_stage(stage) ((void)0)

#endif

#endif
