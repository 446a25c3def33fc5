/*
 * Page pointers that extraction stages (sim/block/page_pointers.ts;
 * layouts/page_pointers.ts says where, and which layouts cannot).
 */
#ifndef PAGE_POINTERS_H
#define PAGE_POINTERS_H

ALWAYS_INLINE phys_addr_t piece_phys(u32 piece)
{
#if PHYS_BYTES == 8
	return (u64)(u32)window_phys_hi[piece] << 32 | (u32)window_phys_lo[piece];
#else
	return (u32)window_phys_lo[piece];
#endif
}

/* Behind the last page pointer that was staged. */
static place staged_end;

/*
 * get_user_pages() puts a pointer for each page into the tail of the array that
 * vectors fill from its front, or into a bounce array; returns where the first is.
 */
NOINLINE place stage_pages(place bio, u32 piece, u32 skip, u32 size)
{
	u32 max_vecs = get16(bio + BIO_BI_MAX_VECS);
	u32 room = (max_vecs - get16(bio + BIO_BI_VCNT)) * POINTER_BYTES;
	place first, at;

#if PAGE_POINTERS_BOUNCED
	first = page_pointers;
#else
	first = get_pointer(bio + BIO_BI_IO_VEC) + max_vecs * VECTOR_BYTES - room;
#endif
	at = first;
	for (u32 left = size; left > 0; piece++) {
		phys_addr_t phys = piece_phys(piece) + skip;
		u32 rest = (u32)window_piece_bytes[piece] - skip;
		u32 bytes = min(rest, left);
		unsigned long page = PFN_TO_PAGE(phys >> 12);
		u32 count = ((u32)(phys & 4095) + bytes + 4095) >> 12;

		for (; count > 0 && at < first + room; count--) {
			set_staged(at, page);
			at += POINTER_BYTES;
			page += PAGE_STRUCT_BYTES;
		}
		left -= bytes;
		skip = 0;
	}
	staged_end = at;
	return first;
}

#endif
