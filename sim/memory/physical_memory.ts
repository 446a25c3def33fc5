/**
 * The bytes at physical addresses: host memory and BARs, for runs in verify
 * mode. Simulated kernel structures are elsewhere (kernel_memory.ts); here is
 * the data that I/O moves.
 */
import type { MemoryMap } from "./memory_map.ts";
import { allocate, allocateShared } from "./allocate.ts";

/** A place in the data memory: words of a range and an index into them. */
export interface DataPlace {
  /** 32-bit words of the range. */
  words: Uint32Array;
  /** Index of the first word. */
  index: number;
}

/** A range as a device sees it. */
interface DataRange {
  readonly startPhys: number;
  readonly busAddress: number;
  readonly sizeBytes: number;
  readonly words: Uint32Array;
}

/** Physical memory that can hold data. Addresses are exact below 2^53. */
export class PhysicalMemory {
  readonly #ranges: readonly DataRange[];
  readonly #nothing = new Uint32Array(0);

  /**
   * Makes memory, all zero; what is never touched takes no room.
   *
   * @param map The machine's memory.
   * @param buffers Memory that another worker sees too, by `sharedDataBuffers`
   *   of an equal map; default: new memory.
   */
  constructor(map: MemoryMap, buffers?: readonly SharedArrayBuffer[]) {
    let next = 0;
    const range = (
      startPhys: bigint,
      busAddress: bigint,
      sizeBytes: number,
    ): DataRange => ({
      startPhys: Number(startPhys),
      busAddress: Number(busAddress),
      sizeBytes,
      // Pages of it that no I/O touches are never made resident.
      words: new Uint32Array(
        buffers?.[next++] ?? allocate("data memory", sizeBytes),
      ),
    });
    this.#ranges = [
      ...map.dram.map((dram) =>
        range(dram.startPhys, dram.startPhys, dram.sizeBytes)
      ),
      ...map.providers.map((bar) =>
        range(bar.startPhys, bar.busAddress, bar.sizeBytes)
      ),
    ];
  }

  /**
   * Finds bytes by the CPU's physical address.
   *
   * @param physLo Low half of the address.
   * @param physHi High half.
   * @param lengthBytes How many bytes must be there.
   * @param place Where the answer is left; no words where nothing is there.
   */
  atPhysical(
    physLo: number,
    physHi: number,
    lengthBytes: number,
    place: DataPlace,
  ): void {
    const address = (physHi >>> 0) * 0x1_0000_0000 + (physLo >>> 0);
    for (const range of this.#ranges) {
      const distance = address - range.startPhys;
      if (distance >= 0 && distance + lengthBytes <= range.sizeBytes) {
        place.words = range.words;
        place.index = distance / 4;
        return;
      }
    }
    place.words = this.#nothing;
  }

  /**
   * Finds bytes by the bus address that a device uses.
   *
   * @param busLo Low half of the address.
   * @param busHi High half.
   * @param lengthBytes How many bytes must be there.
   * @param place Where the answer is left; no words where nothing is there.
   */
  atBus(
    busLo: number,
    busHi: number,
    lengthBytes: number,
    place: DataPlace,
  ): void {
    const address = (busHi >>> 0) * 0x1_0000_0000 + (busLo >>> 0);
    for (const range of this.#ranges) {
      const distance = address - range.busAddress;
      if (distance >= 0 && distance + lengthBytes <= range.sizeBytes) {
        place.words = range.words;
        place.index = distance / 4;
        return;
      }
    }
    place.words = this.#nothing;
  }
}

/**
 * Returns the memory of a map for workers that share it.
 *
 * @returns One buffer for each range, host memory first.
 */
export function sharedDataBuffers(map: MemoryMap): SharedArrayBuffer[] {
  return [...map.dram, ...map.providers].map(({ sizeBytes }) =>
    allocateShared("data memory", sizeBytes)
  );
}

/** A stretch of words that mirrors the simulated medium. */
export interface MediumStretch {
  /** Index of the first word in memory. */
  readonly index: number;
  readonly count: number;
  /** Low half of the first word's index on the medium (byte offset / 4). */
  readonly word: number;
  /** Tells one run's medium from another's. */
  readonly salt: number;
}

/**
 * Returns the word at a place of the simulated medium.
 *
 * @param word Low half of the word's index.
 * @returns An unsigned 32-bit value.
 */
export function mediumWord(word: number, salt: number): number {
  const mixed = Math.imul(word ^ salt, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Copies a stretch of the medium into memory. */
export function fillMedium(words: Uint32Array, stretch: MediumStretch): void {
  const { index, count, word, salt } = stretch;
  for (let i = 0; i < count; i++) {
    words[index + i] = mediumWord((word + i) | 0, salt);
  }
}

/**
 * Compares memory with a stretch of the medium.
 *
 * @returns Index in the stretch of the first word that differs, or -1.
 */
export function differsFromMedium(
  words: Uint32Array,
  stretch: MediumStretch,
): number {
  const { index, count, word, salt } = stretch;
  for (let i = 0; i < count; i++) {
    if (words[index + i] !== mediumWord((word + i) | 0, salt)) return i;
  }
  return -1;
}
