/* Memory of known physical shape. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

static const size_t PAGE = 4096;
static const size_t HUGE_PAGE = 2 << 20;

uint64_t frame_of(const void *at) {
  static int pagemap = -1;
  uint64_t entry = 0;
  if (pagemap < 0) pagemap = open("/proc/self/pagemap", O_RDONLY);
  const off_t place = (off_t)((uintptr_t)at / PAGE * sizeof entry);
  if (pread(pagemap, &entry, sizeof entry, place) != sizeof entry) return 0;
  return entry >> 63 ? entry & ((UINT64_C(1) << 55) - 1) : 0;
}

static void *map(size_t bytes, int flags) {
  void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (at == MAP_FAILED) return NULL;
  for (size_t byte = 0; byte < bytes; byte += PAGE)
    ((volatile unsigned char *)at)[byte] = 1;
  return at;
}

/* Every other page of a mapping twice as long, side by side. */
static const char *scattered(struct buffers *made, size_t bytes) {
  unsigned char *pages = map(2 * bytes, 0);
  unsigned char *to = mmap(NULL, bytes, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == NULL || to == MAP_FAILED) return "no memory";
  for (size_t page = 0; page < bytes / PAGE; page++) {
    if (mremap(pages + 2 * page * PAGE, PAGE, PAGE,
               MREMAP_MAYMOVE | MREMAP_FIXED,
               to + page * PAGE) == MAP_FAILED)
      return "pages cannot be moved";
  }
  for (size_t page = 1; page < bytes / PAGE; page++) {
    const uint64_t before = frame_of(to + (page - 1) * PAGE);
    if (frame_of(to + page * PAGE) == before + 1)
      return "pages that should be apart are adjacent";
  }
  made->mapped = to;
  return NULL;
}

/* Memory of a disk's own BAR. */
static const char *p2p(struct buffers *made, size_t bytes,
                       const char *provider) {
  char path[128];
  snprintf(path, sizeof path, "/sys/block/%s/device/device/p2pmem/allocate",
           provider);
  made->file = open(path, O_RDWR);
  if (made->file < 0)
    return "the kernel offers no P2P memory to programs (it needs "
           "CONFIG_PCI_P2PDMA, and version 6.2)";
  made->mapped =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, made->file, 0);
  if (made->mapped == MAP_FAILED) {
    made->mapped = NULL;
    return "P2P memory cannot be mapped";
  }
  for (size_t byte = 0; byte < bytes; byte += PAGE)
    ((volatile unsigned char *)made->mapped)[byte] = 1;
  return NULL;
}

const char *make_buffers(const struct workload *load, struct buffers *made,
                         const char *provider) {
  memset(made, 0, sizeof *made);
  made->file = -1;
  /* One that divides the huge page, so that no I/O crosses its border. */
  const size_t step = (load->bytes + PAGE - 1) / PAGE * PAGE;
  made->count = strcmp(load->kind, "p2p") == 0 ? 8 : 16;
  if (made->count < load->depth) made->count = load->depth;
  if (made->count > MOST_BUFFERS) return "too many I/Os at a time";
  const size_t bytes = made->count * step;
  made->mapped_bytes = bytes;
  const char *error = NULL;
  if (strcmp(load->kind, "scattered") == 0) {
    error = scattered(made, bytes);
  } else if (strcmp(load->kind, "contiguous") == 0) {
    made->mapped = map(bytes, 0);
    if (made->mapped == NULL) error = "no memory";
  } else if (strcmp(load->kind, "huge") == 0) {
    made->mapped_bytes = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    made->mapped = map(made->mapped_bytes, MAP_HUGETLB);
    if (made->mapped == NULL) error = "the kernel offers no huge pages";
  } else if (strcmp(load->kind, "p2p") == 0) {
    error = p2p(made, bytes, provider);
  } else {
    error = "unknown kind of memory";
  }
  if (error != NULL) return error;
  for (unsigned index = 0; index < made->count; index++)
    made->at[index] = (unsigned char *)made->mapped + index * step;
  return NULL;
}

void free_buffers(struct buffers *made) {
  if (made->mapped) munmap(made->mapped, made->mapped_bytes);
  if (made->file >= 0) close(made->file);
}
