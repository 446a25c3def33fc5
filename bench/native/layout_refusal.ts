/**
 * Which layouts the path in C cannot have, so that they are left out of its
 * cells and not found by a compiler in the middle of a run.
 */
import type { Abi } from "../../layouts/abi.ts";
import { type CType, isStruct } from "../../layouts/c_type.ts";
import { createCodec } from "../../layouts/codec.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { NativeEngineError } from "./error.ts";
import { layoutHeader } from "./layout_header.ts";

/** Structs and types that the sources in `path/` define themselves. */
const PATH_TYPES: ReadonlySet<string> = new Set([
  ...["struct prp", "struct sgl", "struct dma", "struct edge"],
  ...["struct segments", "place", "s32", "s64"],
]);

/**
 * Tells why a layout cannot be written in the path's C.
 *
 * @returns What was found and what was expected, or nothing.
 */
export function layoutRefusal(layout: Layout, abi: Abi): string | undefined {
  const struct = layout.struct(abi);
  if (isUnsupported(struct)) return undefined;
  const taken = namesOf(struct).find((name) => PATH_TYPES.has(name));
  if (taken !== undefined) {
    return `found ${taken}, which the path in C defines, expected another name`;
  }
  try {
    layoutHeader(createCodec(layout, abi, new DataView(new ArrayBuffer(0))));
    return undefined;
  } catch (error) {
    if (!(error instanceof NativeEngineError)) throw error;
    return error.message.replace(/^Cannot run engine native with [^:]*: /, "");
  }
}

/** Tags and typedefs that the text of a type defines. */
function namesOf(type: CType): string[] {
  if (typeof type === "string") return [];
  if (isStruct(type)) {
    return [
      `${type.kind ?? "struct"} ${type.name}`,
      ...type.fields.flatMap((field) => namesOf(field.type)),
    ];
  }
  return "typedef" in type ? [type.typedef, ...namesOf(type.type)] : [];
}
