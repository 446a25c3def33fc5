/*
 * Tags of the queue: a bitmap with one word per cache line (sim/block/tags.ts;
 * lib/sbitmap.c).
 */
#ifndef TAGS_H
#define TAGS_H

#define TAG_WORDS ((TAG_COUNT + (1u << TAG_SHIFT) - 1) >> TAG_SHIFT)
#define TAG_LOCK_AT (TAG_CLEARED_AT + POINTER_BYTES)
#define TAG_WORD(index) (tag_map + (place)(index) * TAG_WORD_BYTES)

/* ffz() of a word that has one */
ALWAYS_INLINE u32 first_zero(word value)
{
	return POINTER_BYTES == 8 ? __builtin_ctzll(~(u64)value)
				  : __builtin_ctz(~(u32)value);
}

ALWAYS_INLINE u32 tag_word_depth(u32 index)
{
	return min(1u << TAG_SHIFT, TAG_COUNT - (index << TAG_SHIFT));
}

/* sbitmap_deferred_clear() */
ALWAYS_INLINE bool clear_deferred(place at)
{
	word cleared;

	/* swap_lock, after it */
	set32(at + TAG_LOCK_AT, get32(at + TAG_LOCK_AT));
	set32(at + TAG_LOCK_AT, 0);
	cleared = get_word(at + TAG_CLEARED_AT);
	if (cleared == 0)
		return false;
	set_word(at + TAG_CLEARED_AT, 0);
	set_word(at, get_word(at) & ~cleared);
	return true;
}

ALWAYS_INLINE s32 tag_take_from(u32 index)
{
	place at = TAG_WORD(index);

	for (;;) {
		word value = get_word(at);
		u32 bit = ~value == 0 ? WORD_BITS : first_zero(value);

		if (bit < tag_word_depth(index)) {
			set_word(at, value | (word)1 << bit);
			return (index << TAG_SHIFT) + bit;
		}
		if (!clear_deferred(at))
			return -1;
	}
}

/* sbitmap_queue_get(); -1 where all are in use. */
static s32 tag_take(void)
{
	u32 hint = get32(tag_hint);
	u32 index = hint >> TAG_SHIFT;

	if (index >= TAG_WORDS)
		index = 0;
	for (u32 tried = 0; tried < TAG_WORDS; tried++) {
		s32 tag = tag_take_from(index);

		if (tag >= 0) {
			if ((u32)tag == hint)
				set32(tag_hint, hint + 1 < TAG_COUNT ? hint + 1 : 0);
			return tag;
		}
		index = index + 1 < TAG_WORDS ? index + 1 : 0;
	}
	set32(tag_hint, 0);
	return -1;
}

/* __sbitmap_queue_get_batch(): how many, in tag_batch[]. */
static u32 tag_batch[32];

static u32 tag_take_batch(u32 count)
{
	u32 wanted = min(count, 32u);
	u32 index = get32(tag_hint) >> TAG_SHIFT;

	if (index >= TAG_WORDS)
		index = 0;
	for (u32 tried = 0; tried < TAG_WORDS; tried++) {
		place at = TAG_WORD(index);
		u32 depth = tag_word_depth(index);
		u32 taken = 0;
		word value;

		clear_deferred(at);
		value = get_word(at);
		while (taken < wanted && ~value != 0) {
			u32 bit = first_zero(value);

			if (bit >= depth)
				break;
			value |= (word)1 << bit;
			tag_batch[taken++] = (index << TAG_SHIFT) + bit;
		}
		set_word(at, value);
		if (taken > 0) {
			u32 next = tag_batch[taken - 1] + 1;

			set32(tag_hint, next < TAG_COUNT ? next : 0);
			return taken;
		}
		index = index + 1 < TAG_WORDS ? index + 1 : 0;
	}
	return 0;
}

/* sbitmap_queue_clear_batch(): the bit is cleared where it is. */
ALWAYS_INLINE void tag_give(u32 tag)
{
	place at = TAG_WORD(tag >> TAG_SHIFT);

	set_word(at, get_word(at) & ~((word)1 << (tag & ((1u << TAG_SHIFT) - 1))));
	set32(tag_hint, tag);
}

#endif
