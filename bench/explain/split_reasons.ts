/**
 * Why a bio was cut where it was: the limits of the queue that the front part
 * has reached, in the order in which the kernel looks at them (blockspec 2.6).
 */
import type { QueueLimits } from "../../sim/block/queue_limits.ts";

/** A cut, as the path made it. */
export interface Cut {
  /** First sector of the front part. */
  readonly sector: number;
  readonly sectors: number;
  /** Segments that the front part's request has. */
  readonly segments: number;
  /** Whether the cut is between two vectors, and not inside one. */
  readonly isBetween: boolean;
  /** Offset in its page of the end of the vector before the cut. */
  readonly endOffset: number;
  /** Offset in its page of the vector after the cut. */
  readonly nextOffset: number;
}

/** @returns One text for each; never none. */
export function splitReasons(cut: Cut, limits: QueueLimits): string[] {
  const { sector, sectors, segments } = cut;
  const reasons: string[] = [];
  const { maxSectors, chunkSectors, maxSegments, virtBoundaryMask } = limits;
  const gap = (cut.endOffset | cut.nextOffset) & virtBoundaryMask;
  if (cut.isBetween && gap !== 0) {
    reasons.push(
      `virt_boundary_mask ${virtBoundaryMask}: the vectors on both sides ` +
        `leave a gap inside a page, which no PRP list can name`,
    );
  }
  if (segments >= maxSegments) {
    reasons.push(`max_segments: ${segments} segments, as many as allowed`);
  }
  const end = sector + sectors;
  if (chunkSectors !== 0 && end % chunkSectors === 0) {
    reasons.push(
      `chunk_sectors ${chunkSectors}: no request crosses sector ${end}`,
    );
  }
  const physical = limits.physicalBlockBytes / 512;
  if (sectors === maxSectors) {
    reasons.push(`max_sectors: ${sectors} sectors, as many as allowed`);
  } else if (
    physical > 1 && sectors < maxSectors && sectors + physical > maxSectors &&
    end % physical === 0
  ) {
    reasons.push(
      `max_sectors ${maxSectors}, less ${maxSectors - sectors} to end at a ` +
        `physical block of ${limits.physicalBlockBytes} bytes`,
    );
  }
  return reasons.length > 0 ? reasons : [
    `a whole number of logical blocks of ${limits.logicalBlockBytes} bytes`,
  ];
}
