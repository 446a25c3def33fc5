/**
 * The kernel memory of the simulated machine: one SharedArrayBuffer that holds
 * every structure the path reads or writes, and the accessors that reach it.
 *
 * Each structure is in a named region, so that the tracer can say whose bytes
 * an access touched (design.md, rule 2). A pointer in memory is a kernel-like
 * virtual address; in the path's variables it is the byte offset in the arena,
 * an int32 greater than 0, and 0 is NULL.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { MemoryView } from "../../layouts/word.ts";
import { type SharedWords, sharedWords } from "./shared_words.ts";
import type { RandomStream } from "../random/random_stream.ts";
import { type CounterAccess, sharedCounters } from "./counter_access.ts";
import type { KeptArena } from "./kept_arena.ts";
import type { MemoryAccess } from "./memory_access.ts";
import { placeOf, type PlaceOptions } from "./memory_place.ts";
import type { MemoryRegion, ReserveOptions } from "./memory_region.ts";
import { createOwnWords, NULL_PAGE_BYTES } from "./own_words.ts";

/** An object that a slab cache gave out. */
export interface SlabTake {
  /** Name of the structure. */
  readonly structure: string;
  /** Memory that the object takes in its slab, in bytes. */
  readonly strideBytes: number;
}

/**
 * Called when the slab allocator's own accesses begin and end.
 *
 * @param inside Whether they begin.
 * @param taken What was given out, at the end of an allocation.
 * @param zeroes Whether they zero what was given out (init_on_alloc).
 */
export type FreelistListener = (
  inside: boolean,
  taken?: SlabTake,
  zeroes?: boolean,
) => void;

/** A worker's side of memory: it submits there, or it completes there. */
export type MemorySharing = "submits" | "completes";

/** Memory that an arena is put into. */
export interface ArenaPlace {
  /** The memory. */
  readonly buffer: SharedArrayBuffer;
  /** Where in it the arena begins, a multiple of 64. */
  readonly baseBytes: number;
}

export interface KernelMemoryOptions extends PlaceOptions {
  /**
   * An arena that was another memory's before, which must not be used any more;
   * default: none, the arena is new or in `buffer`.
   */
  readonly kept?: KeptArena | undefined;
  /**
   * Whether I/O submitted here is completed by another worker, and whose side
   * this is; default: one worker does both.
   */
  readonly sharing?: MemorySharing | undefined;
  /** Whether allocators zero what they give out; default: false. */
  readonly initOnAlloc?: boolean | undefined;
  /** Called when the slab allocator's own accesses begin and end. */
  readonly onFreelist?: FreelistListener | undefined;
  /**
   * Whether slabs link all of their free objects when they are made, as whoever
   * times them or reads them in C expects. Default: false, an object is linked
   * when the one in front of it is taken, so that memory which nobody uses is
   * not touched.
   */
  readonly linksAtOnce?: boolean | undefined;
  /**
   * Luck of placement: gaps in front of regions, and the order in which slabs
   * give out their objects; default: no gaps, ascending.
   */
  readonly scatter?: RandomStream | undefined;
}

/** Room for the gaps of a scattered arena: 8 pages for each of its regions. */
export const SCATTER_BYTES: number = 4 << 20;
/** Gaps at most, in units of a region's alignment: lines, and pages. */
const MOST_LINES = 64;
const MOST_PAGES = 8;

/**
 * High half of the arena's physical address: the arena is at 8 GiB on 64-bit
 * and at 0 on 32-bit, so that an offset is the low half of a physical address.
 * A device reads descriptor lists and queues there.
 */
export const ARENA_PHYS_HI_64 = 2;

/** The accesses to its arena are properties of its own. */
export interface KernelMemory extends Omit<MemoryAccess, "counters"> {}

/**
 * Kernel memory and the closures that read and write it.
 *
 * The accessors are properties, not methods: a stage takes them once and V8
 * then inlines them as constants. 64-bit values are lo/hi pairs of int32.
 */
export class KernelMemory {
  /** The ABI of every structure in it. */
  readonly abi: Abi;
  /**
   * The memory that the arena is in: at a page of this machine, if it is new,
   * so that a structure aligned in the arena is so for its caches, too.
   */
  readonly buffer: SharedArrayBuffer;
  /** Where in it the arena begins. */
  readonly baseBytes: number;
  /** Size of the arena. */
  readonly sizeBytes: number;
  /**
   * All bits that an offset in the arena may have. `at & offsetMask` changes no
   * offset, but V8 learns from it that its sum with a field's offset is an
   * int32: bench/HOT_PATH.md, "Integers".
   */
  readonly offsetMask: number;
  /** Called when the slab allocator's own accesses begin and end. */
  readonly onFreelist: FreelistListener | undefined;
  /** Whether allocators zero what they give out (init_on_alloc). */
  readonly initOnAlloc: boolean;
  /**
   * Reserves this many int32 words of the lab itself, for `getOwn` and
   * `setOwn`; returns where the first is. All of them are 0.
   */
  readonly reserveOwn: (count: number) => number = createOwnWords();
  /** Reads a word of the lab's own at an offset. */
  readonly getOwn: (at: number) => number;
  /** Writes one. */
  readonly setOwn: (at: number, value: number) => void;
  /** Adds to one. */
  readonly addOwn: (at: number, delta: number) => void;
  /** A word of the lab's own, for what is loaded and nobody needs. */
  readonly loadedAt: number;
  /** The view that every access goes through. */
  readonly view: MemoryView;
  /**
   * The plain memory, for what the lab keeps in it and no kernel would: no
   * trace contains it.
   */
  readonly unseen: DataView;
  /** Read-modify-write accesses; atomic where two workers share. */
  readonly counters: CounterAccess;
  /** This worker's side, where two share it. */
  readonly sharing: MemorySharing | undefined;
  /** Whether its arena is that of other memories, too, one after the other. */
  readonly isKept: boolean;
  /** Whether slabs link all of their free objects when they are made. */
  readonly linksAtOnce: boolean;
  /** The source of random placement, if any. */
  readonly scatter: RandomStream | undefined;
  /** Objects that were freed by the other worker than the one that took them. */
  remoteFrees = 0;

