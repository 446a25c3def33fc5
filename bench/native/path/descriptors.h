/*
 * PRP lists and SGLs, and the pools that they come from (sim/nvme/prp.ts,
 * sgl.ts, descriptor_pool.ts; drivers/nvme/host/pci.c).
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#define SMALL_ENTRIES (SMALL_LIST_BYTES / 8)
#define PAGE_ENTRIES (LIST_PAGE_BYTES / 8)

/* union nvme_data_ptr of the command being built, and its flags byte. */
static u64 pointer_first;
static u64 pointer_second;
static u8 pointer_flags;

/* The arena's physical address, as in kernel_memory.ts. */
ALWAYS_INLINE dma_addr_t list_bus(place list)
{
#if POINTER_BYTES == 8
	return (u64)ARENA_PHYS_HI << 32 | list;
#else
	return list;
#endif
}

ALWAYS_INLINE place small_take(place iod)
{
	place list = slab_take(small_head, SMALL_LINK);

	if (likely(list != 0))
		set8(iod + IOD_FLAGS, get8(iod + IOD_FLAGS) |
				      IOD_FLAG_SMALL_DESCRIPTOR);
	return list;
}

ALWAYS_INLINE place large_take(void)
{
	return slab_take(large_head, LARGE_LINK);
}

/* nvme_free_descriptors() */
ALWAYS_INLINE void descriptors_free(place iod)
{
	u32 count = get8(iod + IOD_DESCRIPTOR_COUNT);

	if (count == 0)
		return;
	if ((get8(iod + IOD_FLAGS) & IOD_FLAG_SMALL_DESCRIPTOR) != 0) {
		slab_give(small_head, SMALL_LINK, get_pointer(iod + IOD_LISTS));
	} else {
		for (u32 i = 0; i < count; i++)
			slab_give(large_head, LARGE_LINK,
				  get_pointer(iod + IOD_LISTS + i * POINTER_BYTES));
	}
	set8(iod + IOD_DESCRIPTOR_COUNT, 0);
}

struct prp {
	place iod;
	/* Bytes of the command behind the entries made so far. */
	u32 rest;
	place list;
	u32 slot;
	/* Pages named so far, PRP1 included. */
	u32 pages;
};

ALWAYS_INLINE void prp_start(struct prp *prp, place iod, u32 total)
{
	*prp = (struct prp){ .iod = iod, .rest = total };
	pointer_flags = 0;
	pointer_second = 0;
}

static bool prp_open_list(struct prp *prp)
{
	u32 needed = (prp->rest + 4095) >> 12;

	prp->list = needed <= SMALL_ENTRIES ? small_take(prp->iod) : large_take();
	if (unlikely(prp->list == 0))
		return false;
	set_pointer(prp->iod + IOD_LISTS, prp->list);
	set8(prp->iod + IOD_DESCRIPTOR_COUNT, 1);
	pointer_second = list_bus(prp->list);
	prp->slot = 0;
	return true;
}

/* Moves the last entry of a full page to a new one and links them. */
static bool prp_chain_list(struct prp *prp)
{
	place next = large_take();
	place last = prp->list + (PAGE_ENTRIES - 1) * 8;
	u32 count;

	if (unlikely(next == 0))
		return false;
	set_le64(next, get_le64(last));
	set_le64(last, list_bus(next));
	count = get8(prp->iod + IOD_DESCRIPTOR_COUNT);
	set_pointer(prp->iod + IOD_LISTS + count * POINTER_BYTES, next);
	set8(prp->iod + IOD_DESCRIPTOR_COUNT, count + 1);
	prp->list = next;
	prp->slot = 1;
	return true;
}

ALWAYS_INLINE bool prp_add_page(struct prp *prp, dma_addr_t bus)
{
	if (prp->pages == 1 && prp->rest <= 4096) {
		pointer_second = bus;
	} else {
		if (prp->list == 0) {
			if (!prp_open_list(prp))
				return false;
		} else if (unlikely(prp->slot == PAGE_ENTRIES) &&
			   !prp_chain_list(prp)) {
			return false;
		}
		set_le64(prp->list + prp->slot * 8, bus);
		prp->slot++;
	}
	prp->pages++;
	return true;
}

/* nvme_pci_setup_data_prp(), one range; a status. */
ALWAYS_INLINE u32 prp_add(struct prp *prp, dma_addr_t bus, u32 length)
{
	if (prp->pages == 0) {
		u32 in_page = 4096 - (bus & CTRL_PAGE_MASK);
		u32 first = min(length, in_page);

		pointer_first = bus;
		prp->pages = 1;
		prp->rest -= first;
		length -= first;
		bus += first;
	}
	while (length > 0) {
		u32 piece = min(length, 4096u);

		/*
		 * Only the last piece may be short and every one starts on a
		 * page: the virt boundary has seen to that.
		 */
		if (unlikely((bus & CTRL_PAGE_MASK) != 0 ||
			     (piece < 4096 && piece != prp->rest)))
			return BLK_STS_IOERR;
		if (!prp_add_page(prp, bus))
			return BLK_STS_RESOURCE;
		prp->rest -= piece;
		length -= piece;
		bus += piece;
	}
	if (prp->pages == 1 && prp->rest > 0 && (bus & CTRL_PAGE_MASK) != 0)
		return BLK_STS_IOERR;
	return BLK_STS_OK;
}

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
