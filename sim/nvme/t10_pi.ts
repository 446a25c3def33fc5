/**
 * T10 protection information: the guard of a block, and the 8 bytes that
 * travel with it (block/t10-pi.c; struct t10_pi_tuple: guard be16 0, app be16
 * 2, ref be32 4).
 */
import type { MemoryView } from "../../layouts/word.ts";

export const PI_TUPLE_BYTES = 8;
/** PRACT off, guard and reference tag checked (NVME_RW_PRINFO_PRCHK_*). */
export const PI_CONTROL: number = (1 << 12) | (1 << 10);

/** lib/crc/crc-t10dif: x^16 + x^15 + x^11 + x^9 + x^8 + x^7 + x^5 + x^4 + ... */
const POLYNOMIAL = 0x8bb7;
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    crc = (crc & 0x8000) !== 0 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  }
  return crc & 0xffff;
});

/**
 * Goes on with a guard.
 *
 * @param crc The guard of the bytes before, 0 for none.
 */
export function crcT10dif(crc: number, bytes: Uint8Array): number {
  let value = crc;
  for (let i = 0; i < bytes.length; i++) {
    value = ((value << 8) ^
      (TABLE[((value >>> 8) ^ (bytes[i] as number)) & 0xff] as number)) &
      0xffff;
  }
  return value;
}

/** Writes the tuple of a block: guard, no tag, reference. */
export function setTuple(
  view: MemoryView,
  tuple: number,
  guard: number,
  reference: number,
): void {
  view.setUint16(tuple, guard, false);
  view.setUint16(tuple + 2, 0, false);
  view.setInt32(tuple + 4, reference | 0, false);
}

/** Whether a tuple has this guard and reference. */
export function isTuple(
  view: MemoryView,
  tuple: number,
  guard: number,
  reference: number,
): boolean {
  return view.getUint16(tuple, false) === guard &&
    view.getInt32(tuple + 4, false) === (reference | 0);
}

/** Computes guards of blocks whose bytes come in stretches of any length. */
export class GuardWalk {
  /** How many guards are complete. */
  blocks = 0;
  readonly #blockBytes: number;
  readonly #done: (block: number, guard: number) => void;
  #crc = 0;
  #inBlock = 0;

  /**
   * Makes a walk.
   *
   * @param done Takes each block's guard.
   */
  constructor(
    blockBytes: number,
    done: (block: number, guard: number) => void,
  ) {
    this.#blockBytes = blockBytes;
    this.#done = done;
  }

  /** Begins with the first block of another command. */
  reset(): void {
    this.blocks = 0;
    this.#crc = 0;
    this.#inBlock = 0;
  }

  /** Takes the bytes that follow. */
  add(words: Uint32Array, index: number, sizeBytes: number): void {
    let at = words.byteOffset + index * 4;
    for (let left = sizeBytes; left > 0;) {
      const part = Math.min(left, this.#blockBytes - this.#inBlock);
      this.#crc = crcT10dif(
        this.#crc,
        new Uint8Array(words.buffer, at, part),
      );
      at += part;
      left -= part;
      this.#inBlock += part;
      if (this.#inBlock < this.#blockBytes) continue;
      this.#done(this.blocks++, this.#crc);
      this.#crc = 0;
      this.#inBlock = 0;
    }
  }
}
