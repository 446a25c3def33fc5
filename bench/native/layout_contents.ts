/** What the windows of a segment hold beside its address. */
import type { SegmentCodec } from "../../layouts/codec.ts";
import { findField } from "../../layouts/placed_members.ts";
import { type FieldPlace, fieldPlace } from "./layout_places.ts";

/** What a window holds beside the address. */
export interface Content {
  readonly place: FieldPlace;
  readonly hasLength: boolean;
  /** Values of members in it, in the order of roles. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** The windows of all that is not the address, each named once. */
export function windowContents(codec: SegmentCodec): readonly Content[] {
  const { length, flag, address, constants = {} } = codec.layout.roles;
  const contents: Content[] = [];
  const into = (name: string, value: string, hasLength = false) => {
    const place = fieldPlace(codec, name);
    const at = contents.findIndex((content) =>
      content.place.startByte === place.startByte &&
      content.place.sizeBytes === place.sizeBytes
    );
    const found = contents[at] ?? { place, hasLength: false, values: [] };
    const changed = {
      ...found,
      hasLength: found.hasLength || hasLength,
      values: [...found.values, [name, value] as const],
    };
    if (at < 0) contents.push(changed);
    else contents[at] = changed;
  };
  const lowBits = findField(codec.placed, length.field).sizeBits;
  into(length.field, "bytes", true);
  if (length.high !== undefined) {
    into(length.high, lowBits < 32 ? `bytes >> ${lowBits}` : "0", true);
  }
  if (address.offset !== undefined && isPartOfWindow(codec, address.offset)) {
    into(address.offset, "offset");
  }
  if (flag !== undefined && flag.field !== address.field) {
    into(
      flag.field,
      flag.bit === 0 ? "flag" : `(u64)flag << ${flag.bit}`,
    );
  }
  for (const [name, value] of Object.entries(constants)) {
    into(name, `${value}`);
  }
  return contents;
}

/** Whether a member is a bit-field, set with what lies beside it. */
export function isPartOfWindow(codec: SegmentCodec, name: string): boolean {
  const { width, sizeBytes } = fieldPlace(codec, name);
  return width !== sizeBytes * 8;
}

export const lengthContents = (codec: SegmentCodec) =>
  windowContents(codec).filter(({ hasLength }) => hasLength);
