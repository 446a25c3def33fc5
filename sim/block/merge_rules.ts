/**
 * What every merge into a request has to keep: the limits of its queue on
 * segments, sectors and metadata, and one stream of data (block/blk-merge.c).
 */
import { fieldOffset } from "../kernel/path_structs.ts";
import { REQ_FLAG, REQ_OP } from "../kernel/operation.ts";
import type { RequestContext } from "./block_context.ts";

// Constants of its own: bench/HOT_PATH.md.
const NOMERGE = REQ_FLAG.nomerge;
const DISCARD = REQ_OP.discard;

/** Neither a request nor a bio with one of these is merged. */
export const UNMERGEABLE = REQ_FLAG.nomerge | REQ_FLAG.fua | REQ_FLAG.preflush;

export interface MergeOptions extends RequestContext {
  /** Bytes of metadata of a block; default: 0, none. */
  readonly metadataBytes?: number;
}

/** Limits on what a request may become. */
export interface MergeRules {
  /** Nothing more is to join the request. */
  readonly close: (request: number) => void;
  /** Whether this many more pieces of metadata are within its limit. */
  readonly hasRoom: (request: number, pieces: number) => boolean;
  /** Most sectors of a request that begins at a sector. */
  readonly maxSectors: (operation: number, lo: number, hi: number) => number;
  /** Adds segments and pieces of metadata, or says that they are too many. */
  readonly addSegments: (
    request: number,
    segments: number,
    metadataPieces: number,
  ) => boolean;
  /** Whether a request may be of several discards. */
  readonly mergesDiscards: () => boolean;
  /**
   * Whether this many discards reach the limit, or this many bytes exceed it.
   */
  readonly isFullOfDiscards: (discards: number, bytes: number) => boolean;
  /** Whether a bio's data is of another stream than the request's. */
  readonly isAnotherStream: (request: number, bio: number) => boolean;
}

export function createMergeRules(options: MergeOptions): MergeRules {
  const { memory, bios, requests } = options;
  const { metadataBytes = 0 } = options;
  const { get8, get16, set16, get32, set32, getPointer } = memory;
  const { field } = requests;
  const { hint: hintAt, stream: streamAt } = bios.alike;
  const limit = (name: string) =>
    options.limitsAt + fieldOffset(options.structs.queueLimits, name);
  const maxSectorsAt = limit("max_sectors");
  const chunkAt = limit("chunk_sectors");
  const maxSegmentsAt = limit("max_segments");
  const maxMetadataAt = limit("max_integrity_segments");
  const maxDiscardAt = limit("max_discard_sectors");
  const maxDiscardSegmentsAt = limit("max_discard_segments");
  const hasMetadata = metadataBytes > 0;

  const close = (request: number): void =>
    set32(request + field.opf, get32(request + field.opf) | NOMERGE);

  /**
   * blk_integrity_merge_bio() and _rq(): a bio has one piece of metadata, and
   * those of a request are counted, wherever they are.
   */
  const hasRoom = (request: number, pieces: number): boolean =>
    get16(request + field.integritySegments) + pieces <= get16(maxMetadataAt);

  /** blk_rq_get_max_sectors() of a request that would begin there. */
  const maxSectors = (operation: number, lo: number, hi: number): number => {
    if (operation === DISCARD) return get32(maxDiscardAt) >>> 0;
    const most = get32(maxSectorsAt) >>> 0;
    const chunk = get32(chunkAt) >>> 0;
    if (chunk === 0) return most;
    const sector = (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
    return Math.min(most, chunk - sector % chunk);
  };

  /** ll_new_hw_segment(): segments add, junctions are not looked at. */
  const addSegments = (
    request: number,
    segments: number,
    metadataPieces: number,
  ): boolean => {
    const sum = get16(request + field.segments) + segments;
    if (sum > get16(maxSegmentsAt)) return false;
    set16(request + field.segments, sum);
    if (hasMetadata) {
      const pieces = get16(request + field.integritySegments);
      set16(request + field.integritySegments, pieces + metadataPieces);
    }
    return true;
  };

  const mergesDiscards = (): boolean => get16(maxDiscardSegmentsAt) > 1;

  const isFullOfDiscards = (discards: number, bytes: number): boolean =>
    discards >= get16(maxDiscardSegmentsAt) ||
    bytes > (get32(maxDiscardAt) >>> 0) * 512;

  /** blk_rq_merge_ok(): hint and stream of the data are one in a request. */
  const isAnotherStream = (request: number, bio: number): boolean => {
    if (hintAt < 0) return false;
    const own = getPointer(request + field.bio);
    if (get8(own + hintAt) !== get8(bio + hintAt)) return true;
    return streamAt >= 0 && get8(own + streamAt) !== get8(bio + streamAt);
  };

  return {
    close,
    hasRoom,
    maxSectors,
    addSegments,
    mergesDiscards,
    isFullOfDiscards,
    isAnotherStream,
  };
}
