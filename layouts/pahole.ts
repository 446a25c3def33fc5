/**
 * A struct as pahole prints it from DWARF: the source, annotated with offsets
 * and sizes, holes, cache-line marks and totals. Attributes are those of the
 * description, not guessed from the placement as pahole has to.
 */
import { checkValue } from "./option_check.ts";
import type { Abi } from "./abi.ts";
import {
  type CField,
  type CStruct,
  type CType,
  dimensions,
  isStruct,
  withoutTypedefs,
} from "./c_type.ts";
import { PaholePrinter } from "./pahole/print.ts";
import {
  type DebugType,
  type RecordMember,
  type RecordType,
  sizeOfType,
} from "./pahole/type.ts";
import {
  type PlacedField,
  placedSchema,
  type PlacedStruct,
  placeStruct,
} from "./struct.ts";
import { sizeAndAlign } from "./place_members.ts";

/**
 * Formats a placed struct as pahole does.
 *
 * @param placed The struct.
 * @returns The text, ending with a newline.
 *
 * @example bio_vec
 * ```ts
 * import { findAbi, findLayout, isUnsupported } from "@bvec/lab";
 * import { pahole, placeStruct } from "@bvec/lab";
 * import { assert, assertStringIncludes } from "@std/assert";
 *
 * const struct = findLayout("page_offset").struct(findAbi("lp64"));
 * assert(!isUnsupported(struct));
 * assertStringIncludes(
 *   pahole(placeStruct(struct, findAbi("lp64"))),
 *   "\tunsigned int               bv_len;               /*     8     4 *" +
 *   "/",
 * );
 * ```
 */
export function pahole(placed: PlacedStruct): string {
  checkValue("print a struct", placedSchema, placed, "placed");
  const { pointerBytes } = placed.abi;
  return new PaholePrinter({ pointerBytes }).print(recordOf(placed));
}

/** The struct as debug information would describe it. */
function recordOf(placed: PlacedStruct): RecordType {
  const { struct, abi } = placed;
  return {
    kind: struct.kind ?? "struct",
    name: struct.name,
    sizeBytes: placed.sizeBytes,
    members: placed.fields.map((field) => memberOf(field, abi)),
    alignedBytes: struct.alignedBytes ?? 0,
    alignedByMember: isAlignedByMember(struct),
    packed: struct.packed ?? false,
  };
}

/**
 * Whether an alignment that was asked for a member, or inside one, is one of
 * the struct, too. GCC says so in its debug information; clang does not.
 */
function isAlignedByMember({ fields }: CStruct): boolean {
  return fields.some((field) => {
    const type = withoutTypedefs(field.type);
    return askedAlignment(field) !== 0 ||
      (isStruct(type) && isAlignedByMember(type));
  });
}

/** Alignment that was asked for a member or for its type; 0 for none. */
function askedAlignment({ alignedBytes, type }: CField): number {
  if (alignedBytes !== undefined) return alignedBytes;
  let at = type;
  while (typeof at === "object" && "typedef" in at) {
    if (at.alignedBytes !== undefined) return at.alignedBytes;
    at = at.type;
  }
  return isStruct(at) ? at.alignedBytes ?? 0 : 0;
}

function memberOf(field: PlacedField, abi: Abi): RecordMember {
  const counts = dimensions(field.field);
  const one = typeOf(field.field.type, abi);
  const type: DebugType = counts.length === 0
    ? one
    : { kind: "array", to: one, counts };
  return {
    name: field.name,
    type,
    startBit: field.startBit,
    offsetBytes: field.offsetBytes,
    // pahole takes a record of unnamed bit-fields alone for empty.
    sizeBytes: field.bitSize === undefined ? sizeOfType(type) : field.sizeBytes,
    bitSize: field.bitSize ?? 0,
    alignedBytes: askedAlignment(field.field),
  };
}

function typeOf(type: CType, abi: Abi): DebugType {
  const { sizeBytes } = sizeAndAlign(type, abi);
  if (typeof type === "string") return { kind: "base", name: type, sizeBytes };
  if (isStruct(type)) return recordOf(placeStruct(type, abi));
  if ("typedef" in type) {
    return { kind: "typedef", name: type.typedef, to: typeOf(type.type, abi) };
  }
  if ("enum" in type) {
    return { kind: "enum", name: type.enum, sizeBytes, values: [] };
  }
  if ("pointerTo" in type) {
    return { kind: "pointer", to: named(type.pointerTo), sizeBytes };
  }
  const more = type.parameters.at(-1) === "...";
  const given = more ? type.parameters.slice(0, -1) : type.parameters;
  return {
    kind: "pointer",
    sizeBytes,
    to: {
      kind: "function",
      returns: named(type.returns),
      parameters: given.map((text) => ({ name: "", type: named(text) })),
      variadic: more,
    },
  };
}

/** A type of which only the text is known, such as a pointer's target. */
function named(text: string): DebugType | undefined {
  if (text === "void") return undefined;
  if (text.endsWith("*")) {
    return {
      kind: "pointer",
      to: named(text.slice(0, -1).trim()),
      sizeBytes: 0,
    };
  }
  const constant = /^const (.*)$/.exec(text)?.[1];
  if (constant !== undefined) return { kind: "const", to: named(constant) };
  return { kind: "base", name: text, sizeBytes: 0 };
}
