/** Limits that no queue could have, or that contradict each other. */
import type { QueueLimits } from "./queue_limits.ts";

/**
 * Refuses limits that contradict each other; `checkQueueLimits()` looks at the
 * form of each first.
 *
 * @throws {RangeError} Naming the limit, or both of them.
 */
export function checkLimitRules(limits: QueueLimits): void {
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
