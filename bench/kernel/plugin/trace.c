/*
 * A plugin of QEMU's TCG that writes what the guest's kernel executes between
 * two marks: each instruction, each load and store, and what was stored.
 *
 * Marks are loads of the guest program with displacements that no compiler
 * makes (MARK_BASE + number, see ../guest/marks.h). The address loaded from is
 * the mark's argument. Until the mark "arm" no other instruction is
 * instrumented, so that a kernel boots at TCG's full speed; the mark resets
 * the plugin, which discards all translations.
 *
 * Arguments: trace=FILE, files=FILE (pages that the guest hands out),
 * ram=FILE (the guest's memory, a shared file), rambytes=N, most=N (bytes of
 * trace at which it gives up).
 *
 * Trace: little-endian 32-bit words. The upper 3 bits say what it is:
 *   0 instruction executed: number (29 bits)
 *   1 instruction defined: number; two words address, one word class
 *   2 load: log2 of size (bits 0-3), I/O (bit 4); two words address
 *   3 store: the same; two words address, two words value (0 where unknown)
 *   4 mark: its number (bits 0-7); two words argument
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../guest/marks.h"
#include "qemu_plugin_api.h"

/* The interface's version that this plugin was compiled for. */
__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_API;

enum { EXECUTED, DEFINED, LOAD, STORE, MARK };
enum { CLASS_OTHER, CLASS_CALL, CLASS_RETURN, CLASS_IRET, CLASS_REPEATED };

static qemu_plugin_id_t self;
static FILE *trace_file;
static FILE *guest_files;
static const uint8_t *ram;
static uint64_t ram_bytes;
static uint64_t written_bytes;
static uint64_t most_bytes = UINT64_C(8) << 30;
static uint32_t instructions;
static bool armed;
static bool recording;

/* Ends QEMU at once: the guest's memory stays as it is, in its file. */
static void finish(int status) {
  if (fflush(trace_file) != 0 || fflush(guest_files) != 0) {
    fprintf(stderr, "lab-plugin: cannot write: disk full?\n");
    status = 3;
  }
  _exit(status);
}

/* Waits until nobody holds the other end of standard input any more. */
static void *await_end(void *unused) {
  char byte;
  (void)unused;
  while (read(STDIN_FILENO, &byte, 1) > 0 || errno == EINTR) errno = 0;
  _exit(5);
}

/* A lab that was killed cannot end QEMU; a pipe of its closes all the same. */
static bool end_with_lab(void) {
  struct stat found;
  pthread_t thread;
  if (fstat(STDIN_FILENO, &found) != 0) return false;
  if (!S_ISFIFO(found.st_mode) && !S_ISSOCK(found.st_mode)) return true;
  return pthread_create(&thread, NULL, await_end, NULL) == 0;
}

static void put(const uint32_t *words, size_t count) {
  if (fwrite(words, sizeof *words, count, trace_file) != count) {
    fprintf(stderr, "lab-plugin: cannot write the trace: disk full?\n");
    _exit(3);
  }
  written_bytes += count * sizeof *words;
  if (written_bytes > most_bytes) {
    fprintf(stderr, "lab-plugin: more than %" PRIu64 " bytes of trace\n",
            most_bytes);
    _exit(4);
  }
}

static void on_instruction(unsigned int vcpu, void *number) {
  (void)vcpu;
  if (!recording) return;
  const uint32_t word = (uint32_t)(uintptr_t)number;
  put(&word, 1);
}

/* Guest-physical address of an access; UINT64_MAX for a device's. */
static uint64_t physical(qemu_plugin_meminfo_t info, uint64_t vaddr) {
  struct qemu_plugin_hwaddr *where = qemu_plugin_get_hwaddr(info, vaddr);
  if (where == NULL || qemu_plugin_hwaddr_is_io(where)) return UINT64_MAX;
  return qemu_plugin_hwaddr_phys_addr(where);
}

static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info,
                      uint64_t vaddr, void *unused) {
  (void)vcpu;
  (void)unused;
  if (!recording) return;
  const uint64_t at = physical(info, vaddr);
  const unsigned int shift = qemu_plugin_mem_size_shift(info);
  const bool store = qemu_plugin_mem_is_store(info);
  uint32_t words[5] = {
      (uint32_t)(store ? STORE : LOAD) << 29 | shift |
          (at == UINT64_MAX ? 16u : 0u),
      (uint32_t)vaddr, (uint32_t)(vaddr >> 32), 0, 0};
  /* Callbacks come after the access, so memory has what was stored. */
  const uint64_t size = UINT64_C(1) << shift;
  if (store && shift <= 3 && at < ram_bytes && size <= ram_bytes - at &&
      (vaddr & 4095) + size <= 4096) {
    memcpy(&words[3], ram + at, size);
  }
  put(words, store ? 5 : 3);
}

TRANSLATED(translate_armed, tb);

AFTER_RESET(rearm) {
  UNUSED_ARGUMENT;
  on_translation(self, translate_armed);
}

