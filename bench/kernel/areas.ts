/**
 * Parts of the kernel by the name of a function. Symbols say no source file,
 * so the rules are prefixes; what fits none is "other". Modules of nvme are
 * nvme, whatever the name.
 */

const RULES: readonly (readonly [string, RegExp])[] = [
  [
    "iov_iter",
    /^(_?_?iov_iter|iov_|_?copy_(to|from)_iter|import_|__import_|want_pages_array|append_pipe|first_iovec|extract_)/,
  ],
  ["nvme", /^nvme/],
  [
    "block",
    /^(__)?(bio|blk|bvec|bdev|blkdev|submit_bio|disk_|part_|elv|elevator|rq_|wbt|rwb|should_fail_bio|update_io_ticks|get_max_segment|ll_|attempt|req_|end_bio|biovec|blkcg|blkg|calc_wb|dio_|diskstats|ioc_|punt_bios|bounce|flush_plug|end_request|__submit_bio|mempool_|scale_|wb_)|^__blk|^__bio|^__submit/,
  ],
  ["dma", /^(dma|swiotlb|iommu|__dma|_dma)/],
  ["sbitmap", /^_*sbitmap/],
  ["io_uring", /^_*io_(?!schedule)/],
  [
    "mm",
    /^(_*gup|.*pin_user|unpin|try_grab|follow_|folio|page|__get_user_pages|mod_node|mod_zone|__mod_|lru|k?z?m?alloc|kmem|kfree|kvfree|slab|___?slab|__slab|__kmalloc|__kmem|set_page_dirty|noop_dirty|internal_get|is_valid_gup|get_user_pages|pud_|pmd_|pte_|__pte|__page|p4d|dma_pool|memset|clear_page|_?_?get_pfnblock|node_page|memcg|obj_cgroup|cache_)/,
  ],
  [
    "scheduler",
    /^(_*schedule|io_schedule|try_to_wake|ttwu|.*_fair|enqueue_|dequeue_|pick_|update_rq|update_cfs|update_curr|update_min|__update_load|.*load_avg|place_entity|resched|__resched|sched_|select_task|check_preempt|wakeup_|wake_|complete|__wake|finish_task|__switch|switch_|prepare_to|finish_wait|autoremove|default_wake|wait_for|__wait|swake|.*cpuacct|psi_|native_smp_send|available_idle|set_next|__enqueue|__dequeue|cpuidle|reweight|rcu_|__rcu|_raw_spin|__raw|mutex|up_|down_|_raw|preempt|dynamic_|__cond)/,
  ],
  [
    "time",
    /^(ktime|timekeeping|read_tsc|hrtimer|timer|__mod_timer|mod_timer|.*jiffies|clock|tick|delay|__hrtimer|lock_timer|add_timer|del_timer|enqueue_timer|calc_wheel|current_time|get_nohz|detach_if)/,
  ],
  [
    "interrupt",
    /^(asm_|common_|__common|irq|.*_irq|handle_|generic_handle|apic|lapic|error_entry|error_return|note_interrupt|add_interrupt|fast_mix|native_irq|ack_|native_apic|x2apic|paranoid|restore_regs|sysvec)/,
  ],
  [
    "entry",
    /^(entry_|do_syscall|syscall|swapgs|__x64_sys|exit_to|__ia32|x64_sys)/,
  ],
  [
    "fs",
    /^(vfs|ksys|new_sync|rw_verify|fd|__fd|__fget|fget|fput|touch_atime|atime|file|generic_|security|apparmor|aa_|common_file|inode|__fsnotify|fsnotify|aio|lookup_ioctx|__filemap|filemap|mnt|__mnt|sb_|do_io|kiocb|timestamp|read_events)/,
  ],
];

/** Parts that a change of struct bio_vec can reach. */
export const CORE_AREAS: readonly string[] = ["block", "nvme", "iov_iter"];
/** Parts whose instructions depend on the moment, not on the I/O. */
export const NOISY_AREAS: readonly string[] = [
  "time",
  "scheduler",
  "interrupt",
];

/**
 * Tells which part of the kernel a function belongs to.
 *
 * @param name The function.
 * @param module Its module; empty for the kernel itself.
 * @returns The part.
 */
export function areaOf(name: string, module: string): string {
  if (/^nvme/.test(module)) return "nvme";
  for (const [area, rule] of RULES) if (rule.test(name)) return area;
  return "other";
}
