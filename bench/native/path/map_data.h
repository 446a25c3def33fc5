/*
 * The mapping stage of the NVMe driver (sim/nvme/map_data.ts, map_simple.ts;
 * drivers/nvme/host/pci.c nvme_map_data()). Nothing has to be unmapped:
 * there is no IOMMU and no bounce pool.
 */
#ifndef MAP_DATA_H
#define MAP_DATA_H

static u32 dma_segments;

ALWAYS_INLINE void set_total(place iod, u32 bytes)
{
#if IOD_TOTAL_IS_LONG
	set_long(iod + IOD_TOTAL_BYTES, bytes);
#else
	set32(iod + IOD_TOTAL_BYTES, bytes);
#endif
}

/* nvme_pci_use_sgls(): gaps within a page leave no other way. */
ALWAYS_INLINE bool sgl_is_forced(place request)
{
	u32 bit = SGL_SUPPORTED ? get8(request + REQUEST_GAP_AT) : 0;

	return bit != 0 && (-(1u << (bit - 1)) & CTRL_PAGE_MASK) != 0;
}

/* The size that is left; in the order in which the fields are loaded. */
ALWAYS_INLINE u32 req_bvec_size(place bio, place array, u32 max_vecs, u32 idx)
{
	bvec_trace_address(array, max_vecs, idx);
	bvec_trace_length(array, max_vecs, idx);
	return get32(bio + BIO_BI_ITER_BI_SIZE);
}

/* nvme_pci_setup_data_simple(); false where it cannot be used. */
ALWAYS_INLINE bool map_simple(place request)
{
	place bio = get_pointer(request + REQUEST_BIO);
	place array = get_pointer(bio + BIO_BI_IO_VEC);
	u32 max_vecs = get16(bio + BIO_BI_MAX_VECS);
	u32 idx = get32(bio + BIO_BI_ITER_BI_IDX);
	u32 done = get32(bio + BIO_BI_ITER_BI_BVEC_DONE);
	u32 size = req_bvec_size(bio, array, max_vecs, idx);
	/* req_bvec(): what of the vector the bio still has. */
	bvec bv = bvec_iter_copy(array, max_vecs, idx, done, size);
	phys_addr_t phys = bvec_phys(&bv) + BVEC_REST(done);
	u32 length = bvec_len(&bv);
	u32 offset = phys & CTRL_PAGE_MASK;
	u32 first = 4096 - offset;
	bool is_short = offset + length <= 2 * 4096 && !sgl_is_forced(request);
	place iod = request + IOD_AT;
	u32 flag;

	if (!is_short && !SGL_SUPPORTED)
		return false;
	if (FLAGS_MATTER)
		bvec_trace_flag(array, max_vecs, idx);
	flag = FLAGS_MATTER ? bvec_flag(&bv) : 0;
	if (provider_of(bvec_page(&bv), phys, flag, bio) != 0)
		return false;
	dma_segments = 1;
	set8(iod + IOD_FLAGS, get8(iod + IOD_FLAGS) | IOD_FLAG_SINGLE_SEGMENT);
	set_total(iod, length);
	if (!is_short) {
		sgl_point(phys, length, SGL_TYPE_DATA);
		return true;
	}
	pointer_first = phys;
	pointer_second = length > first ? phys + first : 0;
	pointer_flags = 0;
	return true;
}

ALWAYS_INLINE u32 build_prp(place request, struct dma *dma)
{
	struct prp prp;

	prp_start(&prp, request + IOD_AT, get32(request + REQUEST_DATA_LEN));
	do {
		u32 status = prp_add(&prp, dma->bus, dma->length);

		if (unlikely(status != BLK_STS_OK))
			return status;
		dma_segments++;
	} while (dma_next(dma));
	return BLK_STS_OK;
}

ALWAYS_INLINE u32 build_sgl(place request, struct dma *dma)
{
	u32 most = get16(request + REQUEST_NR_PHYS_SEGMENTS);
	struct sgl sgl;
	u32 status;

	if (most == 1) {
		dma_segments = 1;
		sgl_point(dma->bus, dma->length, SGL_TYPE_DATA);
		return BLK_STS_OK;
	}
	status = sgl_open(&sgl, request + IOD_AT, most);
	while (status == BLK_STS_OK) {
		status = sgl_add(&sgl, dma->bus, dma->length);
		if (unlikely(status != BLK_STS_OK))
			return status;
		dma_segments++;
		if (!dma_next(dma)) {
			sgl_close(&sgl);
			return BLK_STS_OK;
		}
	}
	return status;
}

/* Whether the average segment reaches sgl_threshold. */
ALWAYS_INLINE bool uses_sgl(place request, u32 bytes)
{
	u32 segments;

	if (!SGL_SUPPORTED)
		return false;
	if (sgl_is_forced(request))
		return true;
	if (SGL_THRESHOLD_BYTES == 0)
		return false;
	segments = get16(request + REQUEST_NR_PHYS_SEGMENTS);
	return (bytes + segments - 1) / segments >= SGL_THRESHOLD_BYTES;
}

/* nvme_map_data(); a status. */
ALWAYS_INLINE u32 map_data(place request)
{
	u32 bytes, status;
	struct dma dma;

	dma_segments = 0;
	if (SGL_SUPPORTED) {
		touch_request_use_sgls(request);
		touch_iod_use_sgls(request + IOD_AT);
	}
	if (get16(request + REQUEST_NR_PHYS_SEGMENTS) == 1 && map_simple(request))
		return BLK_STS_OK;
	dma_start(&dma, request);
	bytes = get32(request + REQUEST_DATA_LEN);
	set_total(request + IOD_AT, bytes);
	status = uses_sgl(request, bytes) ? build_sgl(request, &dma)
					  : build_prp(request, &dma);
	if (unlikely(status != BLK_STS_OK))
		descriptors_free(request + IOD_AT);
	return status;
}

/* nvme_unmap_data() */
ALWAYS_INLINE void unmap_data(place request)
{
	place iod = request + IOD_AT;

	/* nvme_try_complete_req(), blk_mq_complete_request_remote() */
	touch_iod_complete(iod);
	touch_request_complete(request);
	touch_context_complete(request_ctx);
	touch_iod_unmap(iod);
	if ((get8(iod + IOD_FLAGS) & IOD_FLAG_SINGLE_SEGMENT) == 0) {
		touch_iod_unmap_iter(iod);
		descriptors_free(iod);
	}
}

#endif
