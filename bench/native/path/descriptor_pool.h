/*
 * The pools that PRP lists and SGLs come from (sim/nvme/descriptor_pool.ts;
 * drivers/nvme/host/pci.c).
 */
#ifndef DESCRIPTOR_POOL_H
#define DESCRIPTOR_POOL_H

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
	place list;

	touch_queue_pool(nvme_queue);
	list = pool_take(small_head, SMALL_LINK, SMALL_LIST_BYTES);
	if (likely(list != 0))
		set8(iod + IOD_FLAGS, get8(iod + IOD_FLAGS) |
				      IOD_FLAG_SMALL_DESCRIPTOR);
	return list;
}

ALWAYS_INLINE place large_take(void)
{
	touch_queue_pool(nvme_queue);
	return pool_take(large_head, LARGE_LINK, LIST_PAGE_BYTES);
}

/* nvme_free_descriptors() */
ALWAYS_INLINE void descriptors_free(place iod)
{
	u32 count = get8(iod + IOD_DESCRIPTOR_COUNT);

	if (count == 0)
		return;
	if ((get8(iod + IOD_FLAGS) & IOD_FLAG_SMALL_DESCRIPTOR) != 0) {
		place list = get_pointer(iod + IOD_LISTS);

		touch_queue_pool(nvme_queue);
		pool_give(small_head, SMALL_LINK, list);
	} else {
		for (u32 i = 0; i < count; i++) {
			place list = get_pointer(iod + IOD_LISTS +
						 i * POINTER_BYTES);

			touch_queue_pool(nvme_queue);
			pool_give(large_head, LARGE_LINK, list);
		}
	}
	set8(iod + IOD_DESCRIPTOR_COUNT, 0);
}

#endif
