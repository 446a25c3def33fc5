/**
 * The limits of a queue, as data, and as the struct queue_limits in memory
 * that the path reads (include/linux/blkdev.h, blockspec 2.5).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { StructOffsets } from "../kernel/path_structs.ts";

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
  /** Gaps between segments lie at multiples of mask + 1; 0 for no rule. */
  readonly virtBoundaryMask: number;
  /** Address and length of a vector are multiples of mask + 1. */
  readonly dmaAlignmentMask: number;
  /** Longest discard in sectors; 0, the default, for no discards. */
  readonly maxDiscardSectors?: number;
  /** Most bios of one discard; 1 unless told. */
  readonly maxDiscardSegments?: number;
  /** Discards should begin and end at multiples of it; the block unless told. */
  readonly discardGranularityBytes?: number;
  /** Where the first such multiple lies; 0 unless told. */
  readonly discardAlignmentBytes?: number;
  /** Longest write of zeroes in sectors; 0, the default, for none. */
  readonly maxWriteZeroesSectors?: number;
}

/**
 * Refuses limits that no queue could have, or that contradict each other.
 *
 * @param limits The limits.
 * @throws {RangeError} Naming the limit, or both of them.
 */
export function checkQueueLimits(limits: QueueLimits): void {
  const { logicalBlockBytes, physicalBlockBytes, maxSectors } = limits;
  const { segBoundaryMask, virtBoundaryMask, dmaAlignmentMask } = limits;
  const refuse = (what: string, found: string, wanted: string): never => {
    throw new RangeError(
      `Cannot use queue limits: ${what} ${found}, expected ${wanted}`,
    );
  };
  for (const name of ["logicalBlockBytes", "physicalBlockBytes"] as const) {
    const bytes = limits[name];
    if (!isPowerOfTwo(bytes) || bytes < 512) {
      refuse(name, `is ${bytes}`, "a power of two from 512");
    }
  }
  for (
    const name of [
      "segBoundaryMask",
      "virtBoundaryMask",
      "dmaAlignmentMask",
    ] as const
  ) {
    const mask = limits[name];
    if (!Number.isInteger(mask) || mask < 0 || !isPowerOfTwo(mask + 1)) {
      refuse(name, `is ${mask}`, "a power of two minus one");
    }
  }
  const whole: readonly (readonly [string, number, number, number])[] = [
    ["maxSectors", maxSectors, 1, 2 ** 32 - 1],
    ["chunkSectors", limits.chunkSectors, 0, 2 ** 32 - 1],
    ["maxSegments", limits.maxSegments, 1, 65535],
    ["maxSegmentBytes", limits.maxSegmentBytes, 4096, 2 ** 32 - 1],
    ["maxDiscardSectors", limits.maxDiscardSectors ?? 0, 0, 2 ** 32 - 1],
    ["maxDiscardSegments", limits.maxDiscardSegments ?? 1, 1, 65535],
    [
      "maxWriteZeroesSectors",
      limits.maxWriteZeroesSectors ?? 0,
      0,
      2 ** 32 - 1,
    ],
  ];
  for (const [name, value, least, most] of whole) {
    if (!Number.isInteger(value) || value < least || value > most) {
      refuse(name, `is ${value}`, `a whole number from ${least} to ${most}`);
    }
  }
  const block = logicalBlockBytes / 512;
  if (physicalBlockBytes < logicalBlockBytes) {
    refuse(
      "physicalBlockBytes",
      `${physicalBlockBytes} is below logicalBlockBytes ${logicalBlockBytes}`,
      "at least as much",
    );
  }
  if (maxSectors < block) {
    refuse(
      "maxSectors",
      `${maxSectors} is less than logicalBlockBytes ${logicalBlockBytes}`,
      "room for a block",
    );
  }
  if (limits.chunkSectors % block !== 0) {
    refuse(
      "chunkSectors",
      `${limits.chunkSectors} cuts blocks of logicalBlockBytes ` +
        logicalBlockBytes,
      "whole blocks",
    );
  }
  if (segBoundaryMask < 4095) {
    refuse("segBoundaryMask", `is ${segBoundaryMask}`, "at least a page");
  }
  if (dmaAlignmentMask > 4095) {
    refuse("dmaAlignmentMask", `is ${dmaAlignmentMask}`, "at most a page");
  }
  // blk_validate_limits(): the device has either kind of boundary.
  if (virtBoundaryMask !== 0 && limits.maxSegmentBytes < virtBoundaryMask + 1) {
    refuse(
      "maxSegmentBytes",
      `${limits.maxSegmentBytes} is below virtBoundaryMask ${virtBoundaryMask}`,
      "segments that reach the boundary",
    );
  }
  if (
    limits.discardGranularityBytes !== undefined &&
    limits.discardGranularityBytes % logicalBlockBytes !== 0
  ) {
    refuse(
      "discardGranularityBytes",
      `${limits.discardGranularityBytes} cuts blocks of logicalBlockBytes ` +
        logicalBlockBytes,
      "whole blocks",
    );
  }
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 &&
    Number.isInteger(Math.log2(value));
}

/** Queue limits by device, with blk_set_stacking/default values of 7.x. */
export const QUEUE_LIMIT_PRESETS: Readonly<
  Record<"nvme_prp" | "nvme_prp_mdts5" | "scsi" | "virtio", QueueLimits>
