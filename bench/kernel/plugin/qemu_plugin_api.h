/*
 * The part of QEMU's plugin interface that the plugins use, as documented in
 * docs/devel/tcg-plugins.rst and qemu-plugin.h of QEMU 7.2 (version 1) to 11.1
 * (version 7). Debian packages no such header. What differs between versions:
 *
 *   3 (QEMU 9.1)   qemu_plugin_insn_data() copies instead of giving a pointer.
 *   7 (QEMU 11.1)  a callback gets its userdata instead of the plugin's id,
 *                  and who registers it gives them.
 *
 * Which one a QEMU has is in bench/native/count/plugin_api.ts.
 */
#ifndef QEMU_PLUGIN_API_H
#define QEMU_PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifndef PLUGIN_API
#define PLUGIN_API 1
#endif

typedef uint64_t qemu_plugin_id_t;

typedef struct qemu_info_t {
  const char *target_name;
  struct {
    int min;
    int cur;
  } version;
  bool system_emulation;
  union {
    struct {
      int smp_vcpus;
      int max_vcpus;
    } system;
  };
} qemu_info_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
typedef uint32_t qemu_plugin_meminfo_t;

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS = 0 };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_RW = 3 };

typedef void (*qemu_plugin_exec_cb_t)(unsigned int vcpu, void *userdata);
typedef void (*qemu_plugin_mem_cb_t)(unsigned int vcpu,
                                     qemu_plugin_meminfo_t info,
                                     uint64_t vaddr, void *userdata);

#if PLUGIN_API >= 7
typedef void (*qemu_plugin_udata_cb_t)(void *userdata);
typedef void (*qemu_plugin_tb_cb_t)(struct qemu_plugin_tb *, void *userdata);
void qemu_plugin_reset(qemu_plugin_id_t id, qemu_plugin_udata_cb_t cb,
                       void *userdata);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           qemu_plugin_tb_cb_t cb,
                                           void *userdata);
#else
typedef void (*qemu_plugin_simple_cb_t)(qemu_plugin_id_t id);
typedef void (*qemu_plugin_tb_cb_t)(qemu_plugin_id_t, struct qemu_plugin_tb *);
void qemu_plugin_reset(qemu_plugin_id_t id, qemu_plugin_simple_cb_t cb);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           qemu_plugin_tb_cb_t cb);
#endif
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);
#if PLUGIN_API >= 3
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *dest,
                             size_t len);
#else
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
#endif
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
                                            qemu_plugin_exec_cb_t cb,
                                            enum qemu_plugin_cb_flags flags,
                                            void *userdata);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
                                      qemu_plugin_mem_cb_t cb,
                                      enum qemu_plugin_cb_flags flags,
                                      enum qemu_plugin_mem_rw rw,
                                      void *userdata);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info,
                                                  uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *haddr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *haddr);

/*
 * TRANSLATED(name, tb) { ... } defines a callback of blocks, on_translation()
 * registers it; AFTER_RESET(name) { ... } and reset_plugin() do the same.
 */
#if PLUGIN_API >= 7
#define TRANSLATED(name, tb)                                                   \
  static void name(struct qemu_plugin_tb *tb, void *userdata)
#define AFTER_RESET(name) static void name(void *userdata)
#define UNUSED_ARGUMENT (void)userdata
static inline void on_translation(qemu_plugin_id_t id,
                                  qemu_plugin_tb_cb_t translated) {
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated, NULL);
}
static inline void reset_plugin(qemu_plugin_id_t id,
                                qemu_plugin_udata_cb_t then) {
  qemu_plugin_reset(id, then, NULL);
}
#else
#define TRANSLATED(name, tb)                                                   \
  static void name(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
#define AFTER_RESET(name) static void name(qemu_plugin_id_t id)
#define UNUSED_ARGUMENT (void)id
static inline void on_translation(qemu_plugin_id_t id,
                                  qemu_plugin_tb_cb_t translated) {
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
}
static inline void reset_plugin(qemu_plugin_id_t id,
                                qemu_plugin_simple_cb_t then) {
  qemu_plugin_reset(id, then);
}
#endif

/* Copies the bytes of an instruction, at most `most`; returns how many. */
static inline size_t bytes_of(const struct qemu_plugin_insn *insn,
                              uint8_t *bytes, size_t most) {
  size_t size = qemu_plugin_insn_size(insn);
  if (size > most) size = most;
#if PLUGIN_API >= 3
  qemu_plugin_insn_data(insn, bytes, size);
#else
  memcpy(bytes, qemu_plugin_insn_data(insn), size);
#endif
  return size;
}

/* Of a plugin's argument KEY=VALUE, the value; NULL if it is another key's. */
static inline const char *value_of(const char *argument, const char *key) {
  const size_t length = strlen(key);
  return strncmp(argument, key, length) == 0 && argument[length] == '='
             ? argument + length + 1
             : NULL;
}

static inline bool plugin_api_fits(const qemu_info_t *info) {
  if (info->version.min <= PLUGIN_API && info->version.cur >= PLUGIN_API)
    return true;
  fprintf(stderr,
          "lab-plugin: QEMU offers plugin interface %d to %d, expected %d\n",
          info->version.min, info->version.cur, PLUGIN_API);
  return false;
}

#endif
