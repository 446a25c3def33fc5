/*
 * A plugin of QEMU's user emulation that counts, between two functions of the
 * program: how often each instruction was executed, its loads and stores, and
 * which of them were unaligned or crossed a cache line.
 *
 * Arguments: out=FILE, begin=ADDRESS (its first instruction is counted),
 * end=ADDRESS (its first one is not), line=BYTES. What it writes: one line for
 * each instruction, of address, executions, loads, stores, unaligned and
 * line-crossing accesses, and "end" where the program got there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin_api.h" /* of bench/kernel/plugin */

/* The interface's version that this plugin was compiled for. */
__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_API;

enum { PLAIN, BEGIN, END };

struct instruction {
  uint64_t address, executed, loads, stores, unaligned, crossing;
  int mark;
  /* The last access: in which execution, where it ends, what was counted. */
  uint64_t last_executed, last_start, last_bytes;
  bool last_store, last_unaligned, last_crossing;
};

/* Instructions by address; a power of two, and far more than there are. */
#define SLOTS (1u << 18)
static struct instruction *slots[SLOTS];

static FILE *out;
static uint64_t begin_at, end_at, line_bytes = 64;
static bool counting, merges_halves;

static struct instruction *instruction_at(uint64_t address) {
  uint32_t slot = (uint32_t)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 40);
  for (slot &= SLOTS - 1; slots[slot] != NULL; slot = (slot + 1) & (SLOTS - 1))
    if (slots[slot]->address == address) return slots[slot];
  slots[slot] = calloc(1, sizeof *slots[slot]);
  if (slots[slot] == NULL) abort();
  slots[slot]->address = address;
  slots[slot]->mark =
      address == begin_at ? BEGIN : address == end_at ? END : PLAIN;
  return slots[slot];
}

static void write_counts(void) {
  for (uint32_t i = 0; i < SLOTS; i++) {
    const struct instruction *one = slots[i];
    if (one == NULL || one->executed == 0) continue;
    fprintf(out, "%" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
                 " %" PRIu64 "\n",
            one->address, one->executed, one->loads, one->stores,
            one->unaligned, one->crossing);
  }
  fprintf(out, "end\n");
  if (fclose(out) != 0) fprintf(stderr, "lab-plugin: cannot write its counts\n");
}

static void on_instruction(unsigned int vcpu, void *userdata) {
  struct instruction *one = userdata;
  (void)vcpu;
  if (one->mark == BEGIN) {
    counting = true;
  } else if (one->mark == END && counting) {
    counting = false;
    write_counts();
  }
  if (counting) one->executed++;
}

static bool crosses(uint64_t start, uint64_t bytes) {
  return start / line_bytes != (start + bytes - 1) / line_bytes;
}

static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info,
                      uint64_t start, void *userdata) {
  struct instruction *one = userdata;
  const bool store = qemu_plugin_mem_is_store(info);
  uint64_t bytes = UINT64_C(1) << qemu_plugin_mem_size_shift(info);
  bool unaligned, crossing, merged;
  (void)vcpu;
  if (!counting) return;
  /* One access of 16 bytes by SSE comes as two of 8. */
  merged = merges_halves && bytes == 8 && one->last_bytes == 8 &&
           one->last_executed == one->executed && one->last_store == store &&
           one->last_start + 8 == start;
  if (merged) {
    start = one->last_start;
    bytes = 16;
    one->unaligned -= one->last_unaligned;
    one->crossing -= one->last_crossing;
  } else if (store) {
    one->stores++;
  } else {
    one->loads++;
  }
  unaligned = start % bytes != 0;
  crossing = crosses(start, bytes);
  one->unaligned += unaligned;
  one->crossing += crossing;
  one->last_executed = one->executed;
  one->last_start = start;
  one->last_bytes = bytes;
  one->last_store = store;
  one->last_unaligned = unaligned;
  one->last_crossing = crossing;
}

TRANSLATED(translate, tb) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  UNUSED_ARGUMENT;
  for (size_t index = 0; index < count; index++) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, index);
    struct instruction *one = instruction_at(qemu_plugin_insn_vaddr(insn));
    qemu_plugin_register_vcpu_insn_exec_cb(insn, on_instruction,
                                           QEMU_PLUGIN_CB_NO_REGS, one);
    qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS,
                                     QEMU_PLUGIN_MEM_RW, one);
  }
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                    char **argv) {
  if (!plugin_api_fits(info))
    return -1;
  if (info->system_emulation) {
    fprintf(stderr, "lab-plugin: expected QEMU's user emulation\n");
    return -1;
  }
  merges_halves = strcmp(info->target_name, "x86_64") == 0 ||
                  strcmp(info->target_name, "i386") == 0;
  for (int index = 0; index < argc; index++) {
    const char *value;
    if ((value = value_of(argv[index], "out")))
      out = fopen(value, "w");
    else if ((value = value_of(argv[index], "begin")))
      begin_at = strtoull(value, NULL, 16);
    else if ((value = value_of(argv[index], "end")))
      end_at = strtoull(value, NULL, 16);
    else if ((value = value_of(argv[index], "line")))
      line_bytes = strtoull(value, NULL, 10);
  }
  if (out == NULL || line_bytes == 0) {
    fprintf(stderr, "lab-plugin: cannot open its file\n");
    return -1;
  }
  on_translation(id, translate);
  return 0;
}
