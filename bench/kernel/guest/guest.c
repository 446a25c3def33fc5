/*
 * The only program of the guest: /init. Loads the modules of nvme, does the
 * I/Os of /lab/plan, marks each one that is recorded, and hands out what the
 * lab needs to name what it sees: the kernel's symbols and types.
 *
 * Whatever goes wrong is one line "LAB-ERROR: ..." on the console and the end
 * of QEMU; "LAB-WRONG: ..." if the kernel lost data or failed an I/O.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"
#include "marks.h"

static unsigned char mark_room[8192] __attribute__((aligned(4096)));
static char facts[1 << 20];
static size_t facts_bytes;

/* A load with the displacement that the plugin looks for. */
static void mark(int number, const void *at) {
  const unsigned char *from = (const unsigned char *)at;
  uint64_t rax;
  switch (number) {
#define CASE(n)                                                              \
  case n:                                                                    \
    rax = (uint64_t)(uintptr_t)from - (MARK_BASE | (n));                     \
    __asm__ volatile(".byte 0x8b, 0x80; .long %c1"                           \
                     : "+a"(rax)                                             \
                     : "i"(MARK_BASE | (n))                                  \
                     : "memory");                                            \
    break;
    CASE(MARK_ARM)
    CASE(MARK_BEGIN)
    CASE(MARK_END)
    CASE(MARK_PAGE)
    CASE(MARK_FINISH)
  }
}

static void hand_out_bytes(const char *name, unsigned char *bytes,
                           size_t count) {
  static unsigned char head[4096] __attribute__((aligned(4096)));
  memset(head, 0, sizeof head);
  snprintf((char *)head, sizeof head, "LABFILE %s %zu\n", name, count);
  mark(MARK_PAGE, head);
  for (size_t at = 0; at < count; at += 4096) {
    (void)*(volatile unsigned char *)(bytes + at);
    mark(MARK_PAGE, bytes + at);
  }
}

/* Hands out a file; quiet if there is none. */
static void hand_out(const char *name, const char *path) {
  const size_t most = 64 << 20;
  const int file = open(path, O_RDONLY);
  if (file < 0) return;
  unsigned char *bytes = mmap(NULL, most, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                              0);
  size_t count = 0;
  for (ssize_t got; count < most; count += (size_t)got) {
    const size_t left = most - count;
    got = read(file, bytes + count, left < (1 << 20) ? left : 1 << 20);
    if (got <= 0) break;
  }
  close(file);
  hand_out_bytes(name, bytes, count);
  munmap(bytes, most);
}

void fact(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const size_t left = sizeof facts - facts_bytes;
  const int wrote = vsnprintf(facts + facts_bytes, left, format, arguments);
  va_end(arguments);
  if (wrote > 0 && (size_t)wrote < left) facts_bytes += (size_t)wrote;
}

static _Noreturn void finish(void) {
  static unsigned char copy[sizeof facts] __attribute__((aligned(4096)));
  memcpy(copy, facts, facts_bytes);
  hand_out_bytes("facts", copy, facts_bytes);
  mark(MARK_FINISH, mark_room);
  for (;;) pause(); /* not reached under the plugin */
}

static _Noreturn void end(const char *kind, const char *format,
                          va_list arguments) {
  printf("%s: ", kind);
  vprintf(format, arguments);
  printf("\n");
  fflush(stdout);
  finish();
}

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  end("LAB-ERROR", format, arguments);
}

void wrong(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  end("LAB-WRONG", format, arguments);
}

bool read_line(const char *path, char *line, size_t bytes) {
  const int file = open(path, O_RDONLY);
  if (file < 0) return false;
  const ssize_t got = read(file, line, bytes - 1);
  close(file);
  if (got < 0) return false;
  line[got] = 0;
  line[strcspn(line, "\n")] = 0;
  for (size_t end = strlen(line); end && line[end - 1] == ' ';) line[--end] = 0;
  return true;
}

enum { MOST_MODULES = 64 };

/* What became of one module: 0 or an error number. */
static int load_module(const char *line) {
  char name[128] = "", options[128] = "", path[160];
  if (sscanf(line, "%127s %127[^\n]", name, options) < 1) return 0;
  snprintf(path, sizeof path, "/lab/ko/%s", name);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const size_t length = strlen(name);
  const bool packed = length > 3 && strcmp(name + length - 3, ".ko") != 0;
  /* MODULE_INIT_COMPRESSED_FILE, include/uapi/linux/module.h */
  const long result =
      syscall(SYS_finit_module, file, options, packed ? 4 : 0);
  const int error = result < 0 && errno != EEXIST ? errno : 0;
  close(file);
  return error;
}

