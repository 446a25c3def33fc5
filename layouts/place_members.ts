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
  elements,
  isStruct,
  type ScalarName,
  withoutTypedefs,
} from "./c_type.ts";
import type { PlacedField, PlacedStruct, SizeAndAlign } from "./struct.ts";

/** Largest struct that is placed: more than any compiler takes on 32-bit. */
const LARGEST_BYTES = 2 ** 31 - 1;

/** Sizes of the scalars that are the same on every ABI. */
const SCALAR_BYTES: Readonly<
  Record<
    Exclude<
      ScalarName,
      "long" | "unsigned long" | "size_t" | "phys_addr_t" | "dma_addr_t"
    >,
    number
  >
> = {
  u8: 1,
  s8: 1,
  bool: 1,
  char: 1,
  "signed char": 1,
  "unsigned char": 1,
  u16: 2,
  s16: 2,
  short: 2,
  "unsigned short": 2,
  u32: 4,
  s32: 4,
  int: 4,
  "unsigned int": 4,
  float: 4,
  u64: 8,
  s64: 8,
  "long long": 8,
  "unsigned long long": 8,
  double: 8,
  __int128: 16,
  "unsigned __int128": 16,
};

/**
 * Places the members of a struct or union that is known to be one:
 * `placeStruct()` looks first.
 *
 * @throws {RangeError} If the struct is not legal C on that ABI.
 */
export function placeMembers(struct: CStruct, abi: Abi): PlacedStruct {
  checkStruct(struct, abi);
  const fields: PlacedField[] = [];
  let alignBytes = 1;
  let endBits = 0; // first free bit
  let sizeBits = 0;
  for (const field of struct.fields) {
    if (struct.kind === "union") endBits = 0;
    const natural = sizeAndAlign(field.type, abi);
    const packed = (struct.packed ?? false) || (field.packed ?? false);
    const { startBit, fieldAlign } = placeField(field, endBits, {
      natural,
      packed,
    });
    const bits = field.bits ?? natural.sizeBytes * 8 * elements(field);
    // An unnamed bit-field raises the alignment of the struct on ARM alone.
    if (field.bits === undefined || field.name !== "" || abi.unnamedBitsAlign) {
      alignBytes = Math.max(alignBytes, fieldAlign);
    }
    if (field.bits === undefined || field.name !== "") {
      fields.push(
        placedField(field, startBit, bits, {
          unitBytes: natural.sizeBytes,
        }),
      );
    }
    endBits = startBit + bits;
    sizeBits = Math.max(sizeBits, endBits);
    checkSize(struct, sizeBits / 8);
  }
  alignBytes = Math.max(alignBytes, struct.alignedBytes ?? 1);
  const sizeBytes = roundUp(Math.ceil(sizeBits / 8), alignBytes);
  checkSize(struct, sizeBytes);
  return Object.freeze({
    struct,
    abi,
    sizeBytes,
    alignBytes,
    fields: Object.freeze(fields),
  });
}

/**
 * Returns the size and natural alignment of a type.
 *
 * @param type The type, not counting an array's dimension.
 */
export function sizeAndAlign(type: CType, abi: Abi): SizeAndAlign {
  if (typeof type === "string") return scalar(scalarBytes(type, abi), abi);
  if (isStruct(type)) return placeMembers(type, abi);
  if ("enum" in type) return sizeAndAlign(type.type, abi);
  if ("typedef" in type) {
    const { sizeBytes, alignBytes } = sizeAndAlign(type.type, abi);
    return { sizeBytes, alignBytes: type.alignedBytes ?? alignBytes };
  }
  return scalar(abi.pointerBytes, abi);
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

/**
 * Where a member starts, and the alignment that it needs. A packed member
 * needs none of its type; `aligned` of the member itself counts still, and
 * moves a bit-field, too.
 */
function placeField(
  field: CField,
  endBits: number,
  { natural, packed }: { natural: SizeAndAlign; packed: boolean },
): { startBit: number; fieldAlign: number } {
  const explicit = field.alignedBytes;
  // A bit-field of no width ends the unit in a packed struct, too.
  const ignoresType = packed && field.bits !== 0;
  const fieldAlign = Math.max(
    ignoresType ? 1 : natural.alignBytes,
    explicit ?? 1,
  );
  const alignBits = fieldAlign * 8;
  const aligned = roundUp(endBits, alignBits);
  if (field.bits === undefined || field.bits === 0) {
    return { startBit: aligned, fieldAlign };
  }
  const crosses = !packed &&
    (endBits % alignBits) + field.bits > natural.sizeBytes * 8;
  if (crosses) return { startBit: aligned, fieldAlign };
  return {
    startBit: explicit === undefined ? endBits : roundUp(endBits, explicit * 8),
    fieldAlign,
  };
}

/** Larger ones are not a struct of a kernel, and bits must be safe integers. */
function checkSize(struct: CStruct, sizeBytes: number): void {
  if (sizeBytes <= LARGEST_BYTES) return;
  throw new RangeError(
    `Cannot place struct ${struct.name}: it has ${Math.ceil(sizeBytes)} ` +
      `bytes, expected at most ${LARGEST_BYTES}`,
  );
}

function checkStruct(struct: CStruct, abi: Abi): void {
  const names = new Set<string>();
  for (const field of struct.fields) {
    const where = `field "${field.name}" of struct ${struct.name}`;
    if (field.name !== "" && names.has(field.name)) {
      throw new RangeError(
        `Cannot place ${where}: found it twice, expected it once`,
      );
    }
    names.add(field.name);
    if (field.bits === undefined) continue;
    const type = withoutTypedefs(field.type);
    if (isStruct(type)) {
      throw new RangeError(
        `Cannot place ${where}: found a struct as a bit-field, expected an integer`,
      );
    }
    const most = type === "bool" ? 1 : sizeAndAlign(type, abi).sizeBytes * 8;
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
  const alignBytes = sizeBytes === 8
    ? abi.u64AlignBytes
    : sizeBytes === 16
    ? abi.mostAlignBytes // __int128: 16, on s390x 8
    : sizeBytes;
  return { sizeBytes, alignBytes };
}

function scalarBytes(name: ScalarName, abi: Abi): number {
  switch (name) {
    case "long":
    case "unsigned long":
    case "size_t":
      return abi.longBytes;
    case "phys_addr_t":
    case "dma_addr_t":
      return abi.physBytes;
    default:
      return SCALAR_BYTES[name];
  }
}
