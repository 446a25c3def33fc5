/* What the parts of the guest program share. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_BUFFERS = 64, RECORDED = 9 };

/* One line of /lab/plan. */
struct workload {
  char name[64];
  char api[16];  /* pread, aio, uring, uringfix */
  char op;       /* r or w */
  size_t bytes;  /* of one I/O */
  char kind[16]; /* contiguous, scattered, huge, p2p */
  unsigned depth;
  unsigned warmup;
  unsigned required; /* asked for by name: not to be left out */
};

/* Memory of the I/Os of one workload. */
struct buffers {
  unsigned char *at[MOST_BUFFERS];
  unsigned count;
  void *mapped;
  size_t mapped_bytes;
  int file;
};

/* How I/Os are submitted: opened for a file and its buffers. */
struct engine {
  const struct workload *load;
  const struct buffers *buffers;
  int disk;
  int ring;
  void *rings;
  void *sqes;
  uint64_t aio;
  unsigned tail;
};

void fact(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the run: this kernel cannot be measured. */
_Noreturn void fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
/* Ends the run: the kernel lost data, or failed an I/O. */
_Noreturn void wrong(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
/* A fact for each fault in the kernel's log. */
void fault_facts(void);
/* Reads a small file of /proc or /sys without its last newline. */
bool read_line(const char *path, char *line, size_t bytes);

/* An error's words, or NULL. */
const char *make_buffers(const struct workload *load, struct buffers *made,
                         const char *provider);
void free_buffers(struct buffers *made);
uint64_t frame_of(const void *at);

const char *open_engine(struct engine *engine, const struct workload *load,
                        const struct buffers *buffers, int disk);
void close_engine(struct engine *engine);
/*
 * Writes to a disk that keeps it and reads back, by the workload's own way;
 * ends the run if a byte differs. Why the kernel cannot do the workload, or
 * NULL.
 */
const char *verify(const struct workload *load, const struct buffers *buffers,
                   int disk);
/* Does load->depth I/Os from buffer `first` on; NULL if all were whole. */
const char *do_io(struct engine *engine, char op, unsigned first,
                  const uint64_t *offsets);

#endif
