/**
 * The bytes behind physical addresses: host memory and BARs, for runs in
 * verify mode. Simulated kernel structures are elsewhere (kernel_memory.ts);
 * here is the data that I/O moves.
 */
import type { MemoryMap } from "../machine.ts";

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

  constructor(map: MemoryMap) {
    const range = (
      startPhys: bigint,
      busAddress: bigint,
      sizeBytes: number,
    ): DataRange => ({
      startPhys: Number(startPhys),
      busAddress: Number(busAddress),
      sizeBytes,
      // Pages of it that no I/O touches are never made resident.
      words: new Uint32Array(new ArrayBuffer(sizeBytes)),
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
 * Gives the word that stands at a place of the simulated medium.
 *
 * @param wordLo Low half of the word's index (device byte offset / 4).
 * @param salt Tells writes from reads and one I/O from the next.
 * @returns An unsigned 32-bit value.
 */
export function mediumWord(wordLo: number, salt: number): number {
  const mixed = Math.imul(wordLo ^ salt, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
