/* SGLs (sim/nvme/sgl.ts; drivers/nvme/host/pci.c). */
#ifndef SGL_H
#define SGL_H

#define SGL_LIST_SMALL (SMALL_LIST_BYTES / SGL_DESCRIPTOR_BYTES)
#define SGL_LIST_PAGE (LIST_PAGE_BYTES / SGL_DESCRIPTOR_BYTES)

struct sgl {
	place list;
	u32 count;
};

ALWAYS_INLINE void sgl_point(dma_addr_t bus, u32 bytes, u32 type)
{
	pointer_first = bus;
	pointer_second = (u64)type << 56 | bytes;
	pointer_flags = CMD_SGL_METABUF;
}

static u32 sgl_open(struct sgl *sgl, place iod, u32 most)
{
	sgl->count = 0;
	sgl->list = most <= SGL_LIST_SMALL ? small_take(iod) : large_take();
	if (unlikely(sgl->list == 0))
		return BLK_STS_RESOURCE;
	set_pointer(iod + IOD_LISTS, sgl->list);
	set8(iod + IOD_DESCRIPTOR_COUNT, 1);
	return BLK_STS_OK;
}

ALWAYS_INLINE u32 sgl_add(struct sgl *sgl, dma_addr_t bus, u32 length)
{
	place at = sgl->list + sgl->count * SGL_DESCRIPTOR_BYTES;

	if (unlikely(sgl->count == SGL_LIST_PAGE))
		return BLK_STS_IOERR;
	set_le64(at, bus);
	set_le64(at + 8, (u64)SGL_TYPE_DATA << 56 | length);
	sgl->count++;
	return BLK_STS_OK;
}

ALWAYS_INLINE void sgl_close(const struct sgl *sgl)
{
	sgl_point(list_bus(sgl->list), sgl->count * SGL_DESCRIPTOR_BYTES,
		  SGL_TYPE_LAST);
}

#endif
