/**
 * Types that kernel structs are made of, as the kernel's headers have them
 * (include/linux/types.h, blk_types.h, list.h and others), for a text that does
 * not bring them along. What depends on debugging options is as without them.
 */

/** C text; conditions distinguish ABIs. */
export const KERNEL_TYPES = `
typedef u8 __u8; typedef u16 __u16; typedef u32 __u32; typedef u64 __u64;
typedef s8 __s8; typedef s16 __s16; typedef s32 __s32; typedef s64 __s64;
typedef u8 uint8_t; typedef u16 uint16_t; typedef u32 uint32_t;
typedef u64 uint64_t; typedef s8 int8_t; typedef s16 int16_t;
typedef s32 int32_t; typedef s64 int64_t;
typedef u8 u_int8_t; typedef u16 u_int16_t; typedef u32 u_int32_t;
typedef u64 u_int64_t;
typedef unsigned char unchar; typedef unsigned char u_char;
typedef unsigned short ushort; typedef unsigned short u_short;
typedef unsigned int uint; typedef unsigned int u_int;
typedef unsigned long ulong; typedef unsigned long u_long;
typedef u16 __le16; typedef u32 __le32; typedef u64 __le64;
typedef u16 __be16; typedef u32 __be32; typedef u64 __be64;
typedef u16 __sum16; typedef u32 __wsum; typedef unsigned int __poll_t;
typedef u64 aligned_u64 __attribute__((aligned(8)));
typedef s64 aligned_s64 __attribute__((aligned(8)));
typedef u64 __aligned_u64 __attribute__((aligned(8)));
typedef s64 __aligned_s64 __attribute__((aligned(8)));
typedef u64 __aligned_be64 __attribute__((aligned(8)));
typedef u64 __aligned_le64 __attribute__((aligned(8)));
typedef unsigned __int128 u128; typedef __int128 s128;
typedef unsigned __int128 __u128; typedef __int128 __s128;
typedef unsigned long uintptr_t; typedef long intptr_t; typedef long ssize_t;
typedef long ptrdiff_t; typedef long off_t; typedef long long loff_t;
typedef size_t __kernel_size_t; typedef unsigned long __kernel_ulong_t;
typedef long __kernel_long_t;
typedef u64 sector_t; typedef u64 blkcnt_t; typedef unsigned long pgoff_t;
typedef unsigned int gfp_t; typedef unsigned int slab_flags_t;
typedef unsigned int fmode_t; typedef unsigned long vm_flags_t;
typedef unsigned int vm_fault_t;
typedef u8 blk_status_t; typedef u16 blk_short_t; typedef u32 blk_opf_t;
typedef unsigned int blk_qc_t; typedef u32 blk_mq_req_flags_t;
typedef u32 req_flags_t; typedef unsigned int blk_features_t;
typedef unsigned int blk_flags_t; typedef unsigned int blk_insert_t;
typedef phys_addr_t resource_size_t; typedef u32 dev_t;
typedef unsigned short umode_t; typedef int pid_t; typedef unsigned int uid_t;
typedef unsigned int gid_t; typedef int clockid_t; typedef s32 dma_cookie_t;
typedef s64 ktime_t; typedef s64 time64_t; typedef long time_t;
typedef long clock_t; typedef unsigned long irq_hw_number_t;
typedef unsigned long cycles_t; typedef u64 async_cookie_t;
typedef void *mempool_data_t; typedef void *fl_owner_t;
typedef struct { int counter; } atomic_t;
typedef struct { s64 __attribute__((aligned(8))) counter; } atomic64_t;
#ifdef CONFIG_64BIT
typedef struct { s64 counter; } atomic_long_t;
#else
typedef struct { int counter; } atomic_long_t;
#endif
typedef struct { u64 a; } local64_t;
typedef struct refcount_struct { atomic_t refs; } refcount_t;
struct kref { refcount_t refcount; };
typedef struct { unsigned int val; } kuid_t;
typedef struct { unsigned int val; } kgid_t;
typedef struct { u8 b[16]; } uuid_t; typedef struct { u8 b[16]; } guid_t;
typedef struct { u64 val; } pfn_t; typedef struct { unsigned long val; } swp_entry_t;
struct list_head { struct list_head *next, *prev; };
struct hlist_head { struct hlist_node *first; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct llist_head { struct llist_node *first; };
struct llist_node { struct llist_node *next; };
struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
} __attribute__((aligned(sizeof(void *))));
struct rcu_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
} __attribute__((aligned(sizeof(void *))));
struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
} __attribute__((aligned(sizeof(long))));
struct rb_root { struct rb_node *rb_node; };
struct rb_root_cached { struct rb_root rb_root; struct rb_node *rb_leftmost; };
typedef struct qspinlock { u32 val; } arch_spinlock_t;
typedef struct raw_spinlock { u32 raw_lock; } raw_spinlock_t;
typedef struct spinlock { u32 rlock; } spinlock_t;
typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;
typedef void (*work_func_t)(struct work_struct *work);
struct work_struct {
	atomic_long_t data;
	struct list_head entry;
	work_func_t func;
};
struct timespec64 { time64_t tv_sec; long tv_nsec; };
struct bvec_iter {
	sector_t bi_sector;
	unsigned int bi_size;
	unsigned int bi_idx;
	unsigned int bi_bvec_done;
} __attribute__((packed)) __attribute__((aligned(4)));
struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};
struct phys_vec { phys_addr_t paddr; size_t len; };
`;

/** Types that are otherwise with other options, and what they are taken for. */
export const ASSUMED_TYPES: ReadonlyMap<string, string> = new Map([
  ["spinlock_t", "4 bytes: SMP, no lock debugging, no PREEMPT_RT"],
  ["raw_spinlock_t", "4 bytes: SMP, no lock debugging"],
  ["arch_spinlock_t", "4 bytes: SMP"],
  ["struct work_struct", "without lockdep"],
  ["wait_queue_head_t", "without lock debugging"],
]);
