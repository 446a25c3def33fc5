/**
 * The bio of a synchronous I/O of up to 256 vectors: it is on the stack, and so
 * are up to four vectors; more are an array of exactly as many as there are
 * pages (block/fops.c __blkdev_direct_IO_simple). Page pointers of extraction
 * are then written where vectors follow, and touch no line of their own.
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { Slab } from "../memory/slab.ts";
import { BIO_INLINE_VECS } from "./bio_slabs.ts";
import type { BlockContext } from "./block_context.ts";
import { kmallocBytes, kmallocName, sheafCapacity } from "./kmalloc.ts";

/** Vectors on the stack (DIO_INLINE_BIO_VECS). */
const STACK_VECS = BIO_INLINE_VECS;
/** Name of the region of the bio. */
export const STACK_BIO = "bio on the stack";
/** Name of the region of its vectors. */
export const STACK_VECTORS = "bio_vec on the stack";
/** Name of the region of what its submitter waits for. */
export const STACK_COMPLETION = "completion";
/**
 * Where the two begin in a line: frames are aligned to 16 bytes, and each call
 * begins at another one (RANDOMIZE_KSTACK_OFFSET), so a bio of two lines is in
 * three of them, three times in four.
 */
const FRAME_OFFSET = 16;

/** A cache that arrays come from. */
export interface VectorCache {
  /** Name of its slab. */
  readonly name: string;
  /** Most vectors that an object has room for. */
  readonly mostVecs: number;
  readonly objectBytes: number;
}

/** The bio of the synchronous I/O that is under way. */
export interface StackBio {
  readonly bio: number;
  /** What its submitter waits for. */
  readonly completion: number;
  /** Allocates room for exactly this many vectors; 0 if memory has run out. */
  readonly takeVectors: (vecs: number) => number;
  /** Gives it back. */
  readonly giveVectors: (array: number, vecs: number) => void;
}

/**
 * Lists the caches that arrays of more vectors than the stack has come from.
 */
export function vectorCaches(
  codec: Pick<SegmentCodec, "arrayBytes">,
): readonly VectorCache[] {
  const most = new Map<number, number>();
  for (let vecs = STACK_VECS + 1; vecs <= BIO_MAX_VECS; vecs++) {
    most.set(kmallocBytes(codec.arrayBytes(vecs)), vecs);
  }
  return [...most].map(([objectBytes, mostVecs]) => ({
    name: `bio_vec of kmalloc-${objectBytes}`,
    mostVecs,
    objectBytes,
  }));
}

/**
 * Makes room for the bio of one synchronous I/O.
 *
 * @throws {RangeError} If the arena is too small.
 */
export function createStackBio(
  memory: KernelMemory,
  { codec, structs, profile }: Pick<
    BlockContext,
    "codec" | "structs" | "profile"
  >,
): StackBio {
  const { pointerBytes } = memory.abi;
  const { set8, set32, setPointer } = memory;
  const completion = memory.reserve(STACK_COMPLETION, FRAME_OFFSET);
  const bio = memory.reserve("bio", structs.bio.sizeBytes, {
    name: STACK_BIO,
    alignBytes: FRAME_OFFSET,
  });
  memory.reserve("task stack", FRAME_OFFSET);
  const vectors = memory.reserve("bio_vec", codec.arrayBytes(STACK_VECS), {
    name: STACK_VECTORS,
    alignBytes: FRAME_OFFSET,
  });
  const caches = vectorCaches(codec);
  const slabs = caches.map(({ name, objectBytes }) =>
    new Slab(memory, {
      structure: "bio_vec",
      name,
      cacheName: kmallocName(objectBytes),
      objectBytes,
      strideBytes: objectBytes,
      // All of the kernel shares it: its sheaf is full, and one is taken.
      count: sheafCapacity(objectBytes, pointerBytes),
      freePointerOffset: Math.floor(objectBytes / 2 / pointerBytes) *
        pointerBytes,
      allocator: profile.slabAllocator,
      zeroes: true,
    })
  );
  const slabOf = (vecs: number): Slab =>
    slabs[caches.findIndex(({ mostVecs }) => vecs <= mostVecs)] as Slab;
  const takeVectors = (vecs: number): number => {
    if (vecs > STACK_VECS) return slabOf(vecs).take();
    // What is on the stack is zeroed first (INIT_STACK_ALL_ZERO). Of the four,
    // those that the bio has no room for count as stack, which is not modelled.
    const end = vectors + codec.arrayBytes(vecs);
    let at = vectors;
    for (; at + pointerBytes <= end; at += pointerBytes) setPointer(at, 0);
    for (; at + 4 <= end; at += 4) set32(at, 0);
    for (; at < end; at++) set8(at, 0);
    return vectors;
  };
  const giveVectors = (array: number, vecs: number): void => {
    if (vecs > STACK_VECS) slabOf(vecs).give(array);
  };
  return {
    bio,
    completion,
    takeVectors,
    giveVectors,
  };
}