/*
 * Loads what /lab/modules lists, in rounds: a module whose symbols are not
 * there yet comes again. That needs no depmod, whose files packages lack.
 */
static void load_modules(void) {
  static char lines[MOST_MODULES][256];
  static bool loaded[MOST_MODULES];
  unsigned count = 0;
  FILE *list = fopen("/lab/modules", "r");
  while (list && count < MOST_MODULES && fgets(lines[count], 256, list)) {
    lines[count][strcspn(lines[count], "\n")] = 0;
    count++;
  }
  if (list) fclose(list);
  bool progress = true;
  int error = 0;
  while (progress) {
    progress = false;
    for (unsigned index = 0; index < count; index++) {
      if (loaded[index]) continue;
      error = load_module(lines[index]);
      if (error == ENOEXEC || error == EINVAL)
        fail("the kernel refuses module %s: %s (of another kernel version?)",
             lines[index], strerror(error));
      if (error) continue;
      loaded[index] = progress = true;
    }
  }
  for (unsigned index = 0; index < count; index++) {
    if (!loaded[index] && strncmp(lines[index], "nvme.ko", 7) == 0)
      fail("the kernel refuses module %s: %s", lines[index], strerror(error));
  }
}

/* Opens the NVMe disk with a serial number, waiting for it. */
static int open_disk(const char *serial, char *name, size_t bytes) {
  for (int tries = 0; tries < 600; tries++) {
    DIR *disks = opendir("/sys/block");
    for (struct dirent *entry; disks && (entry = readdir(disks));) {
      char path[300], line[64];
      if (strncmp(entry->d_name, "nvme", 4) != 0) continue;
      snprintf(path, sizeof path, "/sys/block/%.200s/device/serial",
               entry->d_name);
      if (!read_line(path, line, sizeof line) || strcmp(line, serial) != 0)
        continue;
      snprintf(name, bytes, "%.31s", entry->d_name);
      snprintf(path, sizeof path, "/dev/%.200s", entry->d_name);
      const int disk = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
      if (disk >= 0) {
        closedir(disks);
        return disk;
      }
    }
    if (disks) closedir(disks);
    usleep(50000);
  }
  return -1;
}

static void write_file(const char *path, const char *text) {
  const int file = open(path, O_WRONLY);
  if (file < 0) return;
  if (write(file, text, strlen(text)) < 0) { /* seen by what it was for */
  }
  close(file);
}

/* With a scheduler another task issues the request, out of the I/O's sight. */
static void no_scheduler(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "/sys/block/%s/queue/scheduler", name);
  write_file(path, "none");
}

static void disk_facts(const char *name) {
  static const char *const files[] = {
      "scheduler",          "nr_requests", "max_sectors_kb", "max_segments",
      "virt_boundary_mask", "dma_alignment", "iostats",     "wbt_lat_usec",
      "nomerges"};
  for (size_t index = 0; index < sizeof files / sizeof *files; index++) {
    char path[128], line[128];
    snprintf(path, sizeof path, "/sys/block/%s/queue/%s", name, files[index]);
    if (read_line(path, line, sizeof line))
      fact("queue %s %s %s\n", name, files[index], line);
  }
}

static uint64_t random_state = 42;
static uint64_t random_offset(const struct workload *load, uint64_t room) {
  random_state = random_state * UINT64_C(6364136223846793005) + 1;
  const uint64_t step = load->bytes < 4096 ? 4096 : load->bytes;
  return (random_state >> 20) % (room / step) * step;
}

static void page_facts(const struct workload *load,
                       const struct buffers *buffers) {
  for (unsigned index = 0; index < buffers->count; index++) {
    uint64_t begin = 0, count = 0;
    for (size_t at = 0; at < load->bytes; at += 4096) {
      const uint64_t frame = frame_of(buffers->at[index] + at);
      if (count && frame == begin + count) {
        count++;
        continue;
      }
      if (count)
        fact("pages %s %llu %llu\n", load->name, (unsigned long long)begin,
             (unsigned long long)count);
      begin = frame;
      count = 1;
    }
    fact("pages %s %llu %llu\n", load->name, (unsigned long long)begin,
         (unsigned long long)count);
  }
}

static unsigned workloads;

static void measure(const struct workload *load,
                    const struct buffers *buffers, int disk) {
  struct engine engine;
  const char *error = open_engine(&engine, load, buffers, disk);
  unsigned first = 0;
  for (unsigned io = 0; error == NULL && io < load->warmup + RECORDED; io++) {
    uint64_t offsets[MOST_BUFFERS];
    for (unsigned index = 0; index < load->depth; index++)
      offsets[index] = random_offset(load, UINT64_C(1) << 31);
    const bool recorded = io >= load->warmup;
    if (recorded) mark(MARK_BEGIN, mark_room + workloads * 16);
    error = do_io(&engine, load->op, first, offsets);
    if (recorded) mark(MARK_END, mark_room + workloads * 16);
    first += load->depth;
  }
  close_engine(&engine);
  if (error) wrong("workload %s: %s", load->name, error);
}

