/* Uses in macros, in preprocessor lines, and behind things that the grammar
 * of C does not have. See kinds.c for "=>". */

#define bvec_iter_page(bvec, iter)	/* => declared */ \
	(mp_bvec_iter_page((bvec), (iter)) +	/* => handed_on */ \
	 mp_bvec_iter_page_idx((bvec), (iter)))

#define bvec_iter_bvec(bvec, iter)	\
((struct bio_vec) {			\
	.bv_page = bvec_iter_page((bvec), (iter)), /* => written copied */ \
	.bv_len = bvec_iter_len((bvec), (iter)), \
})

#define map_it(bv)	do {		\
	void *p = kmap_local_page((bv)->bv_page); /* => mapping mapping */ \
	use(p);				\
} while (0)

#define start_of(bv) if ((bv)->bv_page) {	/* => null_test */

#define ARRAY_OF(bv) { (bv)->bv_page, NULL }	/* => handed_on */

#define do_it(op, bv) op##_page((bv)->bv_page, #op)	/* => handed_on */

#define put_it(bv) /* a directive goes on behind
	a comment */ put_page((bv)->bv_page)	/* => reference */

#ifndef page_to_phys						/* => declared */
#define page_to_phys(page) (page_to_pfn(page) << PAGE_SHIFT)	/* => declared */
#endif
#undef kmap							/* => declared */
#define kmap_atomic(page) kmap(page)			/* => declared other */

static int __init noinline setup(struct bio_vec *bv) __releases(&bv->lock)
{
	struct foo *foo = container_of(bv, struct foo, bvec[0].bv_page); /* => declared */

#ifdef CONFIG_HIGHMEM
	if (bv->bv_len) {
#else
	{
#endif
		put_page(bv->bv_page);				/* => reference */
	}
	rq_for_each_segment(bv, rq, iter)
		flush_dcache_page(bv->bv_page);			/* => cache_flush */
	return min_t(unsigned int, page_offset(bv->bv_page), 8); /* => page_state */
}
EXPORT_SYMBOL(bvec_kmap_local);					/* => declared */
