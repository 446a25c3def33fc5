/**
 * Holes and paddings of a placed struct, in bytes and in bits, as pahole counts
 * them (class__find_holes() of dwarves): what a bit-field leaves of its unit is
 * a bit hole, what is left behind that is a hole of bytes.
 */
import type { PlacedField, PlacedStruct } from "./struct.ts";

/** What lies unused behind a member. */
export interface Hole {
  /** Whole bytes. */
  readonly bytes: number;
  /** Bits of the unit that a bit-field has not used up. */
  readonly bits: number;
}

/** The unused room of a struct. */
export interface Holes {
  /** Behind each member, in their order; nothing behind the last. */
  readonly behind: readonly Hole[];
  /** Before the first member. */
  readonly before: Hole;
  /** Whole bytes behind the last member. */
  readonly paddingBytes: number;
  /** Bits of the last bit-field's unit that are not used. */
  readonly paddingBits: number;
}

const NONE: Hole = { bytes: 0, bits: 0 };

/**
 * Finds the unused room of a struct.
 *
 * @param placed The struct; a union has none.
 * @returns Its holes and padding.
 *
 * @example {phys, u32 len} has room for a flag on 64-bit
 * ```ts
 * import { findAbi, findHoles, placeStruct } from "@bvec/lab/layouts";
 * import { assertEquals } from "@std/assert";
 *
 * const placed = placeStruct({
 *   name: "phys_vec",
 *   fields: [
 *     { name: "paddr", type: "phys_addr_t" },
 *     { name: "len", type: "u32" },
 *   ],
 * }, findAbi("lp64"));
 * assertEquals(findHoles(placed).paddingBytes, 4);
 * ```
 */
export function findHoles(placed: PlacedStruct): Holes {
  const { fields, sizeBytes, struct } = placed;
  if (struct.kind === "union") {
    return {
      behind: fields.map(() => NONE),
      before: NONE,
      paddingBytes: 0,
      paddingBits: 0,
    };
  }
  const before: Hole[] = [];
  const unit = new BitFieldUnit();
  let usedBits = 0;
  for (const field of fields) {
    const start = field.startBit;
    let bits = 0;
    let bytes = 0;
    if (unit.isOpen) {
      const end = Math.min(start, unit.endBit);
      bits = end - usedBits;
      usedBits = end;
    }
    if (field.bitSize === undefined) {
      bytes = (start >> 3) - (usedBits >> 3);
      unit.close();
    } else {
      const unitStart = field.offsetBytes * 8;
      if (usedBits < unitStart && unitStart <= start) {
        bytes = field.offsetBytes - (usedBits >> 3);
        usedBits = unitStart;
      }
      bits += start - usedBits;
      unit.take(field);
    }
    usedBits = start + field.sizeBits;
    before.push({ bytes, bits });
  }
  const sizeBits = sizeBytes * 8;
  const end = unit.isOpen ? Math.min(sizeBits, unit.endBit) : usedBits;
  return {
    behind: [...before.slice(1), NONE],
    before: before[0] ?? NONE,
    paddingBytes: sizeBytes - (end >> 3),
    paddingBits: end - usedBits,
  };
}

/** The storage unit that bit-fields are in, as far as it reaches. */
class BitFieldUnit {
  isOpen = false;
  endBit = 0;
  #bits = 0;

  close(): void {
    this.isOpen = false;
    this.endBit = 0;
    this.#bits = 0;
  }

  take(field: PlacedField): void {
    const bits = field.sizeBytes * 8;
    const end = field.startBit + field.sizeBits;
    // A wider type makes the unit wider; one that has borrowed bits of the unit
    // before reaches into the next.
    if (!this.isOpen || end > this.endBit || bits > this.#bits) {
      this.#bits = bits;
      this.endBit = field.offsetBytes * 8 + bits;
      if (end > this.endBit) this.endBit += bits;
    }
    this.isOpen = true;
  }
}