static void on_mark(unsigned int vcpu, qemu_plugin_meminfo_t info,
                    uint64_t vaddr, void *userdata) {
  (void)vcpu;
  const uint32_t mark = (uint32_t)(uintptr_t)userdata;
  const uint32_t words[3] = {(uint32_t)MARK << 29 | mark, (uint32_t)vaddr,
                             (uint32_t)(vaddr >> 32)};
  switch (mark) {
  case MARK_ARM:
    if (armed) return;
    armed = true;
    reset_plugin(self, rearm);
    return;
  case MARK_PAGE: {
    const uint64_t at = physical(info, vaddr) & ~UINT64_C(4095);
    if (at >= ram_bytes ||
        fwrite(ram + at, 1, 4096, guest_files) != 4096) {
      fprintf(stderr, "lab-plugin: cannot write the guest's files: %s\n",
              at >= ram_bytes ? "a page outside of its memory" : "disk full?");
      _exit(3);
    }
    return;
  }
  case MARK_BEGIN:
    put(words, 3);
    recording = true;
    return;
  case MARK_END:
    recording = false;
    put(words, 3);
    return;
  case MARK_FINISH:
    put(words, 3);
    finish(0);
    return;
  default:
    put(words, 3);
  }
}

/* Notes a load of the guest program that is a mark. */
static bool is_mark(const uint8_t *bytes, size_t size, uint32_t *mark) {
  uint32_t displacement;
  /* mov eax, [rax + disp32] */
  if (size != 6 || bytes[0] != 0x8b || bytes[1] != 0x80) return false;
  memcpy(&displacement, bytes + 2, sizeof displacement);
  if ((displacement & ~UINT32_C(0xff)) != MARK_BASE) return false;
  *mark = displacement & 0xff;
  return true;
}

static unsigned int class_of(const uint8_t *bytes, size_t size) {
  size_t at = 0;
  bool repeated = false;
  while (at + 1 < size) { /* prefixes: rep, notrack and segments, REX */
    const uint8_t byte = bytes[at];
    if (byte == 0xf3 || byte == 0xf2) repeated = true;
    else if (byte != 0x2e && byte != 0x3e && byte != 0x66 &&
             (byte & 0xf0) != 0x40)
      break;
    at++;
  }
  const uint8_t opcode = bytes[at];
  if (opcode == 0xe8) return CLASS_CALL;
  if (opcode == 0xff && at + 1 < size && (bytes[at + 1] >> 3 & 7) == 2)
    return CLASS_CALL;
  if (opcode == 0xc3 || opcode == 0xc2) return CLASS_RETURN;
  if (opcode == 0xcf) return CLASS_IRET;
  if (repeated && ((opcode >= 0xa4 && opcode <= 0xa7) ||
                   (opcode >= 0xaa && opcode <= 0xaf) ||
                   (opcode >= 0x6c && opcode <= 0x6f)))
    return CLASS_REPEATED;
  return CLASS_OTHER;
}

static void translate(struct qemu_plugin_tb *tb, bool kernel_too) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  for (size_t index = 0; index < count; index++) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, index);
    const uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
    uint8_t bytes[16] = {0};
    if (vaddr >> 63 == 0) {
      uint32_t mark;
      if (is_mark(bytes, bytes_of(insn, bytes, sizeof bytes), &mark)) {
        qemu_plugin_register_vcpu_mem_cb(insn, on_mark, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW,
                                         (void *)(uintptr_t)mark);
      }
      continue;
    }
    if (!kernel_too) return;
    const size_t size = bytes_of(insn, bytes, sizeof bytes);
    const uint32_t number = instructions++;
    const uint32_t words[4] = {(uint32_t)DEFINED << 29 | number,
                               (uint32_t)vaddr, (uint32_t)(vaddr >> 32),
                               class_of(bytes, size)};
    put(words, 4);
    qemu_plugin_register_vcpu_insn_exec_cb(insn, on_instruction,
                                           QEMU_PLUGIN_CB_NO_REGS,
                                           (void *)(uintptr_t)number);
    qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS,
                                     QEMU_PLUGIN_MEM_RW, NULL);
  }
}

TRANSLATED(translate_armed, tb) {
  UNUSED_ARGUMENT;
  translate(tb, true);
}

TRANSLATED(translate_unarmed, tb) {
  UNUSED_ARGUMENT;
  translate(tb, false);
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                    char **argv) {
  const char *ram_path = NULL;
  self = id;
  if (!plugin_api_fits(info))
    return -1;
  if (!info->system_emulation || strcmp(info->target_name, "x86_64") != 0 ||
      info->system.max_vcpus != 1) {
    fprintf(stderr, "lab-plugin: expected a system of one x86_64 CPU\n");
    return -1;
  }
  for (int index = 0; index < argc; index++) {
    const char *value;
    if ((value = value_of(argv[index], "trace")))
      trace_file = fopen(value, "wb");
    else if ((value = value_of(argv[index], "files")))
      guest_files = fopen(value, "wb");
    else if ((value = value_of(argv[index], "ram")))
      ram_path = value;
    else if ((value = value_of(argv[index], "rambytes")))
      ram_bytes = strtoull(value, NULL, 10);
    else if ((value = value_of(argv[index], "most")))
      most_bytes = strtoull(value, NULL, 10);
  }
  const int ram_file = ram_path == NULL ? -1 : open(ram_path, O_RDONLY);
  if (trace_file == NULL || guest_files == NULL || ram_file < 0) {
    fprintf(stderr, "lab-plugin: cannot open its files\n");
    return -1;
  }
  setvbuf(trace_file, NULL, _IOFBF, 1 << 20);
  ram = mmap(NULL, ram_bytes, PROT_READ, MAP_SHARED, ram_file, 0);
  if (ram == MAP_FAILED) {
    fprintf(stderr, "lab-plugin: cannot map the guest's memory\n");
    return -1;
  }
  on_translation(id, translate_unarmed);
  if (!end_with_lab()) {
    fprintf(stderr, "lab-plugin: cannot watch standard input\n");
    return -1;
  }
  return 0;
}
