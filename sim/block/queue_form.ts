/** The form of a queue's limits and settings. */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import { field } from "../text/field.ts";
import type { NvmeLimitOptions, QueueLimits } from "./queue_limits.ts";

const u32 = wholeNumber(0, 2 ** 32 - 1);

/** A limit, with the name that sysfs has for it. */
function limit(
  entry: string,
  help: string,
  schema: z.ZodType<number> = u32,
): z.ZodType<number> {
  return field(schema, { entry, help, native: true });
}

/** Limits: each key, and nothing beside them; `checkQueueLimits()` does more. */
export const queueLimitsSchema: z.ZodType<QueueLimits> = z.strictObject(
  {
    logicalBlockBytes: limit("logical_block_size", "logical block in bytes"),
    physicalBlockBytes: limit("physical_block_size", "physical block in bytes"),
    maxSectors: limit(
      "max_sectors",
      "largest request in sectors of 512 bytes",
      wholeNumber(1, 2 ** 32 - 1),
    ),
    chunkSectors: limit(
      "chunk_sectors",
      "boundary in sectors that no request crosses; 0: none",
    ),
    maxSegments: limit(
      "max_segments",
      "most physical segments of a request",
      wholeNumber(1, 65535),
    ),
    maxSegmentBytes: limit(
      "max_segment_size",
      "largest segment in bytes",
      wholeNumber(4096, 2 ** 32 - 1),
    ),
    segBoundaryMask: limit(
      "seg_boundary_mask",
      "a segment crosses no multiple of mask + 1",
    ),
    virtBoundaryMask: limit(
      "virt_boundary_mask",
      "gaps between segments lie at multiples of mask + 1; 0: anywhere",
    ),
    dmaAlignmentMask: limit(
      "dma_alignment",
      "address and length of a vector are multiples of mask + 1",
    ),
    maxIntegritySegments: wholeNumber(1, 15).optional().describe(
      "most pieces of metadata of a request (default: 1)",
    ),
    maxDiscardSectors: u32.optional().describe(
      "longest discard in sectors (default: 0, no discards)",
    ),
    maxDiscardSegments: wholeNumber(1, 65535).optional().describe(
      "most bios of one discard (default: 1)",
    ),
    discardGranularityBytes: u32.optional().describe(
      "discards should begin and end at multiples of it (default: the logical block)",
    ),
    discardAlignmentBytes: u32.optional().describe(
      "where the first such multiple lies (default: 0)",
    ),
    maxWriteZeroesSectors: u32.optional().describe(
      "longest write of zeroes in sectors (default: 0, none)",
    ),
  } satisfies Record<keyof QueueLimits, z.ZodType>,
) as unknown as z.ZodType<QueueLimits>;

/** Maximum data transfer size, a byte of Identify Controller. */
export const mdtsSchema: z.ZodType<number> = wholeNumber(0, 255);

/** Names of devices with limits. */
export const presetNameSchema = z.enum([
  "nvme_prp",
  "nvme_prp_mdts5",
  "scsi",
  "virtio",
]);

/** The part of a controller that sets limits. */
export const nvmeLimitOptionsSchema = z.strictObject(
  {
    iommu: z.boolean().optional(),
    sgl: z.boolean().optional(),
    metadataSgl: z.boolean().optional(),
    kernel: someText().optional(),
  } satisfies Record<keyof NvmeLimitOptions, z.ZodType>,
);
