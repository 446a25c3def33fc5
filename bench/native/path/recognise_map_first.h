/*
 * Segments hold DMA addresses that the submitter made before there was a bio
 * (sim/recognition/recognise_map_first.ts): nothing is asked, and nothing is merged.
 */
#define ASKS_EVERY_SEGMENT 0
#define LOOKS_AT_PREVIOUS 0
#define P2P_NOMERGE PROFILE_P2P_NOMERGE

ALWAYS_INLINE u32 segment_flag(u32 provider, place bio)
{
	return 0;
}

ALWAYS_INLINE u32 pinned_provider(place page, u32 provider)
{
	return provider;
}

ALWAYS_INLINE bool same_bio(place previous, place page, u32 provider, place bio)
{
	return true;
}

ALWAYS_INLINE bool same_segment(phys_addr_t last, u32 flag, phys_addr_t phys,
				   u32 provider)
{
	return true;
}

ALWAYS_INLINE bool bars_merging(unsigned long page, u32 provider)
{
	return true;
}

ALWAYS_INLINE u32 provider_of(unsigned long page, phys_addr_t phys, u32 flag,
			      place bio)
{
	return 0;
}

ALWAYS_INLINE bool may_join(phys_addr_t last, phys_addr_t next, u32 flag)
{
	return true;
}