  readonly #isWatched: boolean;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  /** The same by 8 bytes: 0 is 0 in all of them. */
  readonly #doubles: Float64Array<SharedArrayBuffer>;
  #next = NULL_PAGE_BYTES;
  readonly #regions: MemoryRegion[] = [];

  /**
   * Makes an empty arena.
   *
   * @param options ABI, size, and who watches.
   */
  constructor(options: KernelMemoryOptions) {
    const { abi, sizeBytes, baseBytes = 0 } = options;
    this.abi = abi;
    this.onFreelist = options.onFreelist;
    this.scatter = options.scatter;
    // Another worker's frees come by other ways than those of the list.
    this.linksAtOnce = options.linksAtOnce === true ||
      options.sharing !== undefined;
    this.isKept = options.kept !== undefined;
    const place = options.kept?.take(options, this.#regions) ??
      placeOf(options);
    const { buffer, plain } = place;
    this.buffer = buffer;
    this.baseBytes = baseBytes;
    this.sizeBytes = sizeBytes;
    this.view = place.view;
    this.unseen = plain;
    this.initOnAlloc = options.initOnAlloc === true;
    this.loadedAt = this.reserveOwn(1);
    this.#isWatched = options.wrap !== undefined;
    this.#bytes = new Uint8Array(buffer, baseBytes, sizeBytes);
    this.#doubles = new Float64Array(buffer, baseBytes, sizeBytes >>> 3);
    this.offsetMask = place.offsetMask;
    Object.assign(this, place.access);
    const { getOwn, setOwn, addOwn } = place.own;
    this.getOwn = getOwn;
    this.setOwn = setOwn;
    this.addOwn = addOwn;
    this.sharing = options.sharing;
    this.counters = options.sharing === undefined
      ? place.access.counters
      : sharedCounters(abi, this.words());
  }

  /** The regions reserved so far, ascending. */
  get regions(): readonly MemoryRegion[] {
    return this.#regions;
  }

  /**
   * Reserves a region for one kind of structure.
   *
   * @param structure The name under which footprints count it.
   * @param sizeBytes How many bytes.
   * @param options Alignment and object distance.
   * @returns The byte offset of the region.
   * @throws {RangeError} If the arena is full.
   */
  reserve(
    structure: string,
    sizeBytes: number,
    options: ReserveOptions = {},
  ): number {
    const { alignBytes = 64, inLineBytes = 0, strideBytes = 0 } = options;
    const { freePointerOffset, objectStarts, reachedBytes } = options;
    const next = this.#next + this.#gapBytes(alignBytes);
    const offset = Math.ceil((next - inLineBytes) / alignBytes) * alignBytes +
      inLineBytes;
    if (offset + sizeBytes > this.sizeBytes) {
      throw new RangeError(
        `Cannot reserve ${sizeBytes} bytes of kernel memory for "${structure}": ` +
          `${this.sizeBytes - offset} bytes are left, ` +
          `expected a larger arena`,
      );
    }
    this.#regions.push({
      structure,
      name: options.name,
      offset,
      sizeBytes,
      strideBytes,
      freePointerOffset,
      objectStarts,
      reachedBytes,
    });
    this.#next = offset + sizeBytes;
    return offset;
  }

  /** Bytes in front of the next region: what a kernel's boot leaves to luck. */
  #gapBytes(alignBytes: number): number {
    if (this.scatter === undefined) return 0;
    const most = alignBytes < 4096 ? MOST_LINES : MOST_PAGES;
    return Math.max(64, alignBytes) * this.scatter.below(most);
  }

  /**
   * Zeroes memory as the allocators do (init_on_alloc), by words of 8 bytes.
   *
   * @param at Offset of the memory.
   * @param sizeBytes Bytes, a multiple of 4.
   */
  zero(at: number, sizeBytes: number): void {
    if (!this.#isWatched && (at & 7) === 0) {
      // `fill()` of shared memory goes byte by byte.
      const doubles = this.#doubles;
      const behind = (at + sizeBytes) >>> 3;
      for (let i = at >>> 3; i < behind; i++) doubles[i] = 0;
      if ((sizeBytes & 4) !== 0) this.set32(behind << 3, 0);
      return;
    }
    this.onFreelist?.(true, undefined, true);
    const end = at + sizeBytes;
    let next = at;
    for (; next + 8 <= end; next += 8) this.set64(next, 0, 0);
    for (; next < end; next += 4) this.set32(next, 0);
    this.onFreelist?.(false);
  }

  /**
   * Returns the arena as bytes, for copies and comparisons at set-up; a path
   * reads and writes through the accessors.
   *
   * @returns Its bytes, by offset in the arena.
   */
  bytes(): Uint8Array<SharedArrayBuffer> {
    return this.#bytes;
  }

  /**
   * Returns the arena as words that workers share.
   *
   * @returns Its words, by offset in the arena over 4.
   */
  words(): SharedWords {
    return sharedWords(this.buffer, this.baseBytes);
  }

  /** How many bytes of the arena are reserved. */
  get usedBytes(): number {
    return this.#next;
  }
}
