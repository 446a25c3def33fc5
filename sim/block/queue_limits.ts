/**
 * The limits of a queue, as data (include/linux/blkdev.h, blockspec 2.5), and
 * what a kernel makes of the limits of a device.
 */
import { checkLimitRules } from "./limit_rules.ts";
import { IOVA_OPTIMAL_BYTES } from "../dma/iova.ts";
import {
  mdtsSchema,
  nvmeLimitOptionsSchema,
  presetNameSchema,
  queueLimitsSchema,
} from "./queue_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { DEFAULT_KERNEL, pathProfile } from "../kernel/profile.ts";

/** Limits that a device puts on its requests. Sectors have 512 bytes. */
export interface QueueLimits {
  /** Logical block size in bytes, a power of two from 512. */
  readonly logicalBlockBytes: number;
  /** Physical block size in bytes, a power of two from the logical one. */
  readonly physicalBlockBytes: number;
  /** Largest request in sectors. */
  readonly maxSectors: number;
  /** Boundary in sectors that no request crosses; 0 for none. */
  readonly chunkSectors: number;
  /** Most physical segments of a request. */
  readonly maxSegments: number;
  /** Largest segment in bytes, up to 2^32 - 1. */
  readonly maxSegmentBytes: number;
  /** A segment does not cross a multiple of mask + 1; up to 2^32 - 1. */
  readonly segBoundaryMask: number;
  /** Gaps between segments are at multiples of mask + 1; 0 for no rule. */
  readonly virtBoundaryMask: number;
  /** Address and length of a vector are multiples of mask + 1. */
  readonly dmaAlignmentMask: number;
  /** Most pieces of metadata of a request, 1 to 15; default: 1. */
  readonly maxIntegritySegments?: number;
  /** Longest discard in sectors; 0, the default, for no discards. */
  readonly maxDiscardSectors?: number;
  /** Most bios of one discard; default: 1. */
  readonly maxDiscardSegments?: number;
  /** Discards should begin and end at multiples of it; default: the block. */
  readonly discardGranularityBytes?: number;
  /** Offset of the first such multiple; default: 0. */
  readonly discardAlignmentBytes?: number;
  /** Longest write of zeroes in sectors; 0, the default, for none. */
  readonly maxWriteZeroesSectors?: number;
}

/**
 * Refuses limits that no queue could have, or that contradict each other.
 *
 * @throws {RangeError} Naming the limit, or both of them.
 */
export function checkQueueLimits(limits: QueueLimits): void {
  checkValue("use queue limits", queueLimitsSchema, limits);
  checkLimitRules(limits);
}

/** Names of queue limits by device. */
export type QueueLimitPreset =
  | "nvme_prp"
  | "nvme_prp_mdts5"
  | "scsi"
  | "virtio";

/** The part of an NVMe controller and its kernel that sets its queue limits. */
export interface NvmeLimitOptions {
  /** Whether a translating IOMMU is in front of it. */
  readonly iommu?: boolean;
  /** Whether the controller takes SGLs. */
  readonly sgl?: boolean;
  /** Whether it takes SGLs for metadata, too. */
  readonly metadataSgl?: boolean;
  /** The kernel; default: 7.2. */
  readonly kernel?: string;
}

/** iommu_dma_opt_mapping_size(). */
const OPTIMAL_MAPPING_SECTORS = IOVA_OPTIMAL_BYTES / 512;

/**
 * Derives an NVMe I/O queue's limits from the controller's MDTS
 * (drivers/nvme/host/core.c nvme_set_ctrl_limits, blockspec 2.5 and T38).
 *
 * @param mdts Maximum data transfer size, log2 of 4 KiB pages; 0 for no limit.
 * @throws {RangeError} If the kernel is not known.
 *
 * @example 512 KiB, as three kernels take it
 * ```ts
 * import { nvmeLimits } from "./queue_limits.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const segments = ["6.1", "6.12", "7.2"].map((kernel) =>
 *   nvmeLimits(7, { kernel }).maxSegments
 * );
 * assertEquals(segments, [127, 128, 129]);
 * ```
 */
