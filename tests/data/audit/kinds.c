/*
 * One use of each kind. What stands behind "=>" at the end of a line is what
 * the audit has to make of the identifiers of that line, left to right.
 */
struct bio_vec {
	struct page	*bv_page;				/* => declared */
	unsigned int	bv_len;
	unsigned int	bv_offset;
};

static size_t place_of_page = offsetof(struct bio_vec, bv_page);	/* => declared */

static phys_addr_t physical(struct device *dev, struct bio_vec *bv)
{
	phys_addr_t phys = page_to_phys(bv->bv_page) + bv->bv_offset;	/* => physical physical */
	unsigned long pfn = page_to_pfn(nth_page(bv->bv_page, 1));	/* => physical */
	u64 bus = virt_to_phys(page_address(bv->bv_page));	/* => physical */

	if (PageHighMem(bv->bv_page))				/* => physical */
		return 0;
	return dma_map_page(dev, bv->bv_page, bv->bv_offset,	/* => physical */
			    bv->bv_len, DMA_TO_DEVICE);
}

static void mapping(struct bio_vec *bv, void *to)
{
	void *p = kmap_local_page(bv->bv_page) + bv->bv_offset;	/* => mapping mapping */
	void *q = kmap_atomic((struct page *)(bv->bv_page + 1));	/* => mapping mapping */
	void *r = page_address(bv->bv_page);			/* => mapping */

	memcpy_to_page(bv->bv_page, bv->bv_offset, to, 8);	/* => mapping */
	memcpy_from_bvec(to, bv);				/* => mapping */
	kfree(bvec_virt(bv));					/* => mapping */
	flush_dcache_page(bv->bv_page);				/* => cache_flush */
}

static void reference(struct bio_vec *bv, mempool_t *pool)
{
	get_page(bv->bv_page);					/* => reference */
	set_page_dirty_lock(bv->bv_page);			/* => reference */
	mempool_free(bv->bv_page, pool);			/* => reference */
	unpin_user_page(bv->bv_page);				/* => reference */
}

static bool questions(struct bio_vec *a, struct bio_vec *b, struct page *zero)
{
	if (is_pci_p2pdma_page(a->bv_page))			/* => p2p_check */
		return false;
	if (a->bv_page == b->bv_page)				/* => comparison comparison */
		return true;
	if (zero != a->bv_page + 1)				/* => comparison */
		return true;
	if (!a->bv_page || b->bv_page == NULL)			/* => null_test null_test */
		return false;
	return a->bv_page ? true : false;			/* => null_test */
}

static struct inode *state(struct bio_vec *bv)
{
	if (PageUptodate(bv->bv_page))				/* => page_state */
		unlock_page(bv->bv_page);			/* => page_state */
	return page_folio(bv->bv_page) ?			/* => page_state */
		bv->bv_page->mapping->host : NULL;		/* => page_state */
}

static struct page *handed_on(struct bio_vec *bv, struct sg *sg, struct x *x)
{
	sg_set_page(sg, bv->bv_page, bv->bv_len, bv->bv_offset);	/* => scatterlist scatterlist */
	x->ops->send(x, bv->bv_page, 0);			/* => handed_on */
	x->page = bv->bv_page;					/* => handed_on */
	x->where = &bv->bv_page;				/* => handed_on */
	return bv->bv_page;					/* => handed_on */
}

static void written(struct bio_vec *to, struct bio_vec *from, struct bio *bio)
{
	struct bio_vec one = { .bv_page = from->bv_page, };	/* => written copied */
	struct rq rq = { .special.bv_page = ZERO_PAGE(0) };	/* => written */

	to->bv_page = alloc_page(GFP_NOIO);			/* => written */
	to->bv_page = from->bv_page;				/* => written copied */
	to->bv_page++;						/* => written */
	bvec_set_page(to, from->bv_page, 8, 0);			/* => written copied */
	bio_add_page(bio, from->bv_page, 8, 0);			/* => copied */
}

static void others(struct page *page, struct ops *ops, int bio_page)	/* => declared */
{
	kunmap_local(kmap_local_page(page));			/* => other */
	phys = page_to_phys(page);				/* => other */
	ops->kmap(page);					/* => other */
	bio_page = bio_page + 1;				/* => other other */
}
