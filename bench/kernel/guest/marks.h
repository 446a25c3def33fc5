/* Marks that the guest program makes and the plugin sees. */
#ifndef MARKS_H
#define MARKS_H

/* Displacement of a load that is a mark, the mark's number in its low byte. */
#define MARK_BASE UINT32_C(0x5ab17e00)

enum {
  MARK_ARM = 1,    /* instrument the kernel from here on */
  MARK_BEGIN = 2,  /* an I/O begins; argument: MARK_ROOM + 16 * its number */
  MARK_END = 3,    /* it has ended */
  MARK_PAGE = 4,   /* hand out the page of the argument */
  MARK_FINISH = 5, /* end QEMU */
};

#endif
