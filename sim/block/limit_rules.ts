/** Limits that no queue could have, or that contradict each other. */
import type { QueueLimits } from "./queue_limits.ts";

const MASKS = [
  "segBoundaryMask",
  "virtBoundaryMask",
  "dmaAlignmentMask",
] as const;

/** A limit that is wrong: which, how, and what it should be. */
type Wrong = readonly [what: keyof QueueLimits, found: string, wanted: string];

/**
 * Refuses limits that contradict each other; `checkQueueLimits()` looks at the
 * form of each first.
 *
 * @throws {RangeError} Naming the limit, or both of them.
 */
export function checkLimitRules(limits: QueueLimits): void {
  for (const [what, found, wanted] of wrongLimits(limits)) {
    throw new RangeError(
      `Cannot use queue limits: ${what} ${found}, expected ${wanted}`,
    );
  }
}

function* wrongLimits(limits: QueueLimits): Generator<Wrong> {
  const { logicalBlockBytes, physicalBlockBytes, maxSectors } = limits;
  const { segBoundaryMask, virtBoundaryMask, dmaAlignmentMask } = limits;
  const { chunkSectors, maxSegmentBytes, discardGranularityBytes } = limits;
  yield* wrongPowers(limits);
  const block = logicalBlockBytes / 512;
  const ofBlock = `logicalBlockBytes ${logicalBlockBytes}`;
  if (physicalBlockBytes < logicalBlockBytes) {
    const found = `${physicalBlockBytes} is below ${ofBlock}`;
    yield ["physicalBlockBytes", found, "at least as much"];
  }
  if (maxSectors < block) {
    const found = `${maxSectors} is less than ${ofBlock}`;
    yield ["maxSectors", found, "room for a block"];
  }
  if (chunkSectors % block !== 0) {
    const found = `${chunkSectors} cuts blocks of ${ofBlock}`;
    yield ["chunkSectors", found, "whole blocks"];
  }
  if (segBoundaryMask < 4095) {
    yield ["segBoundaryMask", `is ${segBoundaryMask}`, "at least a page"];
  }
  if (dmaAlignmentMask > 4095) {
    yield ["dmaAlignmentMask", `is ${dmaAlignmentMask}`, "at most a page"];
  }
  // blk_validate_limits(): the device has either kind of boundary.
  if (virtBoundaryMask !== 0 && maxSegmentBytes < virtBoundaryMask + 1) {
    const found = `${maxSegmentBytes} is below virtBoundaryMask ` +
      virtBoundaryMask;
    yield ["maxSegmentBytes", found, "segments that reach the boundary"];
  }
  if ((discardGranularityBytes ?? 0) % logicalBlockBytes !== 0) {
    const found = `${discardGranularityBytes} cuts blocks of ${ofBlock}`;
    yield ["discardGranularityBytes", found, "whole blocks"];
  }
}

function* wrongPowers(limits: QueueLimits): Generator<Wrong> {
  for (const name of ["logicalBlockBytes", "physicalBlockBytes"] as const) {
    const bytes = limits[name];
    if (!isPowerOfTwo(bytes) || bytes < 512) {
      yield [name, `is ${bytes}`, "a power of two from 512"];
    }
  }
  for (const name of MASKS) {
    const mask = limits[name];
    if (!Number.isInteger(mask) || mask < 0 || !isPowerOfTwo(mask + 1)) {
      yield [name, `is ${mask}`, "a power of two minus one"];
    }
  }
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 &&
    Number.isInteger(Math.log2(value));
}
