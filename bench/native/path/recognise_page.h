/* By struct page and its dev_pagemap, as mainline (sim/recognition/recognise_page.ts). */
#define ASKS_EVERY_SEGMENT 0
#define LOOKS_AT_PREVIOUS 1
#define P2P_NOMERGE PROFILE_P2P_NOMERGE

ALWAYS_INLINE u32 segment_flag(u32 provider, place bio)
{
	return 0;
}

ALWAYS_INLINE u32 pinned_provider(place page, u32 provider)
{
	return provider;
}

/* zone_device_pages_have_same_pgmap() */
ALWAYS_INLINE bool same_bio(place previous, place page, u32 provider, place bio)
{
	bool device = is_zone_device(page);

	if (is_zone_device(previous) != device)
		return false;
	return !device || page_pgmap(previous) == page_pgmap(page);
}

ALWAYS_INLINE bool same_segment(phys_addr_t last, u32 flag, phys_addr_t phys,
				   u32 provider)
{
	return true;
}

/* is_pci_p2pdma_page() and pci_p2pdma_state() */
ALWAYS_INLINE u32 provider_of(unsigned long page, phys_addr_t phys, u32 flag,
			      place bio)
{
	place folio = asked_folio(page_at(page));

	return is_zone_device(folio) ? pgmap_provider(page_pgmap(folio)) : 0;
}

ALWAYS_INLINE bool bars_merging(unsigned long page, u32 provider)
{
	place folio = asked_folio(page_at(page));

	return is_zone_device(folio) && pgmap_is_p2p(page_pgmap(folio));
}

ALWAYS_INLINE bool may_join(phys_addr_t last, phys_addr_t next, u32 flag)
{
	return true;
}
