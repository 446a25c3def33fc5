/**
 * The C struct that a listing shows for a layout: that of one segment, or for
 * structure-of-arrays the arrays for as many segments as a bio can have.
 */
import type { Abi } from "./abi.ts";
import { type CField, type CStruct, elements } from "./c_type.ts";
import { isUnsupported, type Layout, type Unsupported } from "./layout.ts";
import { placeMembers } from "./place_members.ts";

/** Segments in the longest bio (BIO_MAX_VECS, include/linux/bio.h). */
export const BIO_MAX_VECS = 256;

export function listedStruct(layout: Layout, abi: Abi): CStruct | Unsupported {
  const struct = layout.struct(abi);
  if (isUnsupported(struct) || layout.arrangement.kind !== "soa") {
    return struct;
  }
  // Fields that are one column share a start or follow as bit-fields.
  const fields: CField[] = [];
  let bits: CField[] = [];
  const close = () => {
    if (bits.length === 0) return;
    fields.push({
      name: bits.map((field) => field.name).join("_"),
      type: {
        name: "",
        fields: bits,
        ...(struct.packed === undefined ? {} : { packed: struct.packed }),
      },
      count: BIO_MAX_VECS,
    });
    bits = [];
  };
  for (const field of struct.fields) {
    if (field.bits !== undefined) bits.push(field);
    else {
      close();
      fields.push({ ...field, count: elements(field) * BIO_MAX_VECS });
    }
  }
  close();
  const aligned = new Map(
    fields.map((field) => [
      field,
      placeMembers({ name: "", fields: [field] }, abi).alignBytes,
    ]),
  );
  fields.sort((a, b) => (aligned.get(b) ?? 0) - (aligned.get(a) ?? 0));
  return { name: `${struct.name}_soa`, fields };
}
