/**
 * The records that unmapping a PRP request needs: 16 bytes {dma address, u32
 * length} for each DMA segment, from a mempool (blockspec 4.4; `struct
 * nvme_dma_vec`). A PRP list alone cannot be turned back into ranges.
 */
import { HALF, type MemoryView } from "../../layouts/word.ts";

// Constants of its own: bench/HOT_PATH.md.
const LOW = HALF.low;
const HIGH = HALF.high;

export const UNMAP_RECORD_BYTES = 16;
const RECORD_BYTES = UNMAP_RECORD_BYTES;

/** Fixed arrays of unmap records, one per request in flight. */
export class UnmapRecordPool {
  /** Low half of the address of the last record read. */
  addressLo = 0;
  /** High half of the address of the last record read. */
  addressHi = 0;
  /** Length of the last record read, in bytes. */
  lengthBytes = 0;
  readonly #view: MemoryView;
  readonly #at: number;
  readonly #strideBytes: number;
  readonly #free: Int32Array;
  #freeCount: number;

  /**
   * Makes a pool with all arrays free.
   *
   * @param at Offset of the first array.
   */
  constructor(
    view: MemoryView,
    at: number,
    options: { arrays: number; records: number },
  ) {
    this.#view = view;
    this.#at = at;
    this.#strideBytes = options.records * UNMAP_RECORD_BYTES;
    this.#free = Int32Array.from(
      { length: options.arrays },
      (_, i) => options.arrays - 1 - i,
    );
    this.#freeCount = options.arrays;
  }

  /** How many arrays are taken. */
  get live(): number {
    return this.#free.length - this.#freeCount;
  }

  /**
   * Takes an array, the one given back last.
   *
   * @returns Its offset in the memory, or -1 where none is left.
   */
  take(): number {
    if (this.#freeCount === 0) return -1;
    const index = this.#free[--this.#freeCount] ?? 0;
    return this.#at + index * this.#strideBytes;
  }

  /**
   * Gives an array back.
   *
   * @param array What `take()` returned.
   */
  give(array: number): void {
    this.#free[this.#freeCount++] = (array - this.#at) / this.#strideBytes;
  }

  write(
    array: number,
    index: number,
    addressLo: number,
    addressHi: number,
    lengthBytes: number,
  ): void {
    const at = array + index * RECORD_BYTES;
    this.#view.setInt32(at, addressLo, true, LOW);
    this.#view.setInt32(at + 4, addressHi, true, HIGH);
    this.#view.setInt32(at + 8, lengthBytes, true);
  }

  read(array: number, index: number): void {
    const at = array + index * RECORD_BYTES;
    this.addressLo = this.#view.getInt32(at, true, LOW);
    this.addressHi = this.#view.getInt32(at + 4, true, HIGH);
    this.lengthBytes = this.#view.getInt32(at + 8, true);
  }
}
