/**
 * The split stage: what of a bio fits into one request (block/blk-merge.c
 * bio_split_io_at and its like, blockspec 2.6).
 */
import type { BlockContext } from "./block_context.ts";
import { fieldOffset } from "../kernel/path_structs.ts";
import { BLK_STS, REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import { createSplitRange } from "./split_range.ts";

// Constants of its own: bench/HOT_PATH.md.
const OPERATION = REQ_OP_MASK;
const AGAIN = BLK_STS.again;
const INVAL = BLK_STS.inval;
const WRITE = REQ_OP.write;
const DISCARD = REQ_OP.discard;
const WRITE_ZEROES = REQ_OP.writeZeroes;
const NOWAIT = REQ_FLAG.nowait;
const ATOMIC = REQ_FLAG.atomic;

export interface Split {
  /**
   * Finds where a bio must be cut.
   *
   * @returns 0 if it fits, the sectors of the front part if it must be split,
   *   or -status if it cannot be done.
   */
  readonly split: (bio: number) => number;
  /** The same for reads and writes without the shortcut. */
  readonly walk: (bio: number) => number;
  /** get_max_io_size(): sectors that a request may have at a sector. */
  readonly maxIoSectors: (sectorLo: number, sectorHi: number) => number;
  /** What the last call of `split` counted. */
  readonly counted: SplitCount;
}

/** Segments and gap of the part that stays in the bio. */
export interface SplitCount {
  /** Physical segments (nr_phys_segments). */
  segments: number;
  /** Lowest bit of the gaps between segments, from 1; 0 for no gap. */
  gapBit: number;
}

export function createSplit(options: BlockContext): Split {
  const { memory, codec, bios, limitsAt, profile } = options;
  const { get16, get32, set8, getPointer, getLong, get64Lo, get64Hi } = memory;
  const { offsetMask: arenaMask } = memory;
  const { field } = bios;
  const limit = (name: string) =>
    limitsAt + fieldOffset(options.structs.queueLimits, name);
  const maxSectorsAt = limit("max_sectors");
  const chunkAt = limit("chunk_sectors");
  const physicalBlockAt = limit("physical_block_size");
  const logicalBlockAt = limit("logical_block_size");
  const maxSegmentsAt = limit("max_segments");
  const maxSegmentBytesAt = limit("max_segment_size");
  const segBoundaryAt = limit("seg_boundary_mask");
  const virtBoundaryAt = limit("virt_boundary_mask");
  const dmaAlignmentAt = limit("dma_alignment");
  // 6.1 and 6.12 compare with a page; structs of an ABI for which only such a
  // kernel was recorded have no place for the limit of 7.x.
  const fastField = options.structs.queueLimits.fields["max_fast_segment_size"];
  const fastFromLimits = profile.fastSegment === "limits";
  const fastAt = fastFromLimits && fastField !== undefined
    ? limitsAt + fastField.offsetBytes
    : -1;
  const fastBytes = fastFromLimits
    ? Math.min(
      (getLong(segBoundaryAt) >>> 0) + 1,
      get32(maxSegmentBytesAt) >>> 0,
      4096,
    )
    : 4096;
  const checksAlignment = profile.splitChecksAlignment;
  const tracksGaps = profile.tracksGaps;
  const asksIterator = profile.splitShortcut === "iterator";
  const offsetMask = codec.pageOffsetMask;
  const counted: SplitCount = { segments: 0, gapBit: 0 };

  /** The rest of get_max_io_size(), from the operation's own most sectors. */
  const withinBlocks = (
    base: number,
    sectorLo: number,
    sectorHi: number,
  ): number => {
    let most = base;
    const chunk = get32(chunkAt) >>> 0;
    if (chunk !== 0) {
      // chunk_sectors need not be a power of two: real remainder.
      const sector = (sectorHi >>> 0) * 0x1_0000_0000 + (sectorLo >>> 0);
      most = Math.min(most, chunk - sector % chunk);
    }
    const physical = get32(physicalBlockAt) >>> 9;
    const logical = get32(logicalBlockAt) >>> 9;
    const start = sectorLo & (physical - 1);
    const end = start + most - (start + most) % physical;
    return end > start ? end - start : most - most % logical;
  };
  const maxIoSectors = (sectorLo: number, sectorHi: number): number =>
    withinBlocks(get32(maxSectorsAt) >>> 0, sectorLo, sectorHi);
  const mostSectors = (bio: number): number =>
    maxIoSectors(get64Lo(bio + field.sector), get64Hi(bio + field.sector));
  const { splitDiscard, splitWriteZeroes } = createSplitRange({
    ...options,
    withinBlocks,
    counted,
  });

  /** bio_may_need_split(): most bios have one small vector and skip the walk. */
  const mayNeedSplit = (bio: number): boolean => {
    bio &= arenaMask;
    if (get32(chunkAt) !== 0) return true;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    let idx = 0;
    let length = 0;
    if (asksIterator) {
      idx = get32(bio + field.idx);
      length = codec.length(array, maxVecs, idx);
      const rest = length - get32(bio + field.done);
      if ((get32(bio + field.size) >>> 0) > rest) return true;
    } else {
      if (get16(bio + field.vcnt) !== 1) return true;
      length = codec.length(array, maxVecs, idx);
    }
    const offset = codec.pageOffset(array, maxVecs, idx);
    return length + offset > (fastAt < 0 ? fastBytes : get32(fastAt));
  };

  /**
   * bvec_split_segs(): counts pieces of a vector by the limits, after the
   * segments so far; gives their bytes.
   */
  const splitVector = (
    physLo: number,
    offset: number,
    most: number,
    maxSegments: number,
    virt: number,
  ): number => {
    const boundary = getLong(segBoundaryAt) >>> 0;
    const maxSegmentBytes = get32(maxSegmentBytesAt) >>> 0;
    let segments = counted.segments;
    let total = 0;
    while (total < most && segments < maxSegments) {
      const address = (physLo + total) >>> 0;
      const toBoundary = boundary - ((boundary & address) >>> 0) + 1;
      const piece = Math.min(most - total, toBoundary, maxSegmentBytes);
      segments++;
      total += piece;
      if (((offset + total) & virt) !== 0) break;
    }
    counted.segments = segments;
    return total;
  };

  const storeGapBit = (bio: number, gaps: number): void => {
    const bit = gaps === 0 ? 0 : 32 - Math.clz32(gaps & -gaps);
    counted.gapBit = bit;
    set8(bio + field.gapBit, bit);
  };

  /** Sectors of a front of this many bytes, or -status. */
  const cutSectors = (bio: number, bytes: number): number => {
    const opf = get32(bio + field.opf);
    if ((opf & ATOMIC) !== 0) return -INVAL;
    if ((opf & NOWAIT) !== 0) return -AGAIN;
    const logicalMask = get32(logicalBlockAt) - 1;
    const sectors = (bytes - (bytes & logicalMask)) / 512;
    // bio_split() of 6.x warns of nothing to split off; the path cannot go on.
    return sectors === 0 ? -INVAL : sectors;
  };

  const walk = (bio: number): number => {
    bio &= arenaMask;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const maxBytes = mostSectors(bio) * 512;
    const maxSegments = get16(maxSegmentsAt);
    const maxFast = fastAt < 0 ? fastBytes : get32(fastAt);
    const alignment = checksAlignment ? get32(dmaAlignmentAt) : 0;
    const virt = getLong(virtBoundaryAt);
    let idx = get32(bio + field.idx);
    let done = get32(bio + field.done);
    let left = get32(bio + field.size) >>> 0;
    let segments = 0;
    let bytes = 0;
    let gaps = 0;
    let previousEnd = -1;
    let cut = false;
    for (; left > 0; idx++) {
      const length = Math.min(codec.length(array, maxVecs, idx) - done, left);
      // mainline's bv_offset + bi_bvec_done can be beyond a page.
      const offset = (codec.pageOffset(array, maxVecs, idx) + done) &
        offsetMask;
      if (((offset | length) & alignment) !== 0) return -INVAL;
      if (previousEnd >= 0) {
        if (((offset | previousEnd) & virt) !== 0) {
          cut = true;
          break;
        }
        gaps |= offset | previousEnd;
      }
      previousEnd = offset + length;
      if (
        segments < maxSegments && bytes + length <= maxBytes &&
        offset + length <= maxFast
      ) {
        segments++;
        bytes += length;
      } else {
        counted.segments = segments;
        const total = splitVector(
          (codec.physLo(array, maxVecs, idx) + done) | 0,
          offset,
          Math.min(length, maxBytes - bytes),
          maxSegments,
          virt,
        );
        segments = counted.segments;
        bytes += total;
        if (length > total) {
          cut = true;
          break;
        }
      }
      left -= length;
      done = 0;
    }
    counted.segments = segments;
    if (tracksGaps) storeGapBit(bio, gaps);
    return cut ? cutSectors(bio, bytes) : 0;
  };

  const split = (bio: number): number => {
    counted.gapBit = 0;
    counted.segments = 1;
    const operation = get32(bio + field.opf) & OPERATION;
    if (operation > WRITE) {
      if (operation === DISCARD) return splitDiscard(bio);
      if (operation === WRITE_ZEROES) return splitWriteZeroes(bio);
      counted.segments = 0;
      return 0;
    }
    return mayNeedSplit(bio) ? walk(bio) : 0;
  };
  return { split, walk, maxIoSectors, counted };
}
