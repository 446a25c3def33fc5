/**
 * struct bio in kernel memory: allocation, initialisation, cloning, release
 * (block/bio.c, blockspec 2.3).
 *
 * A bio of at most four vectors has them inline after it; a larger one takes an
 * array from the slab of the next capacity.
 */
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { KernelStructs } from "../kernel/path_structs.ts";
import type { PathProfile } from "../kernel/profile.ts";
import { areEightBytes } from "../memory/joined_fields.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { Slab } from "../memory/slab.ts";
import type { SlabAllocator } from "../memory/slab_allocator.ts";
import { BIO_P2P } from "../recognition/recognise_bio.ts";
import { BIO_SET, createBioCache } from "./bio_cache.ts";
import { type BioField, bioFields } from "./bio_fields.ts";
import { BIO_INLINE_VECS, createBioSlabs } from "./bio_slabs.ts";
import { REQ_FLAG } from "../kernel/operation.ts";

// Constants of its own: bench/HOT_PATH.md.
const NOMERGE = REQ_FLAG.nomerge;
const P2P = BIO_P2P;
const SET = BIO_SET;
const INLINE_VECS = BIO_INLINE_VECS;

/** bi_end_io: what runs when the bio is done. */
export const END_IO = { directIo: 1, chain: 2, folios: 3, wait: 4 } as const;
/** BIO_PAGE_PINNED: the pages of the vectors are to be released. */
export const BIO_PAGE_PINNED: number = 1;
/** BIO_CLONED: the vectors belong to somebody else. */
export const BIO_CLONED: number = 1 << 1;
const CLONED = BIO_CLONED;

/** How many bios and vector arrays there can be at once. */
export interface BioPoolOptions {
  /** Bios at once; each capacity of vector arrays has a quarter of it. */
  readonly count: number;
  /** Whether a bio knows its provider, a pointer after struct bio. */
  readonly keepsProvider?: boolean;
  /** What gives out bios and arrays; default: freelists, without a cache. */
  readonly allocation?: BioAllocation;
}

export interface BioAllocation extends Pick<PathProfile, "allocCacheFlag"> {
  /** What gives the objects out. */
  readonly slabAllocator: SlabAllocator;
}

const FREELISTS: BioAllocation = {
  allocCacheFlag: 0,
  slabAllocator: "freelist",
};

/** Bios, their vector arrays, and the accessors of a bio's fields. */
export class BioPool {
  /** Makes a bio of memory that is not a slab's (bio_init). */
  readonly init: (
    bio: number,
    opf: number,
    array: number,
    maxVecs: number,
  ) => void;
  /** Takes a bio with room for `vecs` vectors; 0 where memory is out. */
  readonly alloc: (vecs: number, opf: number) => number;
  /** Takes a bio that uses the vectors of another place. */
  readonly allocBorrowed: (
    array: number,
    capacity: number,
    vecs: number,
    opf: number,
  ) => number;
  /** Takes a bio that shares the vectors and the position of another. */
  readonly clone: (bio: number) => number;
  /** Gives a bio, and the vectors that it owns, back. */
  readonly free: (bio: number) => void;
  /** Offsets of the fields that the stages use, from the bio's start. */
  readonly field: Readonly<Record<BioField, number>>;
  /**
   * Offsets of what bios of one request must have alike, -1 where the kernel
   * has no such field (blk_rq_merge_ok): write hint and stream, a byte each.
   * The recorded kernels are built without inline encryption.
   */
  readonly alike: Readonly<Record<"hint" | "stream", number>>;
  /** Offset of the inline vectors in a bio's slab object. */
  readonly inlineOffset: number;
  /** Offset of the link after them, which free objects of 6.x have. */
  readonly linkOffset: number;
  /** Slab objects in use, bios first, then arrays by capacity. */
  readonly slabs: readonly Pick<Slab, "strideBytes" | "live">[];

