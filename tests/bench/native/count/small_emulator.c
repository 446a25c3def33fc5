/*
 * What QEMU's user emulation is to a plugin, as far as plugin.c asks: one block
 * of three instructions, of which the second loads 8 bytes that cross a line.
 * With the callbacks of the version in PLUGIN_API, written out here once more.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct tb { int unused; };
struct insn {
  uint64_t vaddr;
  void (*exec)(unsigned int, void *);
  void *exec_data;
  void (*access)(unsigned int, uint32_t, uint64_t, void *);
  void *access_data;
};
struct info {
  const char *target_name;
  struct { int min, cur; } version;
  bool system_emulation;
  struct { int smp_vcpus, max_vcpus; } system;
};

static struct insn insns[3] = {{.vaddr = 0x1000}, {.vaddr = 0x1004},
                               {.vaddr = 0x1008}};
static void (*translated)();
static void *translated_data __attribute__((unused));

#if PLUGIN_API >= 7
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*cb)(),
                                           void *userdata) {
  (void)id;
  translated = cb;
  translated_data = userdata;
}
void qemu_plugin_reset(uint64_t id, void (*cb)(), void *userdata) {
  (void)id, (void)cb, (void)userdata;
}
#else
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*cb)()) {
  (void)id;
  translated = cb;
}
void qemu_plugin_reset(uint64_t id, void (*cb)()) { (void)id, (void)cb; }
#endif
size_t qemu_plugin_tb_n_insns(const struct tb *tb) {
  return tb == (const struct tb *)0x7b ? 3 : 0;
}
struct insn *qemu_plugin_tb_get_insn(const struct tb *tb, size_t index) {
  return tb == (const struct tb *)0x7b ? &insns[index] : NULL;
}
uint64_t qemu_plugin_insn_vaddr(const struct insn *insn) { return insn->vaddr; }
size_t qemu_plugin_insn_size(const struct insn *insn) { return insn ? 4 : 0; }
#if PLUGIN_API >= 3
size_t qemu_plugin_insn_data(const struct insn *insn, void *to, size_t most) {
  (void)insn, (void)to;
  return most;
}
#else
const void *qemu_plugin_insn_data(const struct insn *insn) { return insn; }
#endif
void qemu_plugin_register_vcpu_insn_exec_cb(struct insn *insn,
                                            void (*cb)(unsigned int, void *),
                                            int flags, void *userdata) {
  (void)flags;
  insn->exec = cb;
  insn->exec_data = userdata;
}
void qemu_plugin_register_vcpu_mem_cb(
    struct insn *insn, void (*cb)(unsigned int, uint32_t, uint64_t, void *),
    int flags, int rw, void *userdata) {
  (void)flags, (void)rw;
  insn->access = cb;
  insn->access_data = userdata;
}
unsigned int qemu_plugin_mem_size_shift(uint32_t info) { return info & 15; }
bool qemu_plugin_mem_is_store(uint32_t info) { return info >> 16 & 1; }

int main(int argc, char **argv) {
  void *plugin = dlopen(argv[1], RTLD_NOW);
  if (plugin == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  const int *version = dlsym(plugin, "qemu_plugin_version");
  int (*install)(uint64_t, const struct info *, int, char **) =
      (int (*)(uint64_t, const struct info *, int, char **))dlsym(
          plugin, "qemu_plugin_install");
  const struct info info = {"x86_64", {*version, PLUGIN_API}, false, {0, 0}};
  if (install(7, &info, argc - 2, argv + 2) != 0) return 1;
#if PLUGIN_API >= 7
  translated((struct tb *)0x7b, translated_data);
#else
  translated((uint64_t)7, (struct tb *)0x7b);
#endif
  for (int i = 0; i < 3; i++) {
    insns[i].exec(0, insns[i].exec_data);
    if (i == 1) insns[i].access(0, 3, 0x203c, insns[i].access_data);
  }
  return 0;
}
