/**
 * The first and the last vector of a bio, where bios meet in a request
 * (bio_get_first_bvec, bio_get_last_bvec of include/linux/bio.h).
 */
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { BioPool } from "./bio.ts";

/** A vector at an edge of a bio. */
export interface EdgeVector {
  /** Physical address, low 32 bits. */
  physLo: number;
  /** Physical address, high 32 bits. */
  physHi: number;
  /** Offset from the page that the vector names. */
  offset: number;
  lengthBytes: number;
}

export interface BioEdges {
  /** Reads the first vector of the rest of a bio. */
  readonly first: (bio: number, into: EdgeVector) => void;
  /** Reads the last one. */
  readonly last: (bio: number, into: EdgeVector) => void;
}

/** Gives an edge to be read into. */
export function emptyEdge(): EdgeVector {
  return { physLo: 0, physHi: 0, offset: 0, lengthBytes: 0 };
}

export function createBioEdges(
  memory: KernelMemory,
  options: { codec: SegmentCodec; bios: BioPool },
): BioEdges {
  const { codec, bios } = options;
  const { get16, get32, getPointer } = memory;
  const { field } = bios;

  const first = (bio: number, into: EdgeVector): void => {
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const idx = get32(bio + field.idx);
    const done = get32(bio + field.done);
    const lo = codec.physLo(array, maxVecs, idx);
    const hi = codec.physHi(array, maxVecs, idx);
    const start = (lo + done) | 0;
    into.physLo = start;
    into.physHi = (start >>> 0) < (lo >>> 0) ? (hi + 1) | 0 : hi;
    into.offset = (lo & 4095) + done;
    const rest = codec.length(array, maxVecs, idx) - done;
    const size = get32(bio + field.size) >>> 0;
    into.lengthBytes = rest < size ? rest : size;
  };

  const last = (bio: number, into: EdgeVector): void => {
    first(bio, into);
    let left = (get32(bio + field.size) >>> 0) - into.lengthBytes;
    if (left === 0) return;
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    let idx = get32(bio + field.idx) + 1;
    let length = codec.length(array, maxVecs, idx);
    while (left > length) {
      left -= length;
      idx++;
      length = codec.length(array, maxVecs, idx);
    }
    const lo = codec.physLo(array, maxVecs, idx);
    into.physLo = lo;
    into.physHi = codec.physHi(array, maxVecs, idx);
    into.offset = lo & 4095;
    into.lengthBytes = left;
  };
  return { first, last };
}
