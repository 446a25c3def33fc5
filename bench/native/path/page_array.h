/*
 * struct page: from an address to its page, and what the page says
 * (sim/kernel/page_array.ts; include/linux/mmzone.h, memremap.h).
 */
#ifndef PAGE_ARRAY_H
#define PAGE_ARRAY_H

/* Struct pages of memory, in the order in which they are searched. */
static unsigned long range_first[MOST_RANGES];
static unsigned long range_bytes[MOST_RANGES];
static place range_page[MOST_RANGES];
static u32 range_count;
/* The range that was found last, as a TLB has it. */
static unsigned long last_first, last_bytes;
static place last_page;

/*
 * Where a struct page is in the arena. A kernel has its address, and the MMU
 * does this: it is the same for every layout. What a layout pays is
 * PFN_TO_PAGE(), where it keeps no pointer (layout.h bvec_page()).
 */
NOINLINE place page_search(unsigned long page)
{
	for (u32 i = 0; i < range_count; i++) {
		unsigned long distance = page - range_first[i];

		if (distance < range_bytes[i]) {
			last_first = range_first[i];
			last_bytes = range_bytes[i];
			last_page = range_page[i];
			return range_page[i] + distance;
		}
	}
	return 0;
}

ALWAYS_INLINE place page_at(unsigned long page)
{
	unsigned long distance = page - last_first;

	return likely(distance < last_bytes) ? last_page + distance
					     : page_search(page);
}

static void load_ranges(const u64 *ranges)
{
	page_array = (const struct any_page *)PAGE_ARRAY_BASE;
	range_count = ranges[0];
	last_bytes = 0;
	for (u32 i = 0; i < range_count; i++) {
		range_first[i] = PFN_TO_PAGE(ranges[1 + i * 3] >> 12);
		range_bytes[i] = (ranges[2 + i * 3] >> 12) * PAGE_STRUCT_BYTES;
		range_page[i] = ranges[3 + i * 3];
	}
}

ALWAYS_INLINE bool is_zone_device(place page)
{
	return ((get32(page + PAGE_ZONE_AT) >> PAGE_ZONE_SHIFT) & 7) == ZONE_DEVICE;
}

/* page_folio(): a tail has bit 0 set in the word of its head. */
ALWAYS_INLINE place page_folio(place page)
{
	place head;

	if (!HAS_COMPOUND_PAGES)
		return page;
	head = get_pointer(page + PAGE_PGMAP_AT);
	return (head & 1) == 0 ? page : head - 1;
}

/* The same where it is read of single pages, too: is_pci_p2pdma_page(). */
ALWAYS_INLINE place asked_folio(place page)
{
	place head = get_pointer(page + PAGE_PGMAP_AT);

	return (head & 1) == 0 ? page : head - 1;
}

/* Pointers in the tail of an array are as aligned as its vectors. */
#if PAGE_POINTERS_ALIGNED
#define get_staged get_word
#define set_staged set_word
#elif POINTER_BYTES == 8
#define get_staged(at) load64_1(arena + (at))
#define set_staged(at, page) store64_1(arena + (at), page)
#else
#define get_staged(at) load32_1(arena + (at))
#define set_staged(at, page) store32_1(arena + (at), page)
#endif

/* folio->pgmap */
ALWAYS_INLINE place page_pgmap(place page)
{
	return get_pointer(page + PAGE_PGMAP_AT);
}

/* folio_is_pci_p2pdma() */
ALWAYS_INLINE bool pgmap_is_p2p(place pgmap)
{
	return get32(pgmap + PGMAP_TYPE_AT) == MEMORY_DEVICE_PCI_P2PDMA;
}

/* __pci_p2pdma_update_state(): provider index + 1 of a P2P pgmap, else 0. */
ALWAYS_INLINE u32 pgmap_provider(place pgmap)
{
	if (!pgmap_is_p2p(pgmap))
		return 0;
	return ((get_pointer(pgmap + PGMAP_PROVIDER_AT) - providers_at) >> 4) + 1;
}

/* try_grab_folio_fast() */
ALWAYS_INLINE void page_get(place page, u32 count)
{
	page = page_folio(page);
	set32(page + PAGE_REFCOUNT_AT, get32(page + PAGE_REFCOUNT_AT) + count);
}

/* unpin_user_folio() */
NOINLINE void folio_put(place folio, u32 count)
{
	set32(folio + PAGE_REFCOUNT_AT, get32(folio + PAGE_REFCOUNT_AT) - count);
}

/* folio_lock(), folio_mark_dirty(), folio_unlock(): anonymous memory's. */
NOINLINE void folio_mark_dirty(place folio)
{
	place at = folio + PAGE_FLAGS_AT;
	u32 flags;

	set32(at, get32(at) | PG_LOCKED);
	/* Memory that was read into before is dirty as a rule. */
	flags = get32(at);
	if (unlikely((flags & PG_DIRTY) == 0))
		set32(at, flags | PG_DIRTY);
	set32(at, get32(at) & ~PG_LOCKED);
}

/* folio_test_dirty() */
ALWAYS_INLINE bool folio_is_dirty(place folio)
{
	return (get32(folio + PAGE_FLAGS_AT) & PG_DIRTY) != 0;
}

#endif
