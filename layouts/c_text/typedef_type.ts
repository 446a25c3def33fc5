/** What a typedef is, once the type after it is known. */
import type { Abi } from "../abi.ts";
import type { CType } from "../c_type.ts";
import { sizeAndAlign } from "../place_members.ts";
import type { Attributes } from "./attributes.ts";
import { NATIVE } from "./scalars.ts";
import type { ValueType } from "./site.ts";

/** A typedef's type; that of an array is known by its element. */
export function namedType(
  name: string,
  value: ValueType,
  { alignedBytes }: Attributes,
): ValueType {
  if (value.counts.length > 0) return value;
  const aligned = alignedBytes === undefined ? {} : { alignedBytes };
  return {
    type: { typedef: name, type: value.type, ...aligned },
    counts: [],
  };
}

/** A text's own typedef of a name that the lab has, too, such as u64. */
export function ownNative(
  name: string,
  value: ValueType,
  abi: Abi,
  notes: Set<string>,
): ValueType {
  const native = NATIVE.get(name);
  const { type } = value.type as { type?: CType };
  if (native === undefined || type === undefined) return value;
  const same = sizeAndAlign(native, abi).sizeBytes ===
    sizeAndAlign(type, abi).sizeBytes;
  if (same) return { type: native, counts: [] };
  notes.add(`${name} is as the text has it, not as on ${abi.name}`);
  return { type: { typedef: `own_${name}`, type }, counts: [] };
}
