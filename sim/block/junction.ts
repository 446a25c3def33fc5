/**
 * Where two bios meet in a request: whether there is a gap that the device may
 * not have, in data or metadata, and how large it is (block/blk-merge.c
 * bio_will_gap(), blk-integrity.c).
 */
import { fieldOffset } from "../kernel/path_structs.ts";
import { createBioEdges, type EdgeVector, emptyEdge } from "./bio_edges.ts";
import type { MergeOptions } from "./merge_rules.ts";

/** What is asked of two bios that meet. */
export interface Junction {
  /** bio_will_gap(): `front` begins the request, `prev` and `next` meet. */
  readonly willGap: (front: number, prev: number, next: number) => boolean;
  /** The same of the metadata of two bios. */
  readonly metadataGaps: (prev: number, next: number) => boolean;
  /** Notes the gap in the request, for kernels that keep it there. */
  readonly joinGaps: (request: number, prev: number, next: number) => void;
}

export function createJunction(options: MergeOptions): Junction {
  const { memory, codec, bios, requests } = options;
  const { metadataBytes = 0 } = options;
  const { get8, set8, get32, getLong } = memory;
  const { field: bioField } = bios;
  const { field } = requests;
  const { first, last } = createBioEdges(memory, { codec, bios });
  const limit = (name: string) =>
    options.limitsAt + fieldOffset(options.structs.queueLimits, name);
  const virtBoundaryAt = limit("virt_boundary_mask");
  const segBoundaryAt = limit("seg_boundary_mask");
  const blockAt = limit("logical_block_size");
  const before: EdgeVector = emptyEdge();
  const after: EdgeVector = emptyEdge();

  /** biovec_phys_mergeable() of `before` and `after`. */
  const mergeable = (): boolean => {
    const lo = before.physLo;
    const end = (lo + before.lengthBytes) | 0;
    const carry = (end >>> 0) < (lo >>> 0) ? 1 : 0;
    if (
      end !== after.physLo || ((before.physHi + carry) | 0) !== after.physHi
    ) {
      return false;
    }
    const mask = getLong(segBoundaryAt);
    const final = (after.physLo + after.lengthBytes - 1) | 0;
    const over = (final >>> 0) < (after.physLo >>> 0) ? 1 : 0;
    return ((lo ^ final) & ~mask) === 0 &&
      before.physHi === ((after.physHi + over) | 0);
  };

  const willGap = (front: number, prev: number, next: number): boolean => {
    const virt = getLong(virtBoundaryAt);
    if (virt === 0) return false;
    first(front, before);
    if ((before.offset & virt) !== 0) return true;
    last(prev, before);
    first(next, after);
    if (mergeable()) return false;
    return ((after.offset | (before.offset + before.lengthBytes)) & virt) !== 0;
  };

  const metadataOf = (bio: number): number =>
    (get32(bio + bioField.size) >>> 0) / get32(blockAt) * metadataBytes;

  /**
   * integrity_req_gap_back_merge(): a boundary holds for metadata, too. More
   * than half a page of kmalloc() begins a page; what is less is anywhere in
   * one, and is taken not to begin it.
   */
  const metadataGaps = (prev: number, next: number): boolean => {
    const virt = getLong(virtBoundaryAt);
    return virt !== 0 &&
      ((metadataOf(prev) & virt) !== 0 || metadataOf(next) <= 2048);
  };

  /** bio_seg_gap(): the lowest bit of all gaps, with the one in between. */
  const joinGaps = (request: number, prev: number, next: number): void => {
    let bit = lowestBit(
      lowestBit(get8(request + field.gapBit), get8(prev + bioField.gapBit)),
      get8(next + bioField.gapBit),
    );
    last(prev, before);
    first(next, after);
    if (!mergeable()) {
      const gap = after.offset | (before.offset + before.lengthBytes);
      if (gap !== 0) bit = lowestBit(bit, 32 - Math.clz32(gap & -gap));
    }
    set8(request + field.gapBit, bit);
  };

  return { willGap, metadataGaps, joinGaps };
}

/**
 * min_not_zero(): the lower of two bits; 0 stands for none.
 *
 * @param a A bit's number, from 1.
 */
export function lowestBit(a: number, b: number): number {
  return a === 0 ? b : b === 0 || a < b ? a : b;
}