> = {
  /** NVMe, PRP only, MDTS 7 (512 KiB): blockspec 2.5, T38. */
  // deno-lint-ignore camelcase -- as the command line has it
  nvme_prp: nvmeLimits(7),
  /** NVMe with MDTS 5 (128 KiB). */
  // deno-lint-ignore camelcase -- as the command line has it
  nvme_prp_mdts5: nvmeLimits(5),
  /** A SCSI host with the block layer's defaults. */
  scsi: {
    logicalBlockBytes: 512,
    physicalBlockBytes: 512,
    maxSectors: 2560,
    chunkSectors: 0,
    maxSegments: 128,
    maxSegmentBytes: 65536,
    segBoundaryMask: 0xffffffff,
    virtBoundaryMask: 0,
    dmaAlignmentMask: 511,
  },
  /** virtio_blk as QEMU offers it: seg_max 254, no size limit of its own. */
  virtio: {
    logicalBlockBytes: 512,
    physicalBlockBytes: 512,
    maxSectors: 8192,
    chunkSectors: 0,
    maxSegments: 254,
    maxSegmentBytes: 0xffffffff,
    segBoundaryMask: 0xffffffff,
    virtBoundaryMask: 0,
    dmaAlignmentMask: 511,
  },
};

/** What of an NVMe controller sets its queue limits. */
export interface NvmeLimitOptions {
  /** Whether a translating IOMMU caps the optimal mapping at 128 KiB. */
  readonly iommu?: boolean;
  /** Whether the controller takes SGLs, so that no virt boundary is needed. */
  readonly sgl?: boolean;
}

/**
 * Derives an NVMe I/O queue's limits from the controller's MDTS
 * (drivers/nvme/host/core.c nvme_set_ctrl_limits, blockspec 2.5 and T38).
 *
 * @param mdts Maximum data transfer size, log2 of 4 KiB pages; 0 for no limit.
 * @param options IOMMU and SGL support.
 * @returns The limits.
 */
export function nvmeLimits(
  mdts: number,
  options: NvmeLimitOptions = {},
): QueueLimits {
  // 8 MiB is NVME_MAX_BYTES, 128 KiB the IOVA cache's largest size.
  const mdtsSectors = mdts === 0 ? Infinity : (1 << mdts) * 8;
  const maxHwSectors = Math.min(
    16384,
    mdtsSectors,
    options.iommu ? 256 : Infinity,
  );
  return {
    logicalBlockBytes: 512,
    physicalBlockBytes: 512,
    // BLK_DEF_MAX_SECTORS_CAP is 4 MiB.
    maxSectors: Math.min(maxHwSectors, 8192),
    chunkSectors: 0,
    maxSegments: Math.min(65535, Math.floor(maxHwSectors / 8) + 1, 256),
    maxSegmentBytes: 0xffffffff,
    segBoundaryMask: 0xffffffff,
    virtBoundaryMask: options.sgl ? 0 : 4095,
    dmaAlignmentMask: 3,
  };
}

/**
 * Gives the largest length that a single vector may have to skip the split
 * walk (`max_fast_segment_size`, block/blk-settings.c).
 *
 * @param limits The queue's limits.
 * @returns Bytes.
 */
export function maxFastSegmentBytes(limits: QueueLimits): number {
  return Math.min(limits.segBoundaryMask + 1, limits.maxSegmentBytes, 4096);
}

/**
 * Writes limits into a struct queue_limits in kernel memory.
 *
 * @param memory The kernel memory.
 * @param struct The offsets of struct queue_limits.
 * @param limits The limits.
 * @returns Offset of the struct.
 */
export function storeQueueLimits(
  memory: KernelMemory,
  struct: StructOffsets,
  limits: QueueLimits,
): number {
  const at = memory.reserve("queue_limits", struct.sizeBytes);
  const put = (name: string, value: number) => {
    const field = struct.fields[name];
    if (field === undefined) return;
    // int32 throughout: one double makes V8 compile set32() for doubles.
    if (field.sizeBytes === 2) memory.set16(at + field.offsetBytes, value);
    else if (field.sizeBytes === 4) {
      memory.set32(at + field.offsetBytes, value | 0);
    } else memory.setLong(at + field.offsetBytes, value | 0);
  };
  put("seg_boundary_mask", limits.segBoundaryMask);
  put("virt_boundary_mask", limits.virtBoundaryMask);
  put("max_hw_sectors", limits.maxSectors);
  put("max_sectors", limits.maxSectors);
  put("chunk_sectors", limits.chunkSectors);
  put("max_segment_size", limits.maxSegmentBytes);
  put("max_fast_segment_size", maxFastSegmentBytes(limits));
  put("physical_block_size", limits.physicalBlockBytes);
  put("logical_block_size", limits.logicalBlockBytes);
  put("max_segments", limits.maxSegments);
  put("dma_alignment", limits.dmaAlignmentMask);
  put("max_discard_sectors", limits.maxDiscardSectors ?? 0);
  put("max_discard_segments", limits.maxDiscardSegments ?? 1);
  put(
    "discard_granularity",
    limits.discardGranularityBytes ?? limits.logicalBlockBytes,
  );
  put("discard_alignment", limits.discardAlignmentBytes ?? 0);
  put("max_write_zeroes_sectors", limits.maxWriteZeroesSectors ?? 0);
  return at;
}
