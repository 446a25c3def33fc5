/**
 * The kernel memory of the simulated machine: one SharedArrayBuffer that holds
 * every structure the path reads or writes, and the accessors that reach it.
 *
 * Each structure lies in a named region, so that the tracer can say whose
 * bytes an access touched (design.md, rule 2). A pointer in memory is a
 * kernel-like virtual address; in the path's variables it is the byte offset
 * in the arena, an int32 greater than 0, and 0 is NULL.
 */
import type { Abi } from "../../layouts/abi.ts";
import { HALF, type MemoryView } from "../../layouts/word.ts";
import { type SharedWords, sharedWords } from "./shared_words.ts";
import type { RandomStream } from "../random/random_stream.ts";
import { allocateArena } from "./allocate.ts";
import {
  type CounterAccess,
  ownCounters,
  sharedCounters,
} from "./counter_access.ts";

/** A named piece of kernel memory. */
export interface MemoryRegion {
  /** The structure that lives here, such as `bio` or `struct page`. */
  readonly structure: string;
  /** What it is found by; default: the structure's name. */
  readonly name?: string | undefined;
  /** Byte offset in the arena. */
  readonly offset: number;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Distance of the objects in it in bytes; 0 where there is one object. */
  readonly strideBytes: number;
  /** Offset in a free object of the link to the next one, in a slab. */
  readonly freePointerOffset?: number | undefined;
  /**
   * Of objects that differ in size, for each line of 64 bytes 1 where an
   * object begins.
   */
  readonly objectStarts?: Uint8Array | undefined;
}

/** How a region is laid out. */
export interface ReserveOptions {
  /** What it is found by; default: its structure's name. */
  readonly name?: string;
  /** Alignment in bytes, a power of two; default: 64. */
  readonly alignBytes?: number;
  /** Bytes behind such an alignment at which it begins; default: 0. */
  readonly inLineBytes?: number;
  /** Distance of the objects in bytes; default: 0. */
  readonly strideBytes?: number;
  /** Offset in a free object of the link to the next one, for a slab. */
  readonly freePointerOffset?: number;
  /** Where objects of differing size begin; see {@linkcode MemoryRegion}. */
  readonly objectStarts?: Uint8Array;
}

/** An object that a slab cache gave out. */
export interface SlabTake {
  /** Name of the structure. */
  readonly structure: string;
  /** Memory that the object takes in its slab, in bytes. */
  readonly strideBytes: number;
}

