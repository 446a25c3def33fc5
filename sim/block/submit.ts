/**
 * The submit stage: user memory becomes bios (bio_add_page of block/bio.c and
 * the extraction of lib/iov_iter.c, blockspec 2.4).
 */
import type { BlockContext } from "./block_context.ts";
import { REQ_FLAG } from "../kernel/operation.ts";

// Constants of its own: bench/HOT_PATH.md.
const NOMERGE = REQ_FLAG.nomerge;

/**
 * Adds memory to the end of a bio.
 *
 * @returns Whether it was added; if not, the caller opens a new bio.
 */
export type AddToBio = (
  bio: number,
  physLo: number,
  physHi: number,
  lengthBytes: number,
  provider: number,
) => boolean;

/**
 * Adds memory to the array of a bio, whose size is the caller's to count.
 *
 * @returns Whether it was added; if not, the caller opens a new bio.
 */
export type AddExtracted = (
  bio: number,
  array: number,
  maxVecs: number,
  physLo: number,
  physHi: number,
  lengthBytes: number,
  provider: number,
) => boolean;

/** The two ways in which memory is added to a bio, and what follows. */
export interface Submit {
  /** bio_add_page(): extends the last segment where memory is adjacent. */
  readonly addPage: AddToBio;
  /** iov_iter_extract_bvecs(): one segment per folio, never joined. */
  readonly addExtracted: AddExtracted;
  /**
   * Bars a bio whose first vector is P2P memory, of that provider, from being
   * merged: extraction asks once a bio (bio_iov_iter_get_pages of 7.x).
   */
  readonly barIfP2p: (bio: number, provider: number) => void;
}

export function createSubmit(options: BlockContext): Submit {
  const { memory, codec, bios, recognition, profile } = options;
  const { get16, set16, get32, set32, getPointer } = memory;
  const { field } = bios;
  const { sameBio, sameSegment, barsMerging, segmentFlag } = recognition;
  const sameKind = recognition.sameKind ?? (() => true);
  // A kind on the bio presumes that a request has one: never merged.
  const p2pNomerge = profile.p2pNomerge || (recognition.keepsProvider ?? false);
  // Before 7.0 pages of several pgmaps share a bio, each in its own vector.
  const endsBio = recognition.name !== "page" || profile.endsBioAtPgmap;

  // Otherwise a bio has memory of one kind, and its first vector says which.
  const isMixed = !endsBio || recognition.asksEverySegment;

  // What a strategy does not look at is not read for it.
  const { looksAtPrevious } = recognition;
  const { longestBytes } = codec;
  const flagsMatter = recognition.flagsMatter ?? false;

  /** Writes a vector after the last one, and all that goes with it. */
  const append = (
    bio: number,
    array: number,
    maxVecs: number,
    vcnt: number,
    size: number,
    physLo: number,
    physHi: number,
    lengthBytes: number,
    provider: number,
    bars: boolean,
  ): boolean => {
    if (vcnt === maxVecs) return false;
    codec.set(
      array,
      maxVecs,
      vcnt,
      physLo,
      physHi,
      lengthBytes,
      segmentFlag(provider, bio),
    );
    set16(bio + field.vcnt, vcnt + 1);
    set32(bio + field.size, size + lengthBytes);
    if (bars && barsMerging(physLo, physHi, provider)) {
      set32(bio + field.opf, get32(bio + field.opf) | NOMERGE);
    }
    return true;
  };

  const addExtracted: AddExtracted = (
    bio,
    array,
    maxVecs,
    physLo,
    physHi,
    lengthBytes,
    provider,
  ) => {
    const vcnt = get16(bio + field.vcnt);
    if (
      vcnt > 0 && endsBio && !sameBio(
        looksAtPrevious ? codec.pageLo(array, maxVecs, vcnt - 1) : 0,
        looksAtPrevious ? codec.pageHi(array, maxVecs, vcnt - 1) : 0,
        physLo,
        physHi,
        provider,
        bio,
      )
    ) return false;
    if (vcnt === maxVecs) return false;
    const flag = segmentFlag(provider, bio);
    if (
      flagsMatter && vcnt > 0 &&
      !sameKind(codec.flag(array, maxVecs, vcnt - 1), flag) && p2pNomerge
    ) {
      // Kinds may be mixed in a bio by segment, but it is never merged.
      set32(bio + field.opf, get32(bio + field.opf) | NOMERGE);
    }
    codec.set(array, maxVecs, vcnt, physLo, physHi, lengthBytes, flag);
    set16(bio + field.vcnt, vcnt + 1);
    return true;
  };

  const addPage: AddToBio = (bio, physLo, physHi, lengthBytes, provider) => {
    const vcnt = get16(bio + field.vcnt);
    const maxVecs = get16(bio + field.maxVecs);
    const size = get32(bio + field.size);
    const array = getPointer(bio + field.ioVec);
    if (lengthBytes === 0 || (size >>> 0) + lengthBytes > 0xffffffff) {
      return false;
    }
    if (vcnt > 0) {
      const lastLo = codec.physLo(array, maxVecs, vcnt - 1);
      const lastHi = codec.physHi(array, maxVecs, vcnt - 1);
      const alike = sameBio(lastLo, lastHi, physLo, physHi, provider, bio);
      if (!alike && endsBio) return false;
      const length = codec.length(array, maxVecs, vcnt - 1);
      const endLo = (lastLo + length) | 0;
      const carry = (endLo >>> 0) < (lastLo >>> 0) ? 1 : 0;
      const flag = flagsMatter ? codec.flag(array, maxVecs, vcnt - 1) : 0;
      if (
        alike && endLo === physLo && ((lastHi + carry) | 0) === physHi &&
        // Below 2^31, or what the layout's length holds (T06).
        length + lengthBytes <= longestBytes &&
        sameSegment(lastLo, lastHi, flag, physLo, physHi, provider)
      ) {
        codec.setLength(array, maxVecs, vcnt - 1, length + lengthBytes);
        set32(bio + field.size, size + lengthBytes);
        return true;
      }
    }
    return append(
      bio,
      array,
      maxVecs,
      vcnt,
      size,
      physLo,
      physHi,
      lengthBytes,
      provider,
      p2pNomerge && (vcnt === 0 || isMixed),
    );
  };

  const barIfP2p = (bio: number, provider: number): void => {
    if (!p2pNomerge) return;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    if (flagsMatter) {
      if (!barsMerging(0, 0, codec.flag(array, maxVecs, 0))) return;
    } else {
      const physLo = codec.pageLo(array, maxVecs, 0);
      const physHi = codec.pageHi(array, maxVecs, 0);
      if (!barsMerging(physLo, physHi, provider)) return;
    }
    set32(bio + field.opf, get32(bio + field.opf) | NOMERGE);
  };
  return { addPage, addExtracted, barIfP2p };
}