export function nvmeLimits(
  mdts: number,
  options: NvmeLimitOptions = {},
): QueueLimits {
  checkValue("derive queue limits", mdtsSchema, mdts, "mdts");
  checkValue("derive queue limits", nvmeLimitOptionsSchema, options, "options");
  const { iommu = false, sgl = false, kernel = DEFAULT_KERNEL } = options;
  const { nvmeLimits: rules, defaultMaxSectors } = pathProfile(kernel);
  const maxHwSectors = Math.min(
    rules.mostSectors,
    mdts === 0 ? Infinity : 2 ** mdts * 8,
    iommu && rules.cutsToOptimalMapping ? OPTIMAL_MAPPING_SECTORS : Infinity,
  );
  return {
    logicalBlockBytes: 512,
    physicalBlockBytes: 512,
    maxSectors: Math.min(maxHwSectors, defaultMaxSectors),
    chunkSectors: 0,
    // A segment for each page, one more for an offset.
    maxSegments: Math.min(
      Math.floor(maxHwSectors / 8) + 1,
      rules.mostSegments,
    ),
    maxSegmentBytes: 0xffffffff,
    segBoundaryMask: 0xffffffff,
    virtBoundaryMask: sgl && rules.sglsLiftBoundary ? 0 : 4095,
    dmaAlignmentMask: 3,
    ...metadataLimit(options),
  };
}

/** nvme_probe(): one address names one piece of metadata, an SGL several. */
function metadataLimit(options: NvmeLimitOptions): Partial<QueueLimits> {
  const { kernel = DEFAULT_KERNEL, metadataSgl = false } = options;
  const { mostMetadataSegments } = pathProfile(kernel).nvmeLimits;
  return metadataSgl && mostMetadataSegments > 0
    ? { maxIntegritySegments: mostMetadataSegments }
    : {};
}

/**
 * Returns the limits of a named device's queue.
 *
 * @param name `nvme_prp` and `nvme_prp_mdts5`: NVMe of MDTS 7 (512 KiB) and 5
 *   (128 KiB); `scsi`: a SCSI host with the block layer's defaults; `virtio`:
 *   virtio_blk as QEMU offers it, seg_max 254, no size limit of its own.
 * @param options Kernel, SGLs for metadata; IOMMU and SGLs for NVMe alone.
 * @returns The limits.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If the name or the kernel is not known.
 *
 * @example NVMe with SGLs behind an IOMMU, on 6.12
 * ```ts
 * import { presetLimits } from "@bvec/lab";
 * import { assert } from "@std/assert";
 *
 * const limits = presetLimits("nvme_prp", {
 *   kernel: "6.12",
 *   sgl: true,
 *   iommu: true,
 * });
 * assert(limits.maxSegments > 0);
 * ```
 */
export function presetLimits(
  name: QueueLimitPreset,
  options: NvmeLimitOptions = {},
): QueueLimits {
  checkValue("find queue limits", presetNameSchema, name, "name");
  checkValue("find queue limits", nvmeLimitOptionsSchema, options, "options");
  if (name === "nvme_prp") return nvmeLimits(7, options);
  if (name === "nvme_prp_mdts5") return nvmeLimits(5, options);
  const { defaultMaxSectors } = pathProfile(options.kernel ?? DEFAULT_KERNEL);
  const common = {
    logicalBlockBytes: 512,
    physicalBlockBytes: 512,
    maxSectors: defaultMaxSectors,
    chunkSectors: 0,
    segBoundaryMask: 0xffffffff,
    virtBoundaryMask: 0,
    ...metadataLimit(options),
  };
  return name === "scsi"
    // __scsi_init_queue(): lines of the cache, and 4 bytes on x86.
    ? {
      ...common,
      maxSegments: 128,
      maxSegmentBytes: 65536,
      dmaAlignmentMask: 3,
    }
    : {
      ...common,
      maxSegments: 254,
      maxSegmentBytes: 0xffffffff,
      dmaAlignmentMask: 511,
    };
}

/**
 * Queue limits by device, as kernel 7.2 has them; sizes in sectors of 512
 * bytes.
 *
 * @example The largest request of NVMe with MDTS 7
 * ```ts
 * import { QUEUE_LIMIT_PRESETS } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(QUEUE_LIMIT_PRESETS.nvme_prp.maxSectors * 512, 512 * 1024);
 * ```
 */
export const QUEUE_LIMIT_PRESETS: Readonly<
  Record<QueueLimitPreset, QueueLimits>
> = {
  // deno-lint-ignore camelcase -- as the command line has it
  nvme_prp: presetLimits("nvme_prp"),
  // deno-lint-ignore camelcase -- as the command line has it
  nvme_prp_mdts5: presetLimits("nvme_prp_mdts5"),
  scsi: presetLimits("scsi"),
  virtio: presetLimits("virtio"),
};
