/** What the windows of a segment hold beside its address. */
import type { SegmentCodec } from "../../layouts/codec.ts";
import { findField } from "../../layouts/placed_members.ts";
import { type FieldPlace, fieldPlace } from "./layout_places.ts";

/** What a window holds beside the address. */
export interface ContentInC {
  readonly place: FieldPlace;
  readonly hasLength: boolean;
  /** Values of members in it, in the order of roles. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** The windows of all that is not the address, each named once. */
export function contentsInC(codec: SegmentCodec): readonly ContentInC[] {
  const { length, flag, address, constants = {} } = codec.layout.roles;
  const contents: {
    readonly place: FieldPlace;
    hasLength: boolean;
    readonly values: (readonly [string, string])[];
  }[] = [];
  const into = (name: string, value: string, hasLength = false) => {
    const place = fieldPlace(codec, name);
    const found = contents.find((content) =>
      content.place.startByte === place.startByte &&
      content.place.sizeBytes === place.sizeBytes
    );
    if (found === undefined) {
      contents.push({ place, hasLength, values: [[name, value]] });
    } else {
      found.hasLength ||= hasLength;
      found.values.push([name, value]);
    }
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

/** Whether a member is a bit-field, set with what is beside it. */
export function isPartOfWindow(codec: SegmentCodec, name: string): boolean {
  const { width, sizeBytes } = fieldPlace(codec, name);
  return width !== sizeBytes * 8;
}

export const lengthContents = (codec: SegmentCodec) =>
  contentsInC(codec).filter(({ hasLength }) => hasLength);
