/**
 * The lines that one cache holds now, in sets: what all replacement policies
 * have in common.
 *
 * A line is its address in two int32 words. The low word has two bits to
 * spare, because a line has at least 4 bytes:
 *
 *     tags[slot]       address of the line, low 32 bits | free | dirty
 *     tags[slot + 1]   address of the line, high 32 bits
 *
 * Addresses and not line numbers: the words of a reference compare with them
 * after one AND, where numbers cost five operations more at each look-up (a
 * tenth of the time of the hot loop).
 */

/**
 * Flags in a low word. Users take them apart into constants of their own: V8
 * folds those, but loads and checks an imported constant at every use.
 */
export const LINE_FLAG = {
  /** The line was written and not yet written back. */
  dirty: 1,
  /** The slot holds no line. */
  free: 2,
} as const;

const { dirty: DIRTY, free: FREE } = LINE_FLAG;

/** What a set of lines is made for. */
export interface LineSetsShape {
  /** Sets, a power of two. */
  readonly sets: number;
  /** Lines per set. */
  readonly ways: number;
  /** Bytes per line, a power of two from 4. */
  readonly lineBytes: number;
}

/**
 * The lines of one cache; a subclass is one replacement policy. `lo` and `hi`
 * are everywhere the words of a line's address.
 */
export abstract class LineSets {
  /** The lines, two words each, set by set. */
  tags: Int32Array;
  /** Sets - 1. */
  readonly setMask: number;
  /** Lines per set. */
  readonly ways: number;
  /** log2 of the line size. */
  readonly lineShift: number;
  /** Low word with flags of the line that had to leave; `FREE` if none had. */
  victimLo: number = FREE;
  /** High word of that line. */
  victimHi = 0;

  constructor(shape: LineSetsShape) {
    const { sets, ways, lineBytes } = shape;
    this.ways = ways;
    this.setMask = sets - 1;
    this.lineShift = Math.log2(lineBytes);
    this.tags = new Int32Array(sets * ways * 2);
    for (let slot = 0; slot < this.tags.length; slot += 2) {
      this.tags[slot] = FREE;
    }
  }

  /** The set of a line. */
  setOf(lo: number, hi: number): number {
    const shift = this.lineShift;
    return ((lo >>> shift) | (hi << (32 - shift))) & this.setMask;
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

  /** Touches a line or else inserts it. Its slot, or `~slot` of a new line. */
  admit(lo: number, hi: number): number {
    const slot = this.touch(lo, hi);
    return slot >= 0 ? slot : ~this.insert(lo, hi);
  }

  /** All slots in use in Dinero's copy-back order: highest set first. */
  inCopyBackOrder(): number[] {
    const slots: number[] = [];
    for (let set = this.setMask; set >= 0; set--) {
      for (const slot of this.oldestFirst(set)) slots.push(slot);
    }
    return slots;
  }

  /** Lists the lines held now, in copy-back order. */
  lineAddresses(): bigint[] {
    return this.inCopyBackOrder().map((slot) => {
      const lo = BigInt(((this.tags[slot] as number) & ~DIRTY) >>> 0);
      const hi = BigInt((this.tags[slot + 1] as number) >>> 0);
      return (hi << 32n) | lo;
    });
  }
}
