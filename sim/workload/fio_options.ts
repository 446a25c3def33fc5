/**
 * Options of fio that the lab knows by name but does not use, and why: to tell
 * them from a typo, and to name the reason. Names are those of `fio
 * --cmdhelp=all`, of `--enghelp` for each engine and of the profiles, version
 * 3.33, and of the HOWTO of 3.42.
 */

/** Why the lab does not use an option. */
export const UNUSED_REASONS = {
  how: "how an I/O is made, not which",
  time: "when I/Os start and how fast; here a job ends with its bytes or I/Os",
  data: "what is written and how it is checked",
  host: "processes, memory and files of the machine that fio runs on",
  report: "what fio measures and reports",
  engine: "options of I/O engines",
  newer: "options newer than fio 3.33, whose jobs the lab reads",
  gone: "options that fio has removed",
} as const;

export type UnusedReason = keyof typeof UNUSED_REASONS;

const NAMES: Readonly<Record<UnusedReason, string>> = {
  how: `
    atomic buffered direct fadvise_hint hugepage-size ignore_zone_limits
    invalidate io_submit_mode iodepth_batch_complete iodepth_batch_complete_max
    iodepth_batch_complete_min iodepth_low ioengine iomem iomem_align
    job_max_open_zones max_open_zones mem mem_align overwrite prio prioclass
    read_beyond_wp serialize_overlap sync write_barrier write_hint
    zone_reset_frequency zone_reset_threshold zonecapacity
  `,
  time: `
    clocksource exit_what exitall exitall_on_error fill_device fill_fs flow
    flow_id flow_sleep gtod_cpu latency_percentile latency_run latency_target
    latency_window max_latency ramp_time rate rate_cycle rate_ignore_thinktime rate_iops
    rate_iops_min rate_min rate_process ratecycle ratemin runtime ss ss_dur
    ss_ramp startdelay steadystate steadystate_duration steadystate_ramp_time
    thinktime thinktime_blocks thinktime_blocks_type thinktime_iotime
    thinktime_spin time_based timeout
  `,
  data: `
    buffer_compress_chunk buffer_compress_percentage buffer_pattern
    dedupe_global dedupe_mode dedupe_percentage dedupe_working_set_percentage
    refill_buffers scramble_buffers trim_backlog trim_backlog_batch
    trim_verify_zero verify_async verify_async_cpus verify_dump verify_fatal
    verify_interval verify_offset verify_state_load verify_state_save
    zero_buffers
  `,
  host: `
    allow_file_create allow_mounted_write cgroup cgroup_nodelete cgroup_weight
    continue_on_error cpumask cpus_allowed cpus_allowed_policy create_fsync
    create_on_open create_serialize end_fsync error_dump exec_postrun
    exec_prerun fallocate file_append fsync_on_close gid gpu_dev_id ignore_error
    ioscheduler lockfile lockmem nice numa_cpu_nodes numa_mem_policy pre_read
    random_generator read_iolog_chunked softrandommap thread uid unique_filename
    unlink unlink_each_loop
  `,
  report: `
    block_error_percentiles bwavgtime clat_percentiles description disable_bw
    disable_bw_measurement disable_clat disable_lat disable_slat disk_util
    group_reporting gtod_reduce iopsavgtime lat_percentiles log_alternate_epoch
    log_alternate_epoch_clock_id log_avg_msec log_compression
    log_compression_cpus log_entries log_hist_coarseness log_hist_msec
    log_max_value log_offset log_prio log_store_compressed log_unix_epoch
    new_group per_job_logs percentile_list profile significant_figures
    slat_percentiles stats unified_rw_reporting unit_base write_bw_log
    write_hist_log write_iolog write_iops_log write_lat_log
  `,
  engine: `
    apptag apptag_mask arguments bindname block brick busy_poll
    busy_wait_polling cdb_len chunck_size chunk_size clientname clustername
    cmd_type cmdprio cmdprio_bssplit cmdprio_class cmdprio_hint
    cmdprio_percentage conf cont cpuchunks cpuload cpumode cuda_io deac
    device-names dir direct_write_to_pmem donorname exit_on_io_done fixedbufs
    force_async gpu_dev_ids grace_time hdfs_use_direct hdfsdirectory hipri
    hipri_percentage hostname http_host http_mode http_object_mode http_pass
    http_s3_key http_s3_keyid http_s3_region http_s3_security_token
    http_s3_sse_customer_algorithm http_s3_sse_customer_key
    http_s3_storage_class http_swift_auth_token http_user http_verbose https
    initiator inplace interface large-block-op-kbytes libaio_vectored
    libblkio_driver libblkio_force_enable_completion_eventfd
    libblkio_num_entries libblkio_path libblkio_pre_connect_props
    libblkio_pre_start_props libblkio_queue_size libblkio_vectored
    libblkio_wait_mode libblkio_write_zeroes_on_trim listen load md_per_io_size
    mss namenode nfs_url no_completion_thread nodelay nonvectored nowait numruns
    object_class pi_act pi_chk pingpong pool port prep program proto protocol
    rbd_encryption_format rbd_encryption_passphrase rbdname
    read-req-num-512-blocks read_mode readfua registerfiles rocm_io serverip
    sg_write_mode single-instance single_instance skip_bad sqthread_poll
    sqthread_poll_cpu stat_type std_redirect stream_id svcl test-duration thp
    threads threads-per-queue touch_objects ttl uncached uri userspace_reap verb
    verify_bytchk verify_mode volume window_size write_mode writefua xnvme_admin
    xnvme_async xnvme_be xnvme_dev_nsid xnvme_dev_subnqn xnvme_iovec xnvme_mem
    xnvme_sync
  `,
  newer: `
    comm data_placement dataplacement dp_scheme end_syncfs fdp fdp_pli
    fdp_pli_select filetype job_start_clock_id log_issue_time log_window_value
    num_range plid_select plids priohint ramp_size random_sequence_stride
    recover_zbd_write_error spr_cs spr_num_regions spr_op sprandom ss_interval
    steadystate_check_interval thinkcycles verify_header_seed
    verify_pattern_interval verify_policy verify_write_sequence
    write_zone_remainder write_zone_remainders
  `,
  gone: `
    flow_watermark percentage_sequential rwmixcycle verifysort verifysort_nr
  `,
};

/** The reason of each such option. */
export const UNUSED_OPTIONS: ReadonlyMap<string, UnusedReason> = new Map(
  (Object.keys(NAMES) as UnusedReason[]).flatMap((reason) =>
    NAMES[reason].trim().split(/\s+/).map((name) => [name, reason] as const)
  ),
);
