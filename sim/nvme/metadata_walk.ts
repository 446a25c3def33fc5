/** Finds the metadata of each block of a command, one after the other. */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { SGL_DESCRIPTOR_BYTES } from "./sgl.ts";
import { PI_TUPLE_BYTES } from "./t10_pi.ts";

// Constants of its own: bench/HOT_PATH.md.
const TUPLE_BYTES = PI_TUPLE_BYTES;
const DESCRIPTOR_BYTES = SGL_DESCRIPTOR_BYTES;

/** A walk over the metadata of a command, a tuple a block. */
export class MetadataWalk {
  readonly #getLe32: (at: number) => number;
  #tuple = 0;
  /** Tuples left in this buffer; below 0 for a buffer that has all. */
  #left = -1;
  #descriptor = 0;

  constructor(memory: KernelMemory) {
    this.#getLe32 = memory.getLe32;
  }

  /** Begins with a buffer that has the tuples of all blocks. */
  buffer(at: number): void {
    this.#tuple = at;
    this.#left = -1;
  }

  /**
   * Begins with the first of the buffers that descriptors name.
   *
   * @param at Offset of the first data descriptor.
   */
  list(at: number): void {
    this.#descriptor = at;
    this.#left = 0;
  }

  /**
   * Goes on to the next block.
   *
   * @returns Offset of its tuple.
   */
  next(): number {
    if (this.#left === 0) {
      this.#tuple = this.#getLe32(this.#descriptor);
      this.#left = (this.#getLe32(this.#descriptor + 8) >>> 0) /
        TUPLE_BYTES;
      this.#descriptor += DESCRIPTOR_BYTES;
    }
    const tuple = this.#tuple;
    this.#tuple += TUPLE_BYTES;
    this.#left--;
    return tuple;
  }
}
