/* pread, aio and io_uring by their system calls: no library is needed. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "guest.h"

enum { ENTRIES = 64 };
static struct io_uring_params params;

static const char *open_uring(struct engine *engine) {
  memset(&params, 0, sizeof params);
  engine->ring = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
  if (engine->ring < 0) return "the kernel has no io_uring";
  const size_t bytes =
      params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  const int flags = MAP_SHARED | MAP_POPULATE;
  engine->rings = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags,
                       engine->ring, IORING_OFF_SQ_RING);
  engine->sqes = mmap(NULL, params.sq_entries * sizeof(struct io_uring_sqe),
                      PROT_READ | PROT_WRITE, flags, engine->ring,
                      IORING_OFF_SQES);
  if (engine->rings == MAP_FAILED || engine->sqes == MAP_FAILED)
    return "io_uring's rings cannot be mapped";
  engine->tail = 0;
  if (strcmp(engine->load->api, "uringfix") != 0) return NULL;
  struct iovec vectors[MOST_BUFFERS];
  for (unsigned index = 0; index < engine->buffers->count; index++) {
    vectors[index].iov_base = engine->buffers->at[index];
    vectors[index].iov_len = engine->load->bytes;
  }
  if (syscall(SYS_io_uring_register, engine->ring, IORING_REGISTER_BUFFERS,
              vectors, engine->buffers->count) < 0)
    return "buffers cannot be registered";
  return NULL;
}

const char *open_engine(struct engine *engine, const struct workload *load,
                        const struct buffers *buffers, int disk) {
  memset(engine, 0, sizeof *engine);
  engine->load = load;
  engine->buffers = buffers;
  engine->disk = disk;
  engine->ring = -1;
  if (strncmp(load->api, "uring", 5) == 0) return open_uring(engine);
  if (strcmp(load->api, "aio") == 0) {
    if (syscall(SYS_io_setup, ENTRIES, &engine->aio) < 0)
      return "the kernel has no aio";
    return NULL;
  }
  if (strcmp(load->api, "pread") == 0)
    return load->depth == 1 ? NULL : "pread does one I/O at a time";
  return "unknown interface";
}

void close_engine(struct engine *engine) {
  if (engine->ring >= 0) close(engine->ring);
  if (engine->aio) syscall(SYS_io_destroy, engine->aio);
}

static char words[96];

static const char *short_io(long got, size_t wanted) {
  if (got == (long)wanted) return NULL;
  snprintf(words, sizeof words, "an I/O gave %ld of %zu bytes%s%s", got,
           wanted, got < 0 ? ": " : "", got < 0 ? strerror((int)-got) : "");
  return words;
}

static const char *uring_io(struct engine *engine, char op, unsigned first,
                            const uint64_t *offsets) {
  const struct workload *load = engine->load;
  unsigned char *rings = engine->rings;
  unsigned *array = (unsigned *)(rings + params.sq_off.array);
  const unsigned sq_mask = *(unsigned *)(rings + params.sq_off.ring_mask);
  const unsigned cq_mask = *(unsigned *)(rings + params.cq_off.ring_mask);
  const bool fixed = strcmp(load->api, "uringfix") == 0;
  for (unsigned index = 0; index < load->depth; index++) {
    const unsigned slot = engine->tail++ & sq_mask;
    const unsigned buffer = (first + index) % engine->buffers->count;
    struct io_uring_sqe *sqe = (struct io_uring_sqe *)engine->sqes + slot;
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = op == 'r' ? fixed ? IORING_OP_READ_FIXED : IORING_OP_READ
                  : fixed   ? IORING_OP_WRITE_FIXED
                            : IORING_OP_WRITE;
    sqe->fd = engine->disk;
    sqe->off = offsets[index];
    sqe->addr = (uintptr_t)engine->buffers->at[buffer];
    sqe->len = (unsigned)load->bytes;
    sqe->buf_index = (uint16_t)buffer;
    array[slot] = slot;
  }
  __atomic_store_n((unsigned *)(rings + params.sq_off.tail), engine->tail,
                   __ATOMIC_RELEASE);
  unsigned done = 0;
  unsigned submit = load->depth;
  while (done < load->depth) {
    const long entered =
        syscall(SYS_io_uring_enter, engine->ring, submit, load->depth - done,
                IORING_ENTER_GETEVENTS, NULL, 0);
    if (entered < 0 && errno != EINTR) return short_io(-errno, load->bytes);
    submit = 0;
    unsigned *head = (unsigned *)(rings + params.cq_off.head);
    const unsigned tail = __atomic_load_n(
        (unsigned *)(rings + params.cq_off.tail), __ATOMIC_ACQUIRE);
    for (; *head != tail; ++*head, done++) {
      const struct io_uring_cqe *cqe =
          (struct io_uring_cqe *)(rings + params.cq_off.cqes) +
          (*head & cq_mask);
      const char *error = short_io(cqe->res, load->bytes);
      if (error) return error;
    }
  }
  return NULL;
}

static const char *aio_io(struct engine *engine, char op, unsigned first,
                          const uint64_t *offsets) {
  const struct workload *load = engine->load;
  struct iocb blocks[MOST_BUFFERS];
  struct iocb *list[MOST_BUFFERS];
  struct io_event events[MOST_BUFFERS];
  memset(blocks, 0, sizeof blocks);
  for (unsigned index = 0; index < load->depth; index++) {
    const unsigned buffer = (first + index) % engine->buffers->count;
    struct iocb *block = list[index] = &blocks[index];
    block->aio_lio_opcode = op == 'r' ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE;
    block->aio_fildes = (unsigned)engine->disk;
    block->aio_buf = (uintptr_t)engine->buffers->at[buffer];
    block->aio_nbytes = load->bytes;
    block->aio_offset = (int64_t)offsets[index];
  }
  const long sent =
      syscall(SYS_io_submit, engine->aio, (long)load->depth, list);
  if (sent != (long)load->depth) return "aio took fewer I/Os";
  const long got = syscall(SYS_io_getevents, engine->aio, (long)load->depth,
                           (long)load->depth, events, NULL);
  for (long index = 0; index < got; index++) {
    const char *error = short_io((long)events[index].res, load->bytes);
    if (error) return error;
  }
  return got == (long)load->depth ? NULL : "aio ended fewer I/Os";
}

const char *do_io(struct engine *engine, char op, unsigned first,
                  const uint64_t *offsets) {
  const struct workload *load = engine->load;
  if (engine->ring >= 0) return uring_io(engine, op, first, offsets);
  if (engine->aio) return aio_io(engine, op, first, offsets);
  unsigned char *buffer = engine->buffers->at[first % engine->buffers->count];
  const ssize_t got =
      op == 'r'
          ? pread(engine->disk, buffer, load->bytes, (off_t)offsets[0])
          : pwrite(engine->disk, buffer, load->bytes, (off_t)offsets[0]);
  return short_io(got < 0 ? -errno : got, load->bytes);
}
