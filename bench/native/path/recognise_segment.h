/*
 * By a flag in the segment; a flagged one is looked up among the providers
 * (sim/recognition/recognise_segment.ts).
 */
#define ASKS_EVERY_SEGMENT 1
#define LOOKS_AT_PREVIOUS 0
#define P2P_NOMERGE PROFILE_P2P_NOMERGE

ALWAYS_INLINE u32 segment_flag(u32 provider, place bio)
{
	return provider != 0;
}

/* is_pci_p2pdma_page(): pinned memory says by its struct page what it is. */
ALWAYS_INLINE u32 pinned_provider(place page, u32 provider)
{
	place folio = asked_folio(page);

	return is_zone_device(folio) && pgmap_is_p2p(page_pgmap(folio));
}

ALWAYS_INLINE bool same_bio(place previous, place page, u32 provider, place bio)
{
	return true;
}

ALWAYS_INLINE bool bars_merging(unsigned long page, u32 provider)
{
	return provider != 0;
}

static u32 flagged_provider(phys_addr_t phys)
{
	for (u32 i = 0; i < provider_count; i++) {
		place row = provider_table + i * 16;

		if (get64(row) <= phys && phys <= get64(row + 8))
			return i + 1;
	}
	return 0;
}

ALWAYS_INLINE bool same_segment(phys_addr_t last, u32 flag, phys_addr_t phys,
				   u32 provider)
{
	return flag == (provider != 0) &&
	       (flag == 0 ? 0 : flagged_provider(last)) == provider;
}

ALWAYS_INLINE u32 provider_of(unsigned long page, phys_addr_t phys, u32 flag,
			      place bio)
{
	return likely(flag == 0) ? 0 : flagged_provider(phys);
}

ALWAYS_INLINE bool may_join(phys_addr_t last, phys_addr_t next, u32 flag)
{
	return flag == 0 || flagged_provider(last) == flagged_provider(next);
}
