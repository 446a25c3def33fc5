/*
 * The arena: the bytes of KernelMemory (sim/memory/kernel_memory.ts). An
 * object is known by its offset, as in the DataView path, and a pointer in
 * memory is the same kernel-like address. Every load and store of the arena goes
 * through an accessor of its size; memcpy() keeps them free of aliasing and
 * alignment rules, and cc makes one load or store of each.
 */
#ifndef ARENA_H
#define ARENA_H

#include <setjmp.h>
#include <stdbool.h>

typedef int s32;
typedef long long s64;
/* Offset in the arena; 0 is NULL. As wide as a register: no wrapping at 32. */
typedef unsigned long place;

/* Tests that compile many paths and time none build them without. */
#ifdef QUICK_BUILD
#define ALWAYS_INLINE static inline
#else
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#endif
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define CTRL_PAGE_MASK 4095u

#include "trace.h"

static u8 *arena;

#define ACCESSORS(bits) \
	ALWAYS_INLINE u##bits load##bits(const u8 *from) \
	{ \
		u##bits value; \
		trace_access(from - arena, sizeof(value), false); \
		__builtin_memcpy(&value, from, sizeof(value)); \
		return value; \
	} \
	ALWAYS_INLINE void store##bits(u8 *to, u##bits value) \
	{ \
		trace_access(to - arena, sizeof(value), true); \
		__builtin_memcpy(to, &value, sizeof(value)); \
	} \
	ALWAYS_INLINE u##bits get##bits(place at) \
	{ \
		return load##bits(arena + at); \
	} \
	ALWAYS_INLINE void set##bits(place at, u##bits value) \
	{ \
		store##bits(arena + at, value); \
	}

ACCESSORS(8)
ACCESSORS(16)
ACCESSORS(32)
ACCESSORS(64)

#if POINTER_BYTES == 8
typedef u64 word;
#else
typedef u32 word;
#endif

/* memcpy() of whole words, which the compiler may make wider ones of. */
ALWAYS_INLINE void copy_words(place to, place from, u32 bytes)
{
	for (u32 at = 0; at < bytes; at += sizeof(word)) {
		trace_access(from + at, sizeof(word), false);
		trace_access(to + at, sizeof(word), true);
	}
	__builtin_memcpy(arena + to, arena + from, bytes);
}

#if POINTER_BYTES == 8
/* The low half of a pointer or an unsigned long is all of it here. */
ALWAYS_INLINE u32 get_low(place at)
{
	u32 value;

	trace_access(at, sizeof(word), false);
	__builtin_memcpy(&value, arena + at, sizeof(value));
	return value;
}

ALWAYS_INLINE place get_pointer(place at)
{
	return get_low(at);
}

ALWAYS_INLINE void set_pointer(place at, place to)
{
	set64(at, to == 0 ? 0 : ((u64)DIRECT_MAP_HI << 32) | to);
}

ALWAYS_INLINE u32 get_long(place at)
{
	return get_low(at);
}

ALWAYS_INLINE void set_long(place at, u32 value)
{
	set64(at, value);
}
#else
ALWAYS_INLINE place get_pointer(place at)
{
	u32 pointer = get32(at);

	return pointer == 0 ? 0 : (u32)(pointer - PAGE_OFFSET);
}

ALWAYS_INLINE void set_pointer(place at, place to)
{
	set32(at, to == 0 ? 0 : (u32)(to + PAGE_OFFSET));
}

ALWAYS_INLINE u32 get_long(place at)
{
	return get32(at);
}

ALWAYS_INLINE void set_long(place at, u32 value)
{
	set32(at, value);
}
#endif

#endif
