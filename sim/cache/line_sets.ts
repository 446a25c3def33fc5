/**
 * The lines that one cache holds now, in sets: what all replacement policies
 * have in common.
 *
 * A line is its number (address / line size) in two int32 words; the high word
 * has two bits to spare, because a line has at least 4 bytes:
 *
 *     tags[slot - 1]   line number, low 32 bits
 *     tags[slot]       dirty | free | line number, high 30 bits
 *
 * A slot is the index of the high word, so a slot alone reaches everything.
 */

/** The flag in a high word: the line was written and not yet written back. */
export const DIRTY: number = 0x80000000 | 0;

/** The flag in a high word: the slot holds no line. */
export const FREE = 0x40000000;

/** What a set of lines is made for. */
export interface LineSetsShape {
  /** Sets, a power of two. */
  readonly sets: number;
  /** Lines per set. */
  readonly ways: number;
}

/** The lines of one cache; a subclass is one replacement policy. */
export abstract class LineSets {
  /** Line numbers and flags, two words per line, set by set. */
  readonly tags: Int32Array;
  /** Sets - 1. */
  readonly setMask: number;
  /** Lines per set. */
  readonly ways: number;
  /** Low word of the line that the last `insert` threw out. */
  victimLo = 0;
  /** High word with flags of that line; `FREE` if none had to leave. */
  victimHi: number = FREE;

  /** @param shape How many sets of how many lines. */
  constructor(shape: LineSetsShape) {
    const { sets, ways } = shape;
    this.ways = ways;
    this.setMask = sets - 1;
    this.tags = new Int32Array(sets * ways * 2);
    for (let slot = 1; slot < this.tags.length; slot += 2) {
      this.tags[slot] = FREE;
    }
  }

  /** Finds a line for use; the policy learns of it. Slot, or -1. */
  abstract touch(lo: number, hi: number): number;

  /** Finds a line without any effect. Slot, or -1. */
  abstract find(lo: number, hi: number): number;

  /** Takes in a line that is not here; the victim is in `victimLo`, `Hi`. */
  abstract insert(lo: number, hi: number): number;

  /** Takes out the line in a slot. */
  abstract remove(slot: number): void;

  /** The slots of a set that hold lines, next victim first. */
  abstract oldestFirst(set: number): number[];

  /** All slots in use in Dinero's copy-back order: highest set first. */
  inCopyBackOrder(): number[] {
    const slots: number[] = [];
    for (let set = this.setMask; set >= 0; set--) {
      for (const slot of this.oldestFirst(set)) slots.push(slot);
    }
    return slots;
  }

  /**
   * Lists the lines held now, in copy-back order.
   *
   * @param lineShift log2 of the line size.
   * @returns The address of each line.
   */
  lineAddresses(lineShift: number): bigint[] {
    return this.inCopyBackOrder().map((slot) => {
      const lo = BigInt((this.tags[slot - 1] as number) >>> 0);
      const hi = BigInt((this.tags[slot] as number) & ~DIRTY);
      return ((hi << 32n) | lo) << BigInt(lineShift);
    });
  }
}
