/**
 * A struct with the place of every member, of whatever struct a program gives:
 * its form is looked at before `place_members.ts` places it.
 */
import type { z } from "zod";
import { abiSchema } from "./abi_form.ts";
import { structSchema } from "./layout_form.ts";
import { checkValue, valueOf } from "./option_check.ts";
import type { Abi } from "./abi.ts";
import {
  type CField,
  type CStruct,
  elements,
  isStruct,
  withoutTypedefs,
} from "./c_type.ts";
import { placeMembers } from "./place_members.ts";

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

/** A struct that was placed. */
export const placedSchema: z.ZodType<PlacedStruct> = valueOf(
  "a placed struct, as placeStruct() gives it",
  ({ struct, fields, abi }) =>
    typeof struct === "object" && Array.isArray(fields) &&
    typeof abi === "object",
);

/** Structs and ABIs whose form was looked at: they are data and stay as is. */
const wellFormed = new WeakSet<object>();

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
 * import { findAbi, placeStruct } from "@bvec/lab";
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
  if (!wellFormed.has(struct)) {
    checkValue("place a struct", structSchema, struct, "struct");
    wellFormed.add(struct);
  }
  if (!wellFormed.has(abi)) {
    checkValue("place a struct", abiSchema, abi, "abi");
    wellFormed.add(abi);
  }
  return placeMembers(struct, abi);
}

/**
 * Counts the bytes of a struct that no member uses, inside it or at its end.
 *
 * @returns Bytes in which not a single bit is used, those inside structs in it
 * included.
 */
export function unusedBytes(placed: PlacedStruct): number {
  checkValue("count unused bytes", placedSchema, placed, "placed");
  const used = new Set<number>();
  addUsed(used, placed, 0);
  return placed.sizeBytes - used.size;
}

function addUsed(used: Set<number>, placed: PlacedStruct, from: number): void {
  for (const { field, startBit, sizeBits } of placed.fields) {
    const type = withoutTypedefs(field.type);
    const start = from + (startBit >>> 3);
    if (isStruct(type)) {
      const inner = placeMembers(type, placed.abi);
      for (let index = 0; index < elements(field); index++) {
        addUsed(used, inner, start + index * inner.sizeBytes);
      }
      continue;
    }
    const end = from + Math.ceil((startBit + sizeBits) / 8);
    for (let byte = start; byte < end; byte++) used.add(byte);
  }
}
