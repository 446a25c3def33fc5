/*
 * Luck of code placement is as large as a layout's effect (design.md, rule 6):
 * each birth of a build has another number of bytes in front of the path's
 * functions, so that they fall on other places of lines and pages.
 */
#ifndef BIRTH
#define BIRTH 0
#endif

/* In units of 16 bytes, the alignment of functions, 181 is odd and prime. */
#define BIRTH_BYTES (BIRTH * 181 * 16)
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

#if BIRTH > 0
__asm__(".text\n\t.skip " TEXT(BIRTH_BYTES) ", 0x90\n");
#endif
