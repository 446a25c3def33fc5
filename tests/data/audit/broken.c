/* What is not C to a parser: told as such, and counted all the same. */

DEFINE_THING(bv_page, ->)					/* => not_understood */

static void f(struct bio_vec *bv)
{
	use(bv->bv_page ] + 1);					/* => handed_on */
	@@ bv->bv_page @@					/* => not_understood */
	put_page(bv->bv_page);					/* => reference */
	asm volatile("nop" : : "r" (bv->bv_page));		/* => handed_on */
}

#define HALF(bv) ) bv->bv_page (				/* => not_understood */

static void g(struct bio_vec *bv)
{
	bv->bv_page = bv->bv_page +;				/* => not_understood not_understood */
