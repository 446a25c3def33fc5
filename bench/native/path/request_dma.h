/*
 * From segments to DMA ranges (sim/nvme/request_dma.ts; block/blk-mq-dma.c
 * blk_dma_map_iter_start() and _next()), without an IOMMU: a range is the
 * segment, by its physical or, for P2P memory, by its bus address.
 */
#ifndef REQUEST_DMA_H
#define REQUEST_DMA_H

static dma_addr_t bus_offset[MOST_RANGES];

struct dma {
	struct segments walk;
	dma_addr_t bus;
	u32 length;
	u32 provider;
};

/* pci_p2pdma_state(): all providers are behind one switch with the client. */
ALWAYS_INLINE void dma_look_up(struct dma *dma)
{
	/* pci_p2pdma_state(), phys_to_page(vec->paddr) */
	dma->provider = provider_of(PFN_TO_PAGE(dma->walk.phys >> 12),
				    dma->walk.phys, dma->walk.flag,
				    dma->walk.segment_bio);
}

ALWAYS_INLINE void dma_map_segment(struct dma *dma)
{
	dma->bus = dma->walk.phys;
	if (unlikely(dma->provider != 0))
		dma->bus += bus_offset[dma->provider];
	dma->length = dma->walk.length;
}

ALWAYS_INLINE void dma_start(struct dma *dma, place request)
{
	place flags = request + IOD_AT + IOD_FLAGS;

	/* A request has a segment; no compiler knows that. */
	dma->walk.phys = 0;
	dma->walk.length = 0;
	dma->walk.flag = 0;
	dma->walk.segment_bio = 0;
	segments_start(&dma->walk, request);
	segments_next(&dma->walk);
	dma_look_up(dma);
	/* dma_iova_try_alloc() finds no IOMMU. */
	if (likely(dma->provider == 0)) {
		touch_request_map_iter(request);
		touch_iod_map_iter(request + IOD_AT);
	}
	dma_map_segment(dma);
	if (dma->provider != 0 && !ASKS_EVERY_SEGMENT)
		set8(flags, get8(flags) | IOD_FLAG_DATA_P2P);
}

ALWAYS_INLINE bool dma_next(struct dma *dma)
{
	if (!segments_next(&dma->walk))
		return false;
	/* blk_rq_dma_map_iter_start() looks at the first segment alone. */
	if (ASKS_EVERY_SEGMENT)
		dma_look_up(dma);
	dma_map_segment(dma);
	return true;
}

#endif
