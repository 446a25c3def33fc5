/**
 * Splitting of what carries no data: discards and writes of zeroes
 * (block/blk-merge.c bio_split_discard, bio_split_write_zeroes).
 */
import type { BlockContext } from "./block_context.ts";
import { fieldOffset } from "../kernel/path_structs.ts";
import type { SplitCount } from "./split.ts";

export interface SplitRangeOptions extends BlockContext {
  /** get_max_io_size() from the operation's own most sectors. */
  readonly withinBlocks: (
    most: number,
    sectorLo: number,
    sectorHi: number,
  ) => number;
  /** Where the number of segments goes. */
  readonly counted: SplitCount;
}

/** Both answer 0 or the sectors of the front part. */
export interface SplitRange {
  /** Splits a discard: one segment. */
  readonly splitDiscard: (bio: number) => number;
  /** Splits a write of zeroes: no segment. */
  readonly splitWriteZeroes: (bio: number) => number;
}

export function createSplitRange(options: SplitRangeOptions): SplitRange {
  const { memory, bios, limitsAt, profile, withinBlocks, counted } = options;
  const { get32, get64Lo, get64Hi } = memory;
  const { field } = bios;
  const limit = (name: string) =>
    limitsAt + fieldOffset(options.structs.queueLimits, name);
  const maxDiscardAt = limit("max_discard_sectors");
  const granularityAt = limit("discard_granularity");
  const alignmentAt = limit("discard_alignment");
  const logicalBlockAt = limit("logical_block_size");
  const maxZeroesAt = limit("max_write_zeroes_sectors");
  const ownLimit = profile.writeZeroesLimit === "own";

  const splitDiscard = (bio: number): number => {
    counted.segments = 1;
    const granularity = Math.max((get32(granularityAt) >>> 0) >>> 9, 1);
    const block = get32(logicalBlockAt) >>> 0;
    // bio_allowed_max_sectors(): UINT_MAX rounded down to a block.
    const allowed = (0xffffffff - 0xffffffff % block) / 512;
    let most = Math.min(get32(maxDiscardAt) >>> 0, allowed);
    most -= most % granularity;
    const sectors = (get32(bio + field.size) >>> 0) / 512;
    if (most === 0 || sectors <= most) return 0;
    // The next start is to be aligned: move the cut back to such a sector.
    const start = (get64Hi(bio + field.sector) >>> 0) * 0x1_0000_0000 +
      (get64Lo(bio + field.sector) >>> 0);
    const alignment = ((get32(alignmentAt) >>> 0) >>> 9) % granularity;
    const beyond = (start + most - alignment) % granularity;
    return most > beyond ? most - beyond : most;
  };

  const splitWriteZeroes = (bio: number): number => {
    counted.segments = 0;
    const own = get32(maxZeroesAt) >>> 0;
    const most = ownLimit ? own : withinBlocks(
      own,
      get64Lo(bio + field.sector),
      get64Hi(bio + field.sector),
    );
    const sectors = (get32(bio + field.size) >>> 0) / 512;
    return most === 0 || sectors <= most ? 0 : most;
  };
  return { splitDiscard, splitWriteZeroes };
}
