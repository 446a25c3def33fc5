/** Named pieces of kernel memory, each of one kind of structure. */

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
  /** Distance of the objects in it in bytes; 0 if there is one object. */
  readonly strideBytes: number;
  /** Offset in a free object of the link to the next one, in a slab. */
  readonly freePointerOffset?: number | undefined;
  /**
   * Of objects that differ in size, for each line of 64 bytes 1 where an
   * object begins.
   */
  readonly objectStarts?: Uint8Array | undefined;
  /** Bytes of it that may have been written so far; absent: all of them. */
  readonly reachedBytes?: (() => number) | undefined;
}

/** How a region is laid out. */
export interface ReserveOptions {
  /** What it is found by; default: its structure's name. */
  readonly name?: string;
  /** Alignment in bytes, a power of two; default: 64. */
  readonly alignBytes?: number;
  /** Bytes beyond such an alignment at which it begins; default: 0. */
  readonly inLineBytes?: number;
  /** Distance of the objects in bytes; default: 0. */
  readonly strideBytes?: number;
  /** Offset in a free object of the link to the next one, for a slab. */
  readonly freePointerOffset?: number;
  /** Where objects of differing size begin; see {@linkcode MemoryRegion}. */
  readonly objectStarts?: Uint8Array;
  /** Bytes of it that may have been written; default: all of them. */
  readonly reachedBytes?: () => number;
}
