/* What the kernel's log says of its own faults: a patch that makes it warn. */
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include "guest.h"

enum { READ_ALL = 3, LOG_BYTES = 1 << 20, MOST_FAULTS = 20, LONGEST = 160 };

static bool is_fault(const char *line) {
  static const char *const beginnings[] = {
      "WARNING: ",        "BUG: ",       "Oops: ",
      "UBSAN: ",          "DMA-API: ",   "INFO: task ",
      "INFO: rcu",        "refcount_t: ", "list_add corruption",
      "list_del corruption", "general protection fault"};
  for (size_t index = 0; index < sizeof beginnings / sizeof *beginnings;
       index++) {
    if (strncmp(line, beginnings[index], strlen(beginnings[index])) == 0)
      return true;
  }
  return false;
}

void fault_facts(void) {
  char *log = malloc(LOG_BYTES + 1);
  const int bytes = log ? klogctl(READ_ALL, log, LOG_BYTES) : -1;
  unsigned faults = 0;
  if (bytes > 0) log[bytes] = 0;
  for (char *line = bytes > 0 ? strtok(log, "\n") : NULL;
       line && faults < MOST_FAULTS; line = strtok(NULL, "\n")) {
    /* "<4>[    1.000000] text", with CONFIG_PRINTK_CALLER "[  T1]" after it. */
    while (*line == '<' || *line == '[') {
      char *end = strpbrk(line, ">]");
      if (end == NULL) break;
      line = end + 1 + strspn(end + 1, " ");
    }
    if (!is_fault(line)) continue;
    fact("fault %.*s\n", LONGEST, line);
    faults++;
  }
  free(log);
}
