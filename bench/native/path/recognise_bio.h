/*
 * By a flag and the provider on the bio, after its last field
 * (sim/recognition/recognise_bio.ts); memory of another kind opens a new bio.
 */
#define ASKS_EVERY_SEGMENT 0
#define LOOKS_AT_PREVIOUS 0
#define P2P_NOMERGE 1

ALWAYS_INLINE u32 bio_provider(place bio)
{
	if ((get16(bio + BIO_BI_FLAGS) & BIO_P2P) == 0)
		return 0;
	return get_long(bio + BIO_PROVIDER_AT);
}

ALWAYS_INLINE u32 segment_flag(u32 provider, place bio)
{
	u16 flags = get16(bio + BIO_BI_FLAGS);

	if (provider != 0 && (flags & BIO_P2P) == 0) {
		set16(bio + BIO_BI_FLAGS, flags | BIO_P2P);
		set_long(bio + BIO_PROVIDER_AT, provider);
	}
	return 0;
}

/* Pinned memory says by its struct page whose it is. */
ALWAYS_INLINE u32 pinned_provider(place page, u32 provider)
{
	place folio = asked_folio(page);

	return is_zone_device(folio) ? pgmap_provider(page_pgmap(folio)) : 0;
}

ALWAYS_INLINE bool same_bio(place previous, place page, u32 provider, place bio)
{
	return bio_provider(bio) == provider;
}

ALWAYS_INLINE bool same_segment(phys_addr_t last, u32 flag, phys_addr_t phys,
				   u32 provider)
{
	return true;
}

ALWAYS_INLINE bool bars_merging(unsigned long page, u32 provider)
{
	return provider != 0;
}

ALWAYS_INLINE u32 provider_of(unsigned long page, phys_addr_t phys, u32 flag,
			      place bio)
{
	return bio_provider(bio);
}

ALWAYS_INLINE bool may_join(phys_addr_t last, phys_addr_t next, u32 flag)
{
	return true;
}
