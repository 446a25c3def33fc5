/*
 * A slab cache with LIFO reuse (sim/memory/slab.ts; mm/slub.c): the head is in
 * memory, and so is the link in each free object.
 */
#ifndef SLAB_H
#define SLAB_H

ALWAYS_INLINE place slab_take(place head, place link)
{
	place object = get_pointer(head);

	if (likely(object != 0))
		set_pointer(head, get_pointer(object + link));
	return object;
}

ALWAYS_INLINE void slab_give(place head, place link, place object)
{
	set_pointer(object + link, get_pointer(head));
	set_pointer(head, object);
}

#endif