/**
 * Told when the slab allocator's own accesses begin and end.
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

/** Options of `KernelMemory`. */
export interface KernelMemoryOptions {
  /** The ABI: byte order and pointer size. */
  readonly abi: Abi;
  /** Size of the arena in bytes, up to 2^31 - 1. */
  readonly sizeBytes: number;
  /** Memory that holds the arena, such as another worker's; default: new. */
  readonly buffer?: SharedArrayBuffer | undefined;
  /** Where in that memory it begins; default: at its first byte. */
  readonly baseBytes?: number | undefined;
  /**
   * Whether I/O submitted here is completed by another worker, and whose side
   * this is; default: one worker does both.
   */
  readonly sharing?: MemorySharing | undefined;
  /** Wraps the view, for the tracer; default: the plain DataView. */
  readonly wrap?: ((view: DataView) => MemoryView) | undefined;
  /** Whether allocators zero what they give out; default: false. */
  readonly initOnAlloc?: boolean | undefined;
  /** Told when the slab allocator's own accesses begin and end. */
  readonly onFreelist?: FreelistListener | undefined;
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
 * Virtual address of the arena's first byte: on 64-bit in the direct map
 * (Documentation/arch/x86/x86_64/mm.rst, 5 levels: 0xff11000000000000), on
 * 32-bit at PAGE_OFFSET 0xc0000000.
 */
export const DIRECT_MAP_HI_64: number = 0xff110001 | 0;
export const PAGE_OFFSET_32: number = 0xc0000000 | 0;

/**
 * High half of the arena's physical address: the arena lies at 8 GiB on 64-bit
 * and at 0 on 32-bit, so that an offset is the low half of a physical address.
 * A device reads descriptor lists and queues there.
 */
export const ARENA_PHYS_HI_64 = 2;

/** One page at offset 0 is never given out, so that offset 0 can be NULL. */
const NULL_GUARD_BYTES = 4096;

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
   * The memory that the arena lies in: at a page of this machine, if it is
   * new, so that a structure aligned in the arena is so for its caches, too.
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
  /** Told when the slab allocator's own accesses begin and end. */
  readonly onFreelist: FreelistListener | undefined;
  /** Whether allocators zero what they give out (init_on_alloc). */
  readonly initOnAlloc: boolean;
  /** The view that every access goes through. */
  readonly view: MemoryView;
  /**
   * The plain memory: for what the lab keeps in it, and no kernel would, so
   * that no trace has it.
   */
  readonly unseen: DataView;
  /** Reads a signed byte's unsigned value at an offset. */
  readonly get8: (at: number) => number;
  /** Writes a byte. */
  readonly set8: (at: number, value: number) => void;
  /** Reads a u16. */
  readonly get16: (at: number) => number;
  /** Writes a u16. */
  readonly set16: (at: number, value: number) => void;
  /** Reads 32 bits as an int32. */
  readonly get32: (at: number) => number;
  /** Writes 32 bits. */
  readonly set32: (at: number, value: number) => void;
  /** Reads the low half of a u64. */
  readonly get64Lo: (at: number) => number;
  /** Reads the high half of a u64. */
  readonly get64Hi: (at: number) => number;
  /** Writes a u64 from its halves. */
  readonly set64: (at: number, lo: number, hi: number) => void;
  /** Reads a pointer into the arena as an offset; NULL is 0. */
  readonly getPointer: (at: number) => number;
  /** Writes a pointer into the arena; offset 0 becomes NULL. */
  readonly setPointer: (at: number, offset: number) => void;
  /** Writes an unsigned long or size_t below 2^31. */
  readonly setLong: (at: number, value: number) => void;
  /** Reads an unsigned long or size_t below 2^31. */
  readonly getLong: (at: number) => number;

  /** Writes a little-endian u64 that a device reads, on every ABI. */
  readonly setLe64: (at: number, lo: number, hi: number) => void;
  /** Reads the low half of a little-endian u64 that a device reads. */
  readonly getLe64Lo: (at: number) => number;
  /** Reads the high half of a little-endian u64 that a device reads. */
  readonly getLe64Hi: (at: number) => number;
  /** Reads 32 bits of device memory, little-endian on every ABI. */
  readonly getLe32: (at: number) => number;
  /** Writes 32 bits of device memory. */
  readonly setLe32: (at: number, value: number) => void;

  /** Read-modify-write accesses; atomic where two workers share. */
  readonly counters: CounterAccess;
  /** This worker's side, where two share it. */
  readonly sharing: MemorySharing | undefined;
  /** Where luck of placement comes from, if there is any. */
  readonly scatter: RandomStream | undefined;
  /** Objects that were freed by the other worker than the one that took them. */
  remoteFrees = 0;

