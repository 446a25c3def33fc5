/*
 * struct page: from an address to its page, and what the page tells
 * (sim/kernel/page_array.ts; include/linux/mmzone.h, memremap.h).
 */
#ifndef PAGE_ARRAY_H
#define PAGE_ARRAY_H

/* Memory with struct pages, in the order in which it is searched. */
static phys_addr_t range_start[MOST_RANGES];
static phys_addr_t range_bytes[MOST_RANGES];
static place range_page[MOST_RANGES];
static u32 range_count;

ALWAYS_INLINE place page_of(phys_addr_t phys)
{
	for (u32 i = 0; i < range_count; i++) {
		phys_addr_t distance = phys - range_start[i];

		if (distance < range_bytes[i])
			return range_page[i] + (distance >> 12) * PAGE_STRUCT_BYTES;
	}
	return 0;
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

/* Pointers in the tail of an array are as aligned as its vectors. */
#if PAGE_POINTERS_ALIGNED
#define get_staged get_pointer
#define set_staged set_pointer
#else
#define get_staged get_pointer_unaligned
#define set_staged set_pointer_unaligned
#endif

/* get_contig_folio_len(): are the pages behind the first of its folio? */
ALWAYS_INLINE void follow_folio(place page, place staged, u32 pages)
{
	place folio = page_folio(page);

	if (!HAS_COMPOUND_PAGES ||
	    (get32(folio + PAGE_FLAGS_AT) & PG_HEAD) == 0)
		return;
	for (u32 i = 1; i < pages; i++) {
		place at, next;

		/* Without staged pointers they follow each other. */
		if (unlikely(staged == 0)) {
			if (page_folio(page + i * PAGE_STRUCT_BYTES) != folio)
				return;
			continue;
		}
		at = staged + i * POINTER_BYTES;
		next = get_staged(at);
		if (page_folio(next) != folio)
			return;
		if (next != get_staged(at - POINTER_BYTES) + PAGE_STRUCT_BYTES)
			return;
	}
}

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

/* try_grab_folio_fast() and unpin_user_folio() */
ALWAYS_INLINE void page_get(place page, u32 count)
{
	page = page_folio(page);
	set32(page + PAGE_REFCOUNT_AT, get32(page + PAGE_REFCOUNT_AT) + count);
}

ALWAYS_INLINE void page_put(place page, u32 count)
{
	page = page_folio(page);
	set32(page + PAGE_REFCOUNT_AT, get32(page + PAGE_REFCOUNT_AT) - count);
}

/* folio_lock(), folio_mark_dirty(), folio_unlock(): anonymous memory's. */
ALWAYS_INLINE void page_mark_dirty(place page)
{
	place at = page_folio(page) + PAGE_FLAGS_AT;
	u32 flags;

	set32(at, get32(at) | PG_LOCKED);
	/* Memory that was read into before is dirty as a rule. */
	flags = get32(at);
	if (unlikely((flags & PG_DIRTY) == 0))
		set32(at, flags | PG_DIRTY);
	set32(at, get32(at) & ~PG_LOCKED);
}

/* folio_test_dirty() */
ALWAYS_INLINE bool page_is_dirty(place page)
{
	return (get32(page_folio(page) + PAGE_FLAGS_AT) & PG_DIRTY) != 0;
}

#endif