  constructor(
    memory: KernelMemory,
    codec: SegmentCodec,
    structs: KernelStructs,
    options: BioPoolOptions,
  ) {
    const { get8, set8, set16, get16, set32, set64, get32 } = memory;
    const { clear64, clearLong, offsetMask } = memory;
    const { getPointer, setPointer, getLong, setLong, get64Lo, get64Hi } =
      memory;
    const { field, init: made, hasGapBit, sizeBytes } = bioFields(
      structs.bio,
      memory.abi,
      options.keepsProvider === true,
    );
    this.field = field;
    const { bdev: bdevAt, cookie: cookieAt, count: countAt } = made;
    const { pool: poolAt, hint: hintAt, stream: streamAt } = made;
    const { blkg: blkgAt, integrity: integrityAt } = made;
    const { issueTime: issueTimeAt, iocost: iocostAt } = made;
    const { provider: providerAt } = made;
    this.alike = { hint: hintAt, stream: streamAt };

    const { allocation = FREELISTS } = options;
    const slabs = createBioSlabs(memory, codec, {
      bioBytes: sizeBytes,
      count: options.count,
      allocator: allocation.slabAllocator,
    });
    const { bios, arrays, inlineOffset: inlineAt, capacityOf, slabOf } = slabs;
    this.inlineOffset = inlineAt;
    this.linkOffset = slabs.linkOffset;
    const bdev = memory.reserve("block_device", 64, {
      name: "block_device of bios",
    });
    const bioSet = memory.reserve("bio_set", SET.sizeBytes);
    // The queue's own, for what is split off (bio_split of struct gendisk).
    const splitSet = memory.reserve("bio_set", SET.sizeBytes, {
      name: "bio_set of splits",
    });
    const cacheFlag = allocation.allocCacheFlag;
    // Of bios that another worker ends there is none.
    const cache = cacheFlag === 0 || memory.sharing !== undefined
      ? undefined
      : createBioCache(memory, { next: field.next, bioSet });
    this.slabs = [
      {
        strideBytes: bios.strideBytes,
        get live() {
          return bios.live - (cache?.count() ?? 0);
        },
      },
      ...arrays,
    ];
    const asksPool = allocation.slabAllocator === "cpu_slab";
    const takeSlab = !asksPool ? bios.take : (): number => {
      getPointer(bioSet + SET.pool);
      getPointer(bioSet + SET.poolAlloc);
      return bios.take();
    };
    const giveSlab = !asksPool ? bios.give : (bio: number): void => {
      // What was split off is of the disk's own set, which is not modelled.
      if (getPointer(bio + poolAt) === bioSet) {
        getPointer(bioSet + SET.pool);
        getPointer(bioSet + SET.poolFree);
      }
      bios.give(bio);
    };
    const { objectSizeAt } = bios;
    /** bio_alloc_bioset(): from the cache, if the bio may go back there. */
    const takeBio = cache === undefined ? takeSlab : (opf: number): number => {
      getPointer(bioSet + SET.slab);
      getPointer(bioSet + SET.vecPool);
      if ((opf & cacheFlag) === 0) return takeSlab();
      const bio = cache.take();
      if (bio === 0) return takeSlab();
      // kmem_cache_size()
      if (objectSizeAt !== 0) get32(objectSizeAt);
      return bio;
    };
    /** bio_put() */
    const give = cache === undefined ? giveSlab : (bio: number): void => {
      const pool = getPointer(bio + poolAt);
      const isCached = (get32(bio + field.opf) & cacheFlag) !== 0 &&
        pool === bioSet;
      if (!isCached || !cache.give(bio)) giveSlab(bio);
    };

    const storeBdev = memory.pointerStore(bdev);
    const storeBioSet = memory.pointerStore(bioSet);
    const clearsState = memory.isUnwatched && hasGapBit &&
      isStateOfEightBytes(field, hintAt, streamAt);
    const clearsPlace = memory.isUnwatched &&
      areEightBytes([[field.size, 4], [field.idx, 4]]);

    /** bio_init (block/bio.c): every field is written, none is read. */
    const init = (
      bio: number,
      opf: number,
      array: number,
      maxVecs: number,
      pool = bioSet,
    ) => {
      bio &= offsetMask;
      clearLong(bio + field.next);
      storeBdev(bio + bdevAt);
      set32(bio + field.opf, opf);
      if (clearsState) clear64(bio + field.flags);
      else {
        set16(bio + field.flags, 0);
        set16(bio + field.ioprio, 0);
        if (hintAt >= 0) set8(bio + hintAt, 0);
        if (streamAt >= 0) set8(bio + streamAt, 0);
        set8(bio + field.status, 0);
        if (hasGapBit) set8(bio + field.gapBit, 0);
      }
      set32(bio + field.remaining, 1);
      setPointer(bio + field.ioVec, array);
      clear64(bio + field.sector);
      if (clearsPlace) clear64(bio + field.size);
      else {
        set32(bio + field.size, 0);
        set32(bio + field.idx, 0);
      }
      set32(bio + field.done, 0);
      set32(bio + cookieAt, -1);
      clearLong(bio + field.endIo);
      clearLong(bio + field.private);
      if (blkgAt >= 0) clearLong(bio + blkgAt);
      if (issueTimeAt >= 0) clear64(bio + issueTimeAt);
      if (iocostAt >= 0) clear64(bio + iocostAt);
      if (integrityAt >= 0) clearLong(bio + integrityAt);
      set16(bio + field.vcnt, 0);
      set16(bio + field.maxVecs, maxVecs);
      set32(bio + countAt, 1);
      if (pool === bioSet) storeBioSet(bio + poolAt);
      else setPointer(bio + poolAt, pool);
    };
    this.init = (bio, opf, array, maxVecs) => init(bio, opf, array, maxVecs, 0);
    this.alloc = (vecs, opf) => {
      const bio = takeBio(opf);
      if (bio === 0) return 0;
      if (vecs <= INLINE_VECS) {
        // One of the per-CPU cache has room for what was asked for
        // (bio_alloc_percpu_cache).
        const room = (opf & cacheFlag) !== 0 ? vecs : INLINE_VECS;
        init(bio, opf, bio + inlineAt, room);
        return bio;
      }
      const capacity = capacityOf(vecs);
      const array = slabOf(capacity).take();
      if (array === 0) {
        bios.give(bio);
        return 0;
      }
      init(bio, opf, array, capacity);
      return bio;
    };
    this.allocBorrowed = (array, capacity, vecs, opf) => {
      const bio = takeBio(opf);
      if (bio === 0) return 0;
      init(bio, opf, array, capacity);
      set16(bio + field.flags, CLONED);
      set16(bio + field.vcnt, vecs);
      return bio;
    };
    this.clone = (source) => {
      const bio = bios.take();
      if (bio === 0) return 0;
      init(
        bio,
        get32(source + field.opf) | NOMERGE,
        getPointer(source + field.ioVec),
        get16(source + field.maxVecs),
        splitSet,
      );
      if (providerAt < 0) set16(bio + field.flags, CLONED);
      else {
        const isP2p = get16(source + field.flags) & P2P;
        set16(bio + field.flags, CLONED | isP2p);
        if (isP2p !== 0) {
          setLong(bio + providerAt, getLong(source + providerAt));
        }
      }
      set16(bio + field.ioprio, get16(source + field.ioprio));
      if (hintAt >= 0) set8(bio + hintAt, get8(source + hintAt));
      if (streamAt >= 0) set8(bio + streamAt, get8(source + streamAt));
      set64(
        bio + field.sector,
        get64Lo(source + field.sector),
        get64Hi(source + field.sector),
      );
      set32(bio + field.size, get32(source + field.size));
      set32(bio + field.idx, get32(source + field.idx));
      set32(bio + field.done, get32(source + field.done));
      return bio;
    };
    this.free = (bio) => {
      if ((get16(bio + field.flags) & CLONED) === 0) {
        const capacity = get16(bio + field.maxVecs);
        if (capacity > INLINE_VECS) {
          slabOf(capacity).give(getPointer(bio + field.ioVec));
        }
      }
      give(bio);
    };
  }
}

/** Whether fields that bio_init() zeroes are 8 bytes beside each other. */
function isStateOfEightBytes(
  field: Readonly<Record<BioField, number>>,
  hintAt: number,
  streamAt: number,
): boolean {
  return areEightBytes([
    [field.flags, 2],
    [field.ioprio, 2],
    [hintAt, 1],
    [streamAt, 1],
    [field.status, 1],
    [field.gapBit, 1],
  ]);
}