  readonly #isWatched: boolean;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  /** The same by 8 bytes: 0 is 0 in all of them. */
  readonly #doubles: Float64Array<SharedArrayBuffer>;
  #next = NULL_GUARD_BYTES;
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
    this.buffer = options.buffer ?? allocateArena("kernel memory", sizeBytes);
    this.baseBytes = baseBytes;
    this.sizeBytes = sizeBytes;
    const plain = new DataView(this.buffer, baseBytes, sizeBytes);
    const view = options.wrap?.(plain) ?? plain;
    this.view = view;
    this.unseen = plain;
    this.initOnAlloc = options.initOnAlloc === true;
    this.#isWatched = options.wrap !== undefined;
    this.#bytes = new Uint8Array(this.buffer, baseBytes, sizeBytes);
    this.#doubles = new Float64Array(this.buffer, baseBytes, sizeBytes >>> 3);
    const { low, high } = HALF;
    const directMapHi = DIRECT_MAP_HI_64;
    const mask = 2 ** (32 - Math.clz32(sizeBytes - 1)) - 1;
    this.offsetMask = mask;
    this.get8 = (at) => view.getUint8(at | 0);
    this.set8 = (at, value) => view.setUint8(at | 0, value | 0);
    // The byte order is a literal in each closure: V8 then emits one load.
    if (abi.littleEndian) {
      this.get16 = (at) => view.getUint16(at | 0, true);
      this.set16 = (at, value) => view.setUint16(at | 0, value | 0, true);
      this.get32 = (at) => view.getInt32(at | 0, true);
      this.set32 = (at, value) => view.setInt32(at | 0, value | 0, true);
      this.get64Lo = (at) => view.getInt32(at | 0, true, low);
      this.get64Hi = (at) => view.getInt32((at + 4) | 0, true, high);
      this.set64 = (at, lo, hi) => {
        view.setInt32(at | 0, lo | 0, true, low);
        view.setInt32((at + 4) | 0, hi | 0, true, high);
      };
    } else {
      this.get16 = (at) => view.getUint16(at | 0, false);
      this.set16 = (at, value) => view.setUint16(at | 0, value | 0, false);
      this.get32 = (at) => view.getInt32(at | 0, false);
      this.set32 = (at, value) => view.setInt32(at | 0, value | 0, false);
      this.get64Lo = (at) => view.getInt32((at + 4) | 0, false, low);
      this.get64Hi = (at) => view.getInt32(at | 0, false, high);
      this.set64 = (at, lo, hi) => {
        view.setInt32((at + 4) | 0, lo | 0, false, low);
        view.setInt32(at | 0, hi | 0, false, high);
      };
    }
    this.getLe32 = (at) => view.getInt32(at | 0, true);
    this.setLe32 = (at, value) => view.setInt32(at | 0, value | 0, true);
    this.getLe64Lo = (at) => view.getInt32(at | 0, true, low);
    this.getLe64Hi = (at) => view.getInt32((at + 4) | 0, true, high);
    this.setLe64 = (at, lo, hi) => {
      view.setInt32(at | 0, lo | 0, true, low);
      view.setInt32((at + 4) | 0, hi | 0, true, high);
    };
    const { get32, set32, get64Lo, set64 } = this;
    this.sharing = options.sharing;
    this.counters = options.sharing === undefined
      ? ownCounters(get32, set32)
      : sharedCounters(abi, this.words());
    if (abi.pointerBytes === 8) {
      if (abi.littleEndian) {
        this.getPointer = (at) => view.getInt32(at, true, low) & mask;
        this.setPointer = (at, offset) => {
          view.setInt32(at, offset | 0, true, low);
          view.setInt32(
            (at + 4) | 0,
            ((0 - offset) >> 31) & directMapHi,
            true,
            high,
          );
        };
      } else {
        this.getPointer = (at) => get64Lo(at) & mask;
        this.setPointer = (at, offset) =>
          set64(at, offset, offset === 0 ? 0 : DIRECT_MAP_HI_64);
      }
      this.setLong = (at, value) => set64(at, value, 0);
      this.getLong = get64Lo;
    } else {
      this.getPointer = (at) => {
        const pointer = get32(at);
        return pointer === 0 ? 0 : (pointer - PAGE_OFFSET_32) | 0;
      };
      this.setPointer = (at, offset) =>
        set32(at, offset === 0 ? 0 : (offset + PAGE_OFFSET_32) | 0);
      this.setLong = set32;
      this.getLong = get32;
    }
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
    const { freePointerOffset, objectStarts } = options;
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
   * Gives the arena as bytes, for copies and comparisons at set-up; a path
   * reads and writes through the accessors.
   *
   * @returns Its bytes, by offset in the arena.
   */
  bytes(): Uint8Array<SharedArrayBuffer> {
    return this.#bytes;
  }

  /**
   * Gives the arena as words that workers share.
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
