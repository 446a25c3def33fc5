/**
 * The struct queue_limits in kernel memory, which the path reads
 * (include/linux/blkdev.h, blockspec 2.5).
 */
import type { StructFields } from "../kernel/path_structs.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { QueueLimits } from "./queue_limits.ts";

/**
 * Where the limits begin in a line: 112 bytes into request_queue, whose objects
 * of 920 bytes (7.2) are in a slab one after another, so that any multiple of 8
 * is possible and another one comes with each queue. This is where they lay in
 * the boot that was recorded (oracle/footprint/README.md).
 */
const IN_LINE_BYTES = 24;

/**
 * Returns the largest length that a single vector may have to skip the split
 * walk (`max_fast_segment_size`, block/blk-settings.c).
 */
function maxFastSegmentBytes(limits: QueueLimits): number {
  return Math.min(limits.segBoundaryMask + 1, limits.maxSegmentBytes, 4096);
}

/** Writes limits into a struct queue_limits in kernel memory. */
export function storeQueueLimits(
  memory: KernelMemory,
  struct: StructFields,
  limits: QueueLimits,
): number {
  const at = memory.reserve("queue_limits", struct.sizeBytes, {
    inLineBytes: IN_LINE_BYTES,
  });
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
  put("max_integrity_segments", limits.maxIntegritySegments ?? 1);
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
