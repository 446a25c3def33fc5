/* What a lexer can trip over: bv_page in a comment does not count, /* nor here: bv_page */
int a; // nor here: bv_page \
   and here, for the line is spliced: bv_page
#error don't count on bv_page in a quote that is not closed
char *s = "bv_page \" bv_page", *t = "/* bv_page";	/* ends here */
char c = '"', d = '\'', *e = "bv_page \
still bv_page"; void f(void) { use(v.bv_page); }	/* => handed_on */
int x = 0xbv_page, my_bv_page, bv_page2, bv_page_x;
void g(void) { v. bv_page = v -> bv_page; }	/* => written copied */
void h(void) { use(v.bv_page/**/); /**/}//*/ bv_page	=> handed_on