int main(void) {
  static struct workload plan[256];
  static struct buffers buffers[256];
  static const char *skipped[256];
  char line[256], name[32];
  struct utsname kernel;
  setvbuf(stdout, NULL, _IOLBF, 0);
  mkdir("/proc", 0755);
  mkdir("/sys", 0755);
  mkdir("/dev", 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("sysfs", "/sys", "sysfs", 0, NULL);
  mount("dev", "/dev", "devtmpfs", 0, NULL);
  const int console = open("/dev/console", O_RDWR);
  if (console >= 0) {
    dup2(console, 1);
    dup2(console, 2);
  }
  mark_room[0] = mark_room[4096] = 1;
  uname(&kernel);
  printf("LAB: init of %s\n", kernel.release);
  if (access("/proc/self/pagemap", R_OK) != 0)
    fail("the kernel has no /proc/self/pagemap (CONFIG_PROC_PAGE_MONITOR)");
  if (access("/sys/block", R_OK) != 0)
    fail("the kernel has no /sys/block (CONFIG_SYSFS, CONFIG_BLOCK)");
  load_modules();
  FILE *file = fopen("/lab/plan", "r");
  unsigned count = 0;
  while (file && fgets(line, sizeof line, file) && count < 256) {
    struct workload *load = &plan[count];
    if (sscanf(line, "%63s %15s %c %zu %15s %u %u %u", load->name, load->api,
               &load->op, &load->bytes, load->kind, &load->depth,
               &load->warmup, &load->required) == 8)
      count++;
  }
  const int measured = open_disk("measure", name, sizeof name);
  if (measured < 0)
    fail("no NVMe disk appeared in 30 s: the kernel lacks nvme (built in or as "
         "modules), devtmpfs or PCI");
  no_scheduler(name);
  disk_facts(name);
  fact("disk measure %s\n", name);
  char keeper[32], provider[32];
  const int kept = open_disk("verify", name, sizeof name);
  const int kept_p2p = open_disk("p2pverify", keeper, sizeof keeper);
  const int peer = open_disk("p2p", provider, sizeof provider);
  if (kept < 0 || kept_p2p < 0 || peer < 0) fail("an NVMe disk is missing");
  no_scheduler(provider);
  fact("disk p2p %s\n", provider);
  fact("pid %d\n", (int)getpid());
  fact("release %s\n", kernel.release);
  fact("version %s\n", kernel.version);
  write_file("/proc/sys/vm/nr_hugepages", "24");
  write_file("/proc/sys/kernel/kptr_restrict", "0");
  write_file("/proc/sys/kernel/printk", "1");
  for (unsigned index = 0; index < count; index++) {
    const struct workload *load = &plan[index];
    const bool p2p = strcmp(load->kind, "p2p") == 0;
    /* A disk reaches its own memory, behind whatever host bridge. */
    const char *error =
        make_buffers(load, &buffers[index], p2p ? keeper : NULL);
    if (error == NULL)
      error = verify(load, &buffers[index], p2p ? kept_p2p : kept);
    if (error == NULL && p2p) {
      free_buffers(&buffers[index]);
      error = make_buffers(load, &buffers[index], provider);
    }
    skipped[index] = error;
    if (error && load->required) fail("workload %s: %s", load->name, error);
    if (error) {
      fact("skipped %s %s\n", load->name, error);
      continue;
    }
    page_facts(load, &buffers[index]);
    fact("verified %s\n", load->name);
  }
  printf("LAB: verified\n");
  hand_out("vmlinux.btf", "/sys/kernel/btf/vmlinux");
  hand_out("nvme.btf", "/sys/kernel/btf/nvme");
  hand_out("nvme_core.btf", "/sys/kernel/btf/nvme_core");
  hand_out("modules", "/proc/modules");
  hand_out("kallsyms", "/proc/kallsyms");
  hand_out("slabinfo", "/proc/slabinfo");
  printf("LAB: measuring\n");
  mark(MARK_ARM, mark_room);
  for (unsigned index = 0; index < count; index++, workloads++) {
    const struct workload *load = &plan[index];
    if (skipped[index]) continue;
    measure(load, &buffers[index],
            strcmp(load->kind, "p2p") == 0 ? peer : measured);
    printf("LAB: measured %s\n", load->name);
  }
  fault_facts();
  finish();
}
