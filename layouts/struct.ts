/**
 * Where the C compiler puts each member of a struct: the System V rules that
 * GCC and clang share on Linux, with bit-fields, packed and aligned.
 *
 * Bit-fields: one is put at the next free bit, unless it would then cross a
 * boundary of its own type (counted from the type's alignment, which is why
 * i386 lets a 56-bit field of a u64 start at bit 32); in a packed struct it is
 * never moved. Bits are counted in memory order, so on a big-endian ABI bit 0
 * is the most significant bit of byte 0.
 */
import type { Abi } from "./abi.ts";
import {
  type CField,
  type CStruct,
  type CType,
  isStruct,
  type ScalarName,
} from "./c_type.ts";

/** Size and natural alignment of a type. */
export interface SizeAndAlign {
  /** Bytes that one value takes. */
  readonly sizeBytes: number;
  /** Natural alignment in bytes. */
  readonly alignBytes: number;
}

/** A member with its place. */
export interface PlacedField {
  /** The member as described. */
  readonly field: CField;
  /** Its name. */
  readonly name: string;
  /**
   * Where it starts, in bytes; for a bit-field, the byte where its storage
   * unit (as pahole shows it) starts.
   */
  readonly offsetBytes: number;
  /** Bytes that it takes; for a bit-field, those of its type. */
  readonly sizeBytes: number;
  /** Width in bits, for a bit-field only. */
  readonly bitSize?: number;
  /** Bit inside the storage unit, in memory order, for a bit-field only. */
  readonly bitOffset?: number;
  /** First bit counted from the start of the struct, in memory order. */
  readonly startBit: number;
  /** Bits that it takes in all. */
  readonly sizeBits: number;
}

/** A struct with the place of every member. */
export interface PlacedStruct {
  /** The struct as described. */
  readonly struct: CStruct;
  /** The ABI that it was placed for. */
  readonly abi: Abi;
  /** `sizeof`. */
  readonly sizeBytes: number;
  /** `_Alignof`. */
  readonly alignBytes: number;
  /** Members in order; unnamed bit-fields are left out. */
  readonly fields: readonly PlacedField[];
}

/**
 * Places the members of a struct or union.
 *
 * @param struct The struct as data.
 * @param abi The ABI whose rules hold.
 * @returns Offsets, size and alignment.
 * @throws {RangeError} If the struct is not legal C on that ABI, such as a
 * bit-field wider than its type.
 *
 * @example bio_vec on a 64-bit machine
 * ```ts
 * import { findAbi, placeStruct } from "@bvec/lab/layouts";
 * import { assertEquals } from "@std/assert";
 *
 * const placed = placeStruct({
 *   name: "bio_vec",
 *   fields: [
 *     { name: "bv_page", type: { pointerTo: "struct page" } },
 *     { name: "bv_len", type: "unsigned int" },
 *     { name: "bv_offset", type: "unsigned int" },
 *   ],
 * }, findAbi("lp64"));
 * assertEquals(placed.sizeBytes, 16);
 * assertEquals(placed.fields.map((field) => field.offsetBytes), [0, 8, 12]);
 * ```
 */
export function placeStruct(struct: CStruct, abi: Abi): PlacedStruct {
  checkStruct(struct, abi);
  const fields: PlacedField[] = [];
  let alignBytes = 1;
  let endBits = 0; // first free bit
  let sizeBits = 0;
  for (const field of struct.fields) {
    if (struct.kind === "union") endBits = 0;
    const natural = sizeAndAlign(field.type, abi);
    const fieldAlign = Math.max(
      struct.packed ? 1 : natural.alignBytes,
      field.alignedBytes ?? 1,
    );
    const bits = field.bits ?? natural.sizeBytes * 8 * (field.count ?? 1);
    let startBit: number;
    if (field.bits === undefined) {
      startBit = roundUp(endBits, fieldAlign * 8);
    } else {
      startBit = bitFieldStart(field.bits, endBits, {
        typeBits: natural.sizeBytes * 8,
        alignBits: fieldAlign * 8,
        packed: struct.packed ?? false,
      });
    }
    // An unnamed bit-field does not raise the alignment of the struct.
    if (field.bits === undefined || field.name !== "") {
      alignBytes = Math.max(alignBytes, fieldAlign);
      fields.push(
        placedField(field, startBit, bits, {
          unitBytes: natural.sizeBytes,
        }),
      );
    }
    endBits = startBit + bits;
    sizeBits = Math.max(sizeBits, endBits);
  }
  alignBytes = Math.max(alignBytes, struct.alignedBytes ?? 1);
  const sizeBytes = roundUp(Math.ceil(sizeBits / 8), alignBytes);
  return Object.freeze({
    struct,
    abi,
    sizeBytes,
    alignBytes,
    fields: Object.freeze(fields),
  });
}

