/* PRP lists (sim/nvme/prp.ts; drivers/nvme/host/pci.c). */
#ifndef PRP_H
#define PRP_H

#define SMALL_ENTRIES (SMALL_LIST_BYTES / 8)
#define PAGE_ENTRIES (LIST_PAGE_BYTES / 8)

struct prp {
	place iod;
	/* Bytes of the command after the entries made so far. */
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

#endif
