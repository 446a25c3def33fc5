/** Random blocks by zones of the region (fio's zoned and zoned_abs). */
import type { RandomStream } from "../random/random_stream.ts";

/** A part of the region, from where the one before it ends. */
export interface ZoneShare {
  /** Share of the I/Os that go there, in percent. */
  readonly accessPercent: number;
  /** Size in percent of the region, or in bytes. */
  readonly size: number;
}

/** How random offsets are distributed over zones, for each direction. */
export interface ZonedDistribution {
  /** Its kind. */
  readonly kind: "zoned";
  /** What the sizes of zones are. */
  readonly unit: "percent" | "bytes";
  /** The zones of reads, writes and trims. */
  readonly zones: readonly [
    readonly ZoneShare[],
    readonly ZoneShare[],
    readonly ZoneShare[],
  ];
}

/**
 * Draws a block from the zones of a direction.
 *
 * @param options The direction (0 read, 1 write, 2 trim), the blocks of the
 *   region, the bytes of one, and where the draws come from.
 * @returns The block, or -1 if the zone is outside of the region.
 */
export function zonedBlock(
  distribution: ZonedDistribution,
  options: {
    direction: number;
    blocks: number;
    blockBytes: number;
    random: RandomStream;
  },
): number {
  const { direction, blocks, blockBytes, random } = options;
  const zones = distribution.zones[direction] ?? [];
  // As fio's table of 100 entries (zone-dist.c).
  const draw = random.below(100);
  let access = 0;
  let from = 0;
  for (const { accessPercent, size } of zones) {
    access += accessPercent;
    const to = from + size;
    if (draw < access) {
      const isShare = distribution.unit === "percent";
      const first = Math.floor(
        isShare ? from * blocks / 100 : from / blockBytes,
      );
      const count = isShare
        ? Math.floor(blocks * size / 100)
        : Math.floor(to / blockBytes) - first;
      if (first + count > blocks) return -1;
      return first + Math.floor(random.fraction() * count);
    }
    from = to;
  }
  return Math.floor(random.fraction() * blocks);
}
