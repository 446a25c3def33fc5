/* Pages that go through variables and functions of the file before they are
 * used. See kinds.c for "=>". */

static void copy_out(struct page *page, unsigned int off)
{
	void *p = kmap_local_page(page);			/* => mapping */
	memcpy(buffer, p + off, 512);
	kunmap_local(p);
}

static void outer(struct page *pg) { copy_out(pg, 0); }

static void variables(struct bio *bio)
{
	struct bio_vec bv;
	struct bvec_iter iter;
	struct page *page, *other;

	bio_for_each_segment(bv, bio, iter) {
		struct page *page = bv.bv_page;			/* => page_state */

		if (PageError(page))
			SetPageUptodate(page);
	}
	bio_for_each_segment(bv, bio, iter) {
		struct page *page = bv.bv_page;			/* => mapping */
		kunmap_local(kmap_local_page(page));		/* => mapping */
	}
	page = bv.bv_page;					/* => mapping */
	if (bio->bi_status) {
		page = alloc_page(GFP_NOIO);
		put_page(page);
	}
	copy_out(page, 0);
	page = alloc_page(GFP_NOIO);
	put_page(page);
	kunmap_local(kmap_local_page(page));			/* => other */
	outer(bv.bv_page);					/* => mapping */
	elsewhere(bv.bv_page);					/* => handed_on */
	other = bio_first_page_all(bio);			/* => physical */
	pr_info("%llu", (u64)page_to_phys(other));		/* => physical */
}

static void blocks(struct bio_vec *bv, struct page *page)
{
	if (bv) {
		page = bv->bv_page;				/* => mapping */
		memzero_page(page, 0, 512);
		page = NULL;
	}
	lock_page(page);
}

/* Calls itself: followed once. */
static void again(struct page *page, int n)
{
	if (n)
		again(page, n - 1);
	lock_page(page);
}

static void start(struct bio_vec *bv)
{
	struct page *last = NULL;

	again(bv->bv_page, 3);					/* => page_state */
	while (more(bv)) {
		if (last == ZERO_PAGE(0))
			break;
		last = bv->bv_page;				/* => comparison */
	}
}
