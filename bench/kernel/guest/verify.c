/* Whether what is read back is what was written. */
#include <string.h>

#include "guest.h"

/* Differs in any two pages of any two buffers, and along each page. */
static unsigned char pattern(unsigned buffer, size_t at) {
  return (unsigned char)((at * 31 + at / 509 + buffer) ^ at >> 12);
}

static void compare(const struct workload *load, unsigned buffer,
                    const unsigned char *bytes) {
  for (size_t at = 0; at < load->bytes; at++) {
    const unsigned char expected = pattern(buffer, at);
    if (bytes[at] != expected)
      wrong("workload %s: what was read back is not what was written: byte "
            "%zu of buffer %u is 0x%02x, expected 0x%02x",
            load->name, at, buffer, bytes[at], expected);
  }
}

static void must(const char *error, const struct workload *load,
                 const char *what) {
  if (error) wrong("workload %s, %s: %s", load->name, what, error);
}

const char *verify(const struct workload *load, const struct buffers *buffers,
                   int disk) {
  struct engine engine;
  const char *error = open_engine(&engine, load, buffers, disk);
  uint64_t offsets[MOST_BUFFERS];
  for (unsigned first = 0; error == NULL && first < buffers->count;
       first += load->depth) {
    for (unsigned index = 0; index < load->depth; index++) {
      const unsigned buffer = (first + index) % buffers->count;
      offsets[index] = (uint64_t)buffer * load->bytes;
      for (size_t at = 0; at < load->bytes; at++)
        buffers->at[buffer][at] = pattern(buffer, at);
    }
    must(do_io(&engine, 'w', first, offsets), load, "writing to verify");
    for (unsigned index = 0; index < load->depth; index++)
      memset(buffers->at[(first + index) % buffers->count], 0, load->bytes);
    must(do_io(&engine, 'r', first, offsets), load, "reading to verify");
    for (unsigned index = 0; index < load->depth; index++) {
      const unsigned buffer = (first + index) % buffers->count;
      compare(load, buffer, buffers->at[buffer]);
    }
  }
  close_engine(&engine);
  return error;
}
