/*
 * The arena: the bytes of KernelMemory (sim/memory/kernel_memory.ts). An
 * object is known by its offset, as in the DataView path, and a pointer in
 * memory is the same kernel-like address. Every load and store of the arena goes
 * through an accessor of its size, which cc turns into one load or store. Without
 * aliasing rules, as the kernel is built.
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

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
/* A value that a compiler knows no more about than the kernel's does. */
#define hidden(value) \
	({ \
		__typeof__(value) hidden_value = (value); \
		__asm__("" : "+r"(hidden_value)); \
		hidden_value; \
	})
/* Makes a compiler work out a value that nobody needs here. */
#define work_out(value) __asm__ volatile("" : : "r"(value))
/* Functions that the kernel calls: they keep what they work on in memory. */
#ifdef __clang__
#define NOINLINE static __attribute__((noinline))
#else
#define NOINLINE static __attribute__((noinline, noclone))
#endif
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define CTRL_PAGE_MASK 4095u

/* ffs(), which some compilers call a library for. */
ALWAYS_INLINE u32 lowest_bit(u32 bits)
{
	return bits == 0 ? 0 : __builtin_ctz(bits) + 1;
}

#include "tracer.h"

static u8 *arena;

/*
 * Loads and stores of what is aligned as its type, which is all but some fields
 * of some layouts: a machine without unaligned accesses needs to know.
 */
#define ACCESSORS(bits) \
	typedef u##bits __attribute__((may_alias)) any##bits; \
	/* What the tracer gets separately: layout.h. */ \
	ALWAYS_INLINE u##bits fetch##bits(const u8 *from) \
	{ \
		return *(const any##bits *)from; \
	} \
	ALWAYS_INLINE void put##bits(u8 *to, u##bits value) \
	{ \
		*(any##bits *)to = value; \
	} \
	ALWAYS_INLINE u##bits load##bits(const u8 *from) \
	{ \
		trace_access(from - arena, sizeof(any##bits), false); \
		return fetch##bits(from); \
	} \
	ALWAYS_INLINE void store##bits(u8 *to, u##bits value) \
	{ \
		trace_access(to - arena, sizeof(any##bits), true); \
		put##bits(to, value); \
	} \
	ALWAYS_INLINE u##bits get##bits(place at) \
	{ \
		return load##bits(arena + at); \
	} \
	ALWAYS_INLINE void set##bits(place at, u##bits value) \
	{ \
		store##bits(arena + at, value); \
	}

/*
 * A load whose value nobody needs here: the kernel's own loads of fields that
 * are not modelled (touches.h). Volatile, so that cc does not leave it out, and
 * tested, as the kernel tests most of them: a counter may leave out what is
 * overwritten unused.
 */
static u32 odd_peeks;

#define PEEK(bits) \
	ALWAYS_INLINE u##bits peek##bits(place at) \
	{ \
		u##bits value; \
		trace_access(at, sizeof(any##bits), false); \
		value = *(const volatile any##bits *)(arena + at); \
		if (unlikely(value == (u##bits)0xa5a5a5a5a5a5a5a5ull)) \
			odd_peeks++; \
		return value; \
	}

ACCESSORS(8)
ACCESSORS(16)
ACCESSORS(32)
ACCESSORS(64)

PEEK(8)
PEEK(16)
PEEK(32)
PEEK(64)

/* The same of what is aligned to fewer bytes, as layouts have it. */
#define ACCESSORS_ALIGNED(bits, bytes) \
	typedef struct { \
		u##bits value; \
	} __attribute__((packed, aligned(bytes), may_alias)) any##bits##_##bytes; \
	ALWAYS_INLINE u##bits fetch##bits##_##bytes(const u8 *from) \
	{ \
		return ((const any##bits##_##bytes *)from)->value; \
	} \
	ALWAYS_INLINE void put##bits##_##bytes(u8 *to, u##bits value) \
	{ \
		((any##bits##_##bytes *)to)->value = value; \
	} \
	ALWAYS_INLINE u##bits load##bits##_##bytes(const u8 *from) \
	{ \
		trace_access(from - arena, sizeof(u##bits), false); \
		return fetch##bits##_##bytes(from); \
	} \
	ALWAYS_INLINE void store##bits##_##bytes(u8 *to, u##bits value) \
	{ \
		trace_access(to - arena, sizeof(u##bits), true); \
		put##bits##_##bytes(to, value); \
	}

ACCESSORS_ALIGNED(16, 1)
ACCESSORS_ALIGNED(32, 1)
ACCESSORS_ALIGNED(32, 2)
ACCESSORS_ALIGNED(64, 1)
ACCESSORS_ALIGNED(64, 2)
ACCESSORS_ALIGNED(64, 4)

/* Little-endian, as a device reads and writes it. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define SWAPPED(bits, value) __builtin_bswap##bits(value)
#else
#define SWAPPED(bits, value) (value)
#endif

#define LE_ACCESSORS(bits) \
	ALWAYS_INLINE u##bits get_le##bits(place at) \
	{ \
		return SWAPPED(bits, get##bits(at)); \
	} \
	ALWAYS_INLINE void set_le##bits(place at, u##bits value) \
	{ \
		set##bits(at, SWAPPED(bits, value)); \
	}

LE_ACCESSORS(16)
LE_ACCESSORS(32)
LE_ACCESSORS(64)

/* unsigned long */
#if POINTER_BYTES == 8
typedef u64 word;
#define peek_pointer peek64
#define WORD_BITS 64
#define get_word get64
#define set_word set64
#else
typedef u32 word;
#define peek_pointer peek32
#define WORD_BITS 32
#define get_word get32
#define set_word set32
#endif

/* Words that the compiler may copy in wider pieces. */
#define COPIED_BYTES 64
typedef struct {
	word words[COPIED_BYTES / sizeof(word)];
} __attribute__((may_alias)) copied;

/* memcpy() of a command */
ALWAYS_INLINE void copy_words(place to, place from)
{
	for (u32 at = 0; at < COPIED_BYTES; at += sizeof(word)) {
		trace_access(from + at, sizeof(word), false);
		trace_access(to + at, sizeof(word), true);
	}
	*(copied *)(arena + to) = *(const copied *)(arena + from);
}

#if POINTER_BYTES == 8
#define LOW_HALF_AT (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)

/* The low half of a pointer or an unsigned long is all of it here. */
ALWAYS_INLINE u32 get_low(place at)
{
	u32 value;

	trace_access(at, sizeof(word), false);
	value = *(const any32 *)(arena + at + LOW_HALF_AT);
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

/* The same of a pointer that is aligned to no more than its bytes. */
ALWAYS_INLINE place get_pointer_unaligned(place at)
{
	u32 value;

	trace_access(at, sizeof(word), false);
	value = ((const any32_1 *)(arena + at + LOW_HALF_AT))->value;
	return value;
}

ALWAYS_INLINE void set_pointer_unaligned(place at, place to)
{
	store64_1(arena + at, to == 0 ? 0 : ((u64)DIRECT_MAP_HI << 32) | to);
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

/* The same of a pointer that is aligned to no more than its bytes. */
ALWAYS_INLINE place get_pointer_unaligned(place at)
{
	u32 pointer = load32_1(arena + at);

	return pointer == 0 ? 0 : (u32)(pointer - PAGE_OFFSET);
}

ALWAYS_INLINE void set_pointer_unaligned(place at, place to)
{
	store32_1(arena + at, to == 0 ? 0 : (u32)(to + PAGE_OFFSET));
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
