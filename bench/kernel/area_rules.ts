/**
 * Which functions belong to which part of the kernel, as data: beginnings of
 * their names, because symbols and BTF name no source file. Underscores in
 * front do not count, the longest beginning wins, and a full stop stands for
 * the end of the name. tests/data/kernel/function_files.tsv holds them against
 * the source.
 */

export interface AreaRule {
  /** What a report calls it. */
  readonly area: string;
  /** Beginnings of paths of its source. */
  readonly sources: readonly string[];
  /** Beginnings of functions' names, separated by blanks. */
  readonly names: string;
}

/** All parts; what fits none is "other". */
export const AREA_RULES: readonly AreaRule[] = [
  {
    area: "block",
    sources: ["block/"],
    names: "atomic_inc_below attempt_back_merge attempt_front_merge " +
      "attempt_merge badblocks bd_ bdev BDEV_I bio_ bioset biovec blk " +
      "bt_ bvec calc_wb_limits create_bio_slab dd_ del_gendisk " +
      "device_add_disk dio_bio_write_op disk_ diskstats " +
      "dispatch_rq_from_ctx elevator elv end_bio. errno_to_blk_status " +
      "flush_busy_ctx flush_end_io flush_plug freeze_bdev get_limit. " +
      "get_max_io_size get_max_segment_size get_rq_wait " +
      "get_task_ioprio get_task_raw_ioprio guard_bio_eod hctx_ I_BDEV " +
      "init_bio. invalidate_bdev ioc_ iocb_bio_iopoll ioprio " +
      "is_flush_rq kblockd kill_bdev latency_exceeded ll_ lookup_bdev " +
      "mq_flush page_is_mergeable part_ punt_bios put_disk queue_attr " +
      "queue_io_ queue_limits queue_max read_disk_skips req_bio_endio " +
      "rq_depth rq_qos rq_wait rwb_ scale_down. scale_up. " +
      "set_capacity should_fail_bio should_fail_request submit_bio " +
      "wb_timer wbt zero_fill_bio",
  },
  {
    // Their count is whether a jiffy has passed since the last I/O.
    area: "iostats",
    sources: [],
    names: "bdev_count_inflight. part_in_flight. part_in_flight_rw. " +
      "update_io_ticks.",
  },
  {
    area: "nvme",
    sources: ["drivers/nvme/"],
    names: "nvme",
  },
  {
    area: "iov_iter",
    sources: ["lib/iov_iter.c"],
    names: "append_pipe bvec_npages copy_from_iter copy_mc_to_iter " +
      "copy_page_from_iter copy_page_to_iter copy_to_iter copyin. " +
      "copyout. csum_and_copy dup_iter fault_in_iov_iter " +
      "first_bvec_segment first_iovec import_iovec " +
      "import_single_range import_ubuf iov_ iovec_ iter_xarray " +
      "page_copy_sane pipe_advance pipe_get_pages pipe_npages " +
      "pipe_zero want_pages_array",
  },
  {
    area: "dma",
    sources: ["kernel/dma/", "drivers/iommu/", "lib/scatterlist.c"],
    names: "dma dma_direct iommu iova iotlb sg_ swiotlb",
  },
  { area: "sbitmap", sources: ["lib/sbitmap.c"], names: "sbitmap" },
  {
    area: "io_uring",
    sources: ["io_uring/"],
    names: "ctx_flush_and_put do_sys_io_uring handle_tw_list io_ req_fail " +
      "req_need_defer tctx x64_sys_io_uring",
  },
  {
    area: "mm",
    sources: ["mm/", "arch/x86/mm/"],
    names: "alloc_frozen alloc_from_new_slab alloc_pages allocate_slab " +
      "barn_ build_slab_freelist cache_from_obj cgroup_mem " +
      "check_heap_object check_object_size check_stack_object " +
      "check_vma_flags choose_new_asid clear_page. " +
      "cmpxchg_double_slab dio_warn_stale dma_pool do_page_cache " +
      "enter_lazy_tlb filemap find_vma fixup_red_left folio " +
      "follow_page free_unref get_page_from_freelist get_pfnblock " +
      "get_user_pages gup inode_to_bdi internal_get_user_pages " +
      "invalidate_inode_pages2 is_valid_gup is_vmalloc_addr kfree " +
      "kiocb_invalidate kiocb_write kmalloc kmem kvfree lru_ " +
      "mem_cgroup memcg mempool mm_needs mod_node_page mod_zone_page " +
      "new_slab node_page noop_dirty_folio obj_cgroup p4d_ page_ pcs_ " +
      "pin_user pmd_ prep_compound pte_ pud_ put_cpu_partial " +
      "read_pages refill_objects rmqueue set_page_dirty shmem_ " +
      "should_failslab slab switch_mm try_get_folio try_grab " +
      "unpin_user virt_addr_valid vm_normal vma_ wake_page_function " +
      "workingset zone_watermark",
  },
  {
    area: "scheduler",
    sources: [
      "kernel/sched/",
      "kernel/rcu/",
      "kernel/locking/",
      "kernel/workqueue.c",
      "kernel/kthread.c",
      "kernel/smp.c",
      "kernel/watchdog.c",
      "arch/x86/kernel/process",
      "arch/x86/kernel/cpu/aperfmperf.c",
    ],
    names: "account_entity account_llc arch_cpu_idle " +
      "arch_scale_cpu_capacity autoremove_wake avg_vruntime " +
      "calc_delta calc_global_load check_cfs_rq check_preempt " +
      "check_spread check_update_overutil clear_buddies complete. " +
      "complete_ cond_resched cpu_startup_entry cpuacct cpuidle " +
      "default_idle default_wake dequeue_ dl_ do_idle down_ " +
      "enqueue_entit enqueue_task entity_ finish_swait finish_task " +
      "finish_wait flush_smp_call get_nohz_timer hrtick idle_cpu " +
      "init_wait insert_work io_schedule kick_process kthread " +
      "local_clock migrate_ mod_delayed_work mutex nohz_run_idle " +
      "nr_iowait pick_ place_entity preempt_ prepare_to " +
      "process_one_work propagate_entity psi_ put_prev pwq_ " +
      "queue_delayed_work queue_work raw_spin rcu rdgsbase record_times " +
      "resched reweight_ rq_ rwsem sched_ schedule. schedule_idle " +
      "scx_ select_task set_next swake switch_to touch_softlockup " +
      "try_to_grab_pending try_to_wake ttwu up_ update_cfs " +
      "update_curr update_entity update_load update_min update_rq " +
      "update_se. vruntime wait_for wait_woken wake_up wakeup worker_ " +
      "wq_worker wrgsbase",
  },
  {
    area: "time",
    sources: ["kernel/time/", "arch/x86/kernel/tsc", "lib/timerqueue.c"],
    names: "add_timer calc_wheel clockevents detach_if_pending " +
      "enqueue_hrtimer enqueue_timer hrtimer jiffies ktime " +
      "lock_timer_base mod_timer msecs_to_jiffies native_sched_clock " +
      "ntp process_timeout read_tsc remove_hrtimer " +
      "sched_clock_noinstr schedule_hrtimeout schedule_timeout " +
      "set_normalized_timespec tick_ timekeeping timer_ timerqueue " +
      "tsc_ update_fast_timekeeper update_vsyscall update_wall",
  },
  {
    area: "interrupt",
    sources: [
      "kernel/irq/",
      "kernel/softirq.c",
      "kernel/context_tracking.c",
      "arch/x86/kernel/apic/",
      "arch/x86/kernel/irq",
    ],
    names: "ack_apic add_interrupt_randomness apic asm_common_interrupt " +
      "asm_exc asm_sysvec common_interrupt ct_ early_xen_iret " +
      "error_entry error_return exc_ fast_mix generic_handle " +
      "handle_edge handle_fasteoi handle_irq irq lapic native_apic " +
      "native_irq_return note_interrupt paranoid_ " +
      "restore_regs_and_return sysvec_ x2apic",
  },
  {
    area: "entry",
    sources: ["arch/x86/entry/", "kernel/entry/"],
    names: "arch_exit_to_user do_syscall_64 entry_ exit_to_user irqentry " +
      "raw_irqentry swapgs syscall_ x64_sys",
  },
  {
    area: "trace",
    sources: ["kernel/trace/"],
    names: "blk_add_trace blk_log blk_trace ring_buffer trace_",
  },
  {
    area: "fs",
    sources: ["fs/", "security/"],
    names: "aa_ aio apparmor atime bpf_lsm current_time do_io_getevents " +
      "end_bio_bh fd_ fdget fget file_ fput fsnotify generic_ " +
      "get_reqs_available inode_ iomap ifs_ io_submit_one kiocb_ ksys " +
      "lookup_ioctx make_vfs mark_inode mnt_ put_reqs_available " +
      "read_events rw_verify sb_ security timestamp touch_atime vfs " +
      "x64_sys_io_getevents x64_sys_io_submit x64_sys_pread " +
      "x64_sys_pwrite",
  },
  {
    area: "lib",
    sources: ["lib/", "arch/x86/lib/"],
    names:
      "copy_from_user copy_to_user copy_user find_first find_next get_user_1 " +
      "get_user_2 get_user_4 get_user_8 idr_ list_add list_del llist memcpy " +
      "memset mt_ prandom put_user radix_tree rb_ rep_movs rep_stos xa_ xas_",
  },
];
