/**
 * The slabs of bios and of their vectors (block/bio.c, blockspec 2.3): how
 * large an object is, and which slab holds an array of a number of vectors.
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { Slab } from "../memory/slab.ts";
import type { SlabAllocator } from "../memory/slab_allocator.ts";

/** Vectors inside the bio's own slab object (BIO_INLINE_VECS). */
export const BIO_INLINE_VECS = 4;
/** Capacities of the biovec slabs after the inline one (block/bio.c). */
export const BIOVEC_SLABS = [16, 64, 128, 256] as const;

// Constants of its own: bench/HOT_PATH.md.
const MAX_VECS = BIO_MAX_VECS;
const INLINE_VECS = BIO_INLINE_VECS;
const CAPACITIES = BIOVEC_SLABS;

/** How many objects there can be at once, and of what. */
export interface BioSlabOptions {
  /** Bytes of a bio without its vectors. */
  readonly bioBytes: number;
  /** Bios at once; each capacity of vector arrays has a quarter of it. */
  readonly count: number;
  /** What gives the objects out. */
  readonly allocator: SlabAllocator;
}

export interface BioSlabs {
  /** The bios with their inline vectors. */
  readonly bios: Slab;
  /** The arrays, by capacity, ascending. */
  readonly arrays: readonly Slab[];
  /** Offset of the inline vectors in a bio's object. */
  readonly inlineOffset: number;
  /** Offset of the link after them, which free objects of 6.x have. */
  readonly linkOffset: number;
  /** Capacity of the array that holds this many vectors, 1 to 256 (T04). */
  readonly capacityOf: (vecs: number) => number;
  /** The slab of arrays of a capacity. */
  readonly slabOf: (capacity: number) => Slab;
}

export function createBioSlabs(
  memory: KernelMemory,
  codec: SegmentCodec,
  options: BioSlabOptions,
): BioSlabs {
  const { pointerBytes } = memory.abi;
  const { bioBytes, count, allocator } = options;
  const inlineOffset = Math.ceil(bioBytes / codec.arrayAlignBytes) *
    codec.arrayAlignBytes;
  const inlineEnd = inlineOffset + codec.arrayBytes(INLINE_VECS);
  const linkOffset = Math.ceil(inlineEnd / pointerBytes) * pointerBytes;
  const bios = new Slab(memory, {
    structure: "bio",
    objectBytes: inlineEnd,
    // SLAB_TYPESAFE_BY_RCU keeps a free pointer after bio and inline vectors
    // (mm/slub.c calculate_sizes, blockspec 2.3).
    strideBytes: lineAligned(linkOffset + pointerBytes),
    count,
    freePointerOffset: linkOffset,
    // SLAB_TYPESAFE_BY_RCU objects are never zeroed (mm/slab.h).
    allocator,
  });
  const arrays = CAPACITIES.map((capacity) => {
    const objectBytes = codec.arrayBytes(capacity);
    return new Slab(memory, {
      structure: "bio_vec",
      name: `bio_vec of ${capacity}`,
      objectBytes,
      strideBytes: lineAligned(objectBytes),
      count: Math.ceil(count / 4),
      freePointerOffset: Math.floor(objectBytes / 2 / pointerBytes) *
        pointerBytes,
      allocator,
      zeroes: true,
    });
  });
  const [slab16, slab64, slab128, slab256] = arrays as [
    Slab,
    Slab,
    Slab,
    Slab,
  ];
  return {
    ...{ bios, arrays, inlineOffset, linkOffset },
    capacityOf: vecCapacity,
    slabOf: (capacity) =>
      capacity <= 16
        ? slab16
        : capacity <= 64
        ? slab64
        : capacity <= 128
        ? slab128
        : slab256,
  };
}

function vecCapacity(vecs: number): number {
  if (vecs <= INLINE_VECS) return INLINE_VECS;
  for (const capacity of CAPACITIES) if (vecs <= capacity) return capacity;
  return MAX_VECS;
}

/** SLUB rounds a cache-aligned object up to whole lines. */
function lineAligned(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 64) * 64;
}
