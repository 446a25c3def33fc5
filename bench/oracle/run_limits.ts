/**
 * Queue limits and settings of a device that rows were recorded on: from
 * sysfs, and from the set-up lines what sysfs does not show.
 */
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import type { QueueSettings } from "../../sim/block/queue_settings.ts";
import type { PathProfile } from "../../sim/kernel/profile.ts";
import type { OracleRun } from "./oracle_row.ts";

export interface RecordedQueue {
  readonly limits: QueueLimits;
  readonly settings: QueueSettings;
  readonly driver: "null_blk" | "virtio_blk" | "scsi_debug" | "nvme";
  /** Whether an I/O scheduler that is not modelled orders its requests. */
  readonly otherScheduler: boolean;
  /** Whether requests complete while they are issued (null_blk irqmode=0). */
  readonly completesAtOnce: boolean;
  /** Whether they complete by a timer (null_blk irqmode=2). */
  readonly completesByTimer: boolean;
  /** Whether it is known how many requests the driver takes at once. */
  readonly knowsDepth: boolean;
}

export function recordedQueue(
  run: OracleRun,
  profile: PathProfile,
): RecordedQueue {
  const { limits, setup } = run;
  const number = (name: string) => Number(limits[name] ?? 0);
  const option = (name: string, otherwise: number) => {
    const found = new RegExp(`\\b${name}=(\\d+)`).exec(setup);
    return found === null ? otherwise : Number(found[1]);
  };
  const driver = setup.includes("mknb") || /^(nb|null)/.test(run.disk)
    ? "null_blk"
    : setup.includes("mksd")
    ? "scsi_debug"
    : run.disk.startsWith("nvme")
    ? "nvme"
    : "virtio_blk";
  const logicalBlockBytes = number("logical_block_size");
  const nomerges = number("nomerges");
  const tags = number("nr_requests");
  const driverTags = option("hw_queue_depth", tags / 2);
  // blk_mq_init_sched(), before nr_requests was set.
  const depthAtFirst = 2 * Math.min(driverTags, 128);
  return {
    driver,
    otherScheduler: !/\[(none|mq-deadline)\]/.test(limits["scheduler"] ?? ""),
    completesAtOnce: driver === "null_blk" && option("irqmode", 1) === 0,
    completesByTimer: driver === "null_blk" && option("irqmode", 1) === 2,
    knowsDepth: setup.includes("hw_queue_depth=") ||
      !setup.includes("queue/nr_requests"),
    limits: {
      logicalBlockBytes,
      physicalBlockBytes: number("physical_block_size"),
      maxSectors: run.maxSectors ?? number("max_sectors_kb") * 2,
      chunkSectors: number("chunk_sectors"),
      maxSegments: number("max_segments"),
      maxSegmentBytes: number("max_segment_size"),
      // scsi_debug: dma_boundary is a page unless clustering is on.
      segBoundaryMask:
        driver === "scsi_debug" && !setup.includes("clustering=1")
          ? 4095
          : 0xffffffff,
      virtBoundaryMask: number("virt_boundary_mask"),
      dmaAlignmentMask: number("dma_alignment"),
      // 0 where no metadata is.
      maxIntegritySegments: Math.max(1, number("max_integrity_segments")),
      maxDiscardSectors: number("discard_max_bytes") / 512,
      maxDiscardSegments: number("max_discard_segments"),
      discardGranularityBytes: number("discard_granularity"),
      // sd_config_discard(): unmap_alignment counts logical blocks.
      discardAlignmentBytes: option("unmap_alignment", 0) * logicalBlockBytes,
      maxWriteZeroesSectors: number("write_zeroes_max_bytes") / 512,
    },
    settings: {
      tags,
      driverTags,
      scheduler: (limits["scheduler"] ?? "").includes("[mq-deadline]")
        ? "mq-deadline"
        : "none",
      frontMerges: setup.includes("iosched/front_merges 0") ? 0 : 1,
      fifoBatch: 16,
      writesStarved: 2,
      asyncDepth: profile.asyncDepthFollows ? tags : depthAtFirst,
      nomerges: nomerges === 0 ? 0 : nomerges === 1 ? 1 : 2,
      writeCache: limits["write_cache"] === "write back",
      fua: limits["fua"] === "1",
      zoned: (limits["zoned"] ?? "none") !== "none",
      // Only the NVMe driver sets BLK_FEAT_PCI_P2PDMA.
      p2p: driver === "nvme",
    },
  };
}
