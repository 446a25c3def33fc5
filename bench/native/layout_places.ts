/** Where a layout's fields are, as the path in C names it. */
import { regionOf } from "../../layouts/array_shape.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { findField } from "../../layouts/placed_members.ts";
import { fieldWindow, type Window } from "../../layouts/window.ts";
import { NativeEngineError } from "./error.ts";

/** A window of a field, and how C names its place and type. */
export interface FieldPlace extends Window {
  readonly at: string;
  readonly bits: number;
  /** The width in the names of accessors, with the alignment if it is less. */
  readonly access: string;
}

export function fieldPlace(codec: SegmentCodec, name: string): FieldPlace {
  const { placed, shape, layout } = codec;
  const field = findField(placed, name);
  if (layout.arrangement.kind === "soa" && field.bitSize !== undefined) {
    throw new NativeEngineError(
      `Cannot run engine native with layout "${layout.name}": "${name}" ` +
        `is not a whole field, expected whole fields in a structure of arrays`,
    );
  }
  const region = regionOf(shape, field.startBit >>> 3);
  const window = fieldWindow(placed, { name, region });
  const bits = window.sizeBytes * 8;
  const alignBytes = alignmentOf(codec, window);
  return {
    ...window,
    at: placeText(codec, window),
    bits,
    access: alignBytes < naturalAlignBytes(codec, window.sizeBytes)
      ? `${bits}_${alignBytes}`
      : `${bits}`,
  };
}

function naturalAlignBytes({ abi }: SegmentCodec, sizeBytes: number): number {
  return sizeBytes === 8 ? abi.u64AlignBytes : sizeBytes;
}

/** What every place of a window is a multiple of, 8 at most. */
function alignmentOf(codec: SegmentCodec, { startByte }: Window): number {
  const { layout, placed, shape } = codec;
  const { arrangement } = layout;
  const distances = [startByte];
  if (arrangement.kind === "soa") {
    const locate = shape.locator(startByte);
    const inside = locate(0, 0, 0);
    distances.splice(
      ...[0, 1],
      inside,
      // A table may have room for one vector alone.
      locate(0, 1, 0) - inside,
      locate(0, 0, 1) - inside,
    );
  } else {
    distances.push(placed.alignBytes);
    if (arrangement.kind !== "aos") distances.push(arrangement.linkBytes);
  }
  return distances.reduce(greatestDivisor, 8);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** The place of a window in C, from `array`, `capacity` and `index`. */
function placeText(codec: SegmentCodec, { startByte }: Window): string {
  const { shape, layout } = codec;
  if (layout.arrangement.kind !== "soa") {
    const first = "(u8 *)bvec_at(array, capacity, index)";
    return startByte === 0 ? first : `${first} + ${startByte}`;
  }
  // The column begins `before` bytes per segment of capacity after.
  const locate = shape.locator(startByte);
  const inside = locate(0, 0, 0);
  const before = locate(0, 1, 0) - inside;
  const width = locate(0, 0, 1) - inside;
  return `arena + array + (place)capacity * ${before} + (place)index * ${width}` +
    (inside === 0 ? "" : ` + ${inside}`);
}

/** The arguments by which a segment is found. */
export const WHERE = "place array, u32 capacity, u32 index";

export function inline(
  head: string,
  body: readonly string[],
): readonly string[] {
  return [`ALWAYS_INLINE ${head}`, "{", ...body, "}", ""];
}

export function traced(
  { at, sizeBytes }: FieldPlace,
  isWrite: boolean,
): string {
  return `\ttrace_access(${at} - arena, ${sizeBytes}, ${isWrite});`;
}

/** Whether a segment has its page, or the number of it. */
export function isByPage({ layout }: SegmentCodec): boolean {
  const { kind } = layout.roles.address;
  return kind === "page" || kind === "pfn";
}

/** Bits of a flag inside the address, as C. */
export function flagInAddress({ layout }: SegmentCodec): string | undefined {
  const { flag, address } = layout.roles;
  return flag?.field === address.field ? `1ull << ${flag.bit}` : undefined;
}
