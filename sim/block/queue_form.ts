/** The form of a queue's limits and settings. */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import type { NvmeLimitOptions, QueueLimits } from "./queue_limits.ts";
import type { QueueSettings } from "./queue_settings.ts";

const u32 = wholeNumber(0, 2 ** 32 - 1);

/** Limits: each key, and nothing beside them; `checkQueueLimits()` does more. */
export const queueLimitsSchema: z.ZodType<QueueLimits> = z.strictObject(
  {
    logicalBlockBytes: u32,
    physicalBlockBytes: u32,
    maxSectors: wholeNumber(1, 2 ** 32 - 1),
    chunkSectors: u32,
    maxSegments: wholeNumber(1, 65535),
    maxSegmentBytes: wholeNumber(4096, 2 ** 32 - 1),
    segBoundaryMask: u32,
    virtBoundaryMask: u32,
    dmaAlignmentMask: u32,
    maxIntegritySegments: wholeNumber(1, 15).optional(),
    maxDiscardSectors: u32.optional(),
    maxDiscardSegments: wholeNumber(1, 65535).optional(),
    discardGranularityBytes: u32.optional(),
    discardAlignmentBytes: u32.optional(),
    maxWriteZeroesSectors: u32.optional(),
  } satisfies Record<keyof QueueLimits, z.ZodType>,
) as unknown as z.ZodType<QueueLimits>;

/** Settings, all of them or some. */
export const queueSettingsSchema: z.ZodType<Partial<QueueSettings>> = z
  .strictObject(
    {
      tags: wholeNumber(1, 65535).optional(),
      driverTags: wholeNumber(1, 65535).optional(),
      scheduler: someText().optional(),
      frontMerges: z.literal([0, 1], { error: "0 or 1" }).optional(),
      fifoBatch: wholeNumber(0).optional(),
      writesStarved: wholeNumber(0).optional(),
      asyncDepth: wholeNumber(1, 65535).optional(),
      nomerges: z.literal([0, 1, 2], { error: "0, 1 or 2" }).optional(),
      writeCache: z.boolean().optional(),
      fua: z.boolean().optional(),
      zoned: z.boolean().optional(),
      p2p: z.boolean().optional(),
    } satisfies Record<keyof QueueSettings, z.ZodType>,
  ) as unknown as z.ZodType<Partial<QueueSettings>>;

/** Maximum data transfer size, a byte of Identify Controller. */
export const mdtsSchema: z.ZodType<number> = wholeNumber(0, 255);

/** Names of devices with limits. */
export const presetNameSchema = z.enum([
  "nvme_prp",
  "nvme_prp_mdts5",
  "scsi",
  "virtio",
]);

/** What of a controller sets limits. */
export const nvmeLimitOptionsSchema = z.strictObject(
  {
    iommu: z.boolean().optional(),
    sgl: z.boolean().optional(),
    metadataSgl: z.boolean().optional(),
    kernel: someText().optional(),
  } satisfies Record<keyof NvmeLimitOptions, z.ZodType>,
);
