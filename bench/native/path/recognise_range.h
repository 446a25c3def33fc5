/*
 * By address among sorted ranges, the one that was hit last first
 * (sim/recognition/recognise_range.ts, sorted_ranges.ts).
 */
#define ASKS_EVERY_SEGMENT 1
#define LOOKS_AT_PREVIOUS 0
#define P2P_NOMERGE PROFILE_P2P_NOMERGE

/*
 * Header: count u32 0, last hit i32 4; entries of 16 bytes from 64 on. The
 * DataView path keeps them little-endian on every ABI; big-endian machines have
 * loads that turn bytes around at no further instruction.
 */
#define RANGE_ENTRY(i) (provider_ranges + 64 + (place)(i) * 16)

ALWAYS_INLINE bool range_holds(u32 i, phys_addr_t phys)
{
	return get_le64(RANGE_ENTRY(i)) <= phys && phys <= get_le64(RANGE_ENTRY(i) + 8);
}

static u32 range_lookup(phys_addr_t phys)
{
	s32 hit = (s32)get_le32(provider_ranges + 4);
	u32 low = 0, high, count;

	if (hit >= 0 && range_holds(hit, phys)) {
		low = hit;
	} else {
		count = get_le32(provider_ranges);
		high = count;
		while (low < high) {
			u32 middle = (low + high) >> 1;

			if (get_le64(RANGE_ENTRY(middle) + 8) < phys)
				low = middle + 1;
			else
				high = middle;
		}
		if (low >= count || !range_holds(low, phys))
			return 0;
		set_le32(provider_ranges + 4, low);
	}
	return get_le32(RANGE_ENTRY(provider_count) + low * 4) + 1;
}

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
	return range_lookup(last) == range_lookup(phys);
}

ALWAYS_INLINE bool bars_merging(unsigned long page, u32 provider)
{
	return false;
}

ALWAYS_INLINE u32 provider_of(unsigned long page, phys_addr_t phys, u32 flag,
			      place bio)
{
	return range_lookup(phys);
}

ALWAYS_INLINE bool may_join(phys_addr_t last, phys_addr_t next, u32 flag)
{
	return range_lookup(last) == range_lookup(next);
}