/**
 * Gives the size and natural alignment of a type.
 *
 * @param type The type, not counting an array's dimension.
 * @param abi The ABI.
 * @returns Both in bytes.
 */
export function sizeAndAlign(type: CType, abi: Abi): SizeAndAlign {
  if (typeof type === "string") return scalar(scalarBytes(type, abi), abi);
  if (isStruct(type)) return placeStruct(type, abi);
  return scalar(abi.pointerBytes, abi);
}

/**
 * Finds a member by its name.
 *
 * @param placed The placed struct.
 * @param name The member's name.
 * @returns The member with its place.
 * @throws {RangeError} If the struct has no such member.
 */
export function findField(placed: PlacedStruct, name: string): PlacedField {
  const found = placed.fields.find((field) => field.name === name);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find field "${name}" of struct ${placed.struct.name}, ` +
        `expected one of: ${placed.fields.map((f) => f.name).join(", ")}`,
    );
  }
  return found;
}

/**
 * Counts the bytes of a struct that no member uses, inside it or at its end.
 *
 * @param placed The placed struct.
 * @returns Bytes in which not a single bit is used.
 */
export function unusedBytes(placed: PlacedStruct): number {
  const used = new Set<number>();
  for (const { startBit, sizeBits } of placed.fields) {
    const end = Math.ceil((startBit + sizeBits) / 8);
    for (let byte = startBit >>> 3; byte < end; byte++) used.add(byte);
  }
  return placed.sizeBytes - used.size;
}

function placedField(
  field: CField,
  startBit: number,
  sizeBits: number,
  { unitBytes }: { unitBytes: number },
): PlacedField {
  const place = { field, name: field.name, startBit, sizeBits };
  if (field.bits === undefined) {
    return { ...place, offsetBytes: startBit / 8, sizeBytes: sizeBits / 8 };
  }
  // pahole's view: the unit of the declared type that holds the first bit.
  const unitBits = unitBytes * 8;
  const offsetBytes = Math.floor(startBit / unitBits) * unitBytes;
  return {
    ...place,
    offsetBytes,
    sizeBytes: unitBytes,
    bitSize: field.bits,
    bitOffset: startBit - offsetBytes * 8,
  };
}

function bitFieldStart(
  bits: number,
  endBits: number,
  unit: { typeBits: number; alignBits: number; packed: boolean },
): number {
  if (bits === 0) return roundUp(endBits, unit.typeBits);
  if (unit.packed) return endBits;
  const crosses = (endBits % unit.alignBits) + bits > unit.typeBits;
  return crosses ? roundUp(endBits, unit.alignBits) : endBits;
}

function checkStruct(struct: CStruct, abi: Abi): void {
  const names = new Set<string>();
  for (const field of struct.fields) {
    const where = `field "${field.name}" of struct ${struct.name}`;
    if (field.name !== "" && names.has(field.name)) {
      throw new RangeError(`Cannot place ${where}: it is there twice`);
    }
    names.add(field.name);
    if (field.bits === undefined) continue;
    if (isStruct(field.type)) {
      throw new RangeError(`Cannot place ${where}: a struct as a bit-field`);
    }
    const most = sizeAndAlign(field.type, abi).sizeBytes * 8;
    const least = field.name === "" ? 0 : 1;
    if (!(field.bits >= least && field.bits <= most)) {
      throw new RangeError(
        `Cannot place ${where} on ${abi.name}: ${field.bits} bits, ` +
          `expected ${least} to ${most} bits`,
      );
    }
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function scalar(sizeBytes: number, abi: Abi): SizeAndAlign {
  return {
    sizeBytes,
    alignBytes: sizeBytes === 8 ? abi.u64AlignBytes : sizeBytes,
  };
}

function scalarBytes(name: ScalarName, abi: Abi): number {
  switch (name) {
    case "u8":
      return 1;
    case "u16":
      return 2;
    case "u32":
    case "int":
    case "unsigned int":
      return 4;
    case "u64":
      return 8;
    case "unsigned long":
    case "size_t":
      return abi.longBytes;
    case "phys_addr_t":
    case "dma_addr_t":
      return abi.physBytes;
  }
}
