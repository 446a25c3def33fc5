/**
 * The codec of whatever layout a program gives: reads and writes its segments
 * on one ABI. The form of what is given is looked at before `segment_codec.ts`
 * makes the codec; the codec does not check its arguments, `encodeSegment()`
 * does.
 */
import { z } from "zod";
import type { Abi } from "./abi.ts";
import { abiSchema } from "./abi_form.ts";
import type { ArrayShape } from "./array_shape.ts";
import type { CopySegment } from "./copy_codec.ts";
import type { Layout } from "./layout.ts";
import { layoutSchema } from "./layout_form.ts";
import { checkValue, valueOf } from "./option_check.ts";
import { makeCodec } from "./segment_codec.ts";
import type { PlacedStruct } from "./struct.ts";
import type { MemoryView } from "./word.ts";

/** Reads one value of one segment, as an int32. */
export type ReadSegment = (
  base: number,
  capacity: number,
  index: number,
) => number;

/**
 * Accessors of the segments of one layout on one ABI.
 *
 * `base` is the byte offset of an array in the view and `capacity` the number
 * of segments that the array has room for (only structure-of-arrays uses it).
 */
export interface SegmentCodec {
  /** The layout. */
  readonly layout: Layout;
  /** The ABI. */
  readonly abi: Abi;
  /** The struct of one segment. */
  readonly placed: PlacedStruct;
  /** How an array of them is arranged in memory. */
  readonly shape: ArrayShape;
  /** The memory. */
  readonly view: MemoryView;
  /** Where `struct page` of physical address 0 is. */
  readonly pageArrayBase: bigint;
  /** Alignment that the base of an array needs, in bytes. */
  readonly arrayAlignBytes: number;
  /** Bytes that an array of `capacity` segments takes. */
  arrayBytes(capacity: number): number;
  /** Writes a segment; `flag` is 0 or 1 and ignored where there is none. */
  readonly set: (
    base: number,
    capacity: number,
    index: number,
    physLo: number,
    physHi: number,
    lengthBytes: number,
    flag: number,
  ) => void;
  /** The address, less significant 32 bits (of the DMA address for `dma`). */
  readonly physLo: ReadSegment;
  /**
   * The address, more significant 32 bits; call it after `physLo`, which is the
   * load that a tracer sees for both.
   */
  readonly physHi: ReadSegment;
  /** The address of its page, less significant 32 bits: no offset is read. */
  readonly pageLo: ReadSegment;
  /** The same, more significant; call it after `pageLo`. */
  readonly pageHi: ReadSegment;
  /**
   * The pointer to its struct page, its less and then its more significant 32
   * bits; of a layout that keeps none, undefined.
   */
  readonly pagePointer:
    | { readonly lo: ReadSegment; readonly hi: ReadSegment }
    | undefined;
  /**
   * The address's offset in its page, 0 to 4095; of a layout that keeps it
   * apart from the page, that field alone.
   */
  readonly pageOffset: ReadSegment;
  /**
   * Mask for an offset after bytes that are done: 4095 if it stays within a
   * page, -1 if it grows beyond, as mainline's `bv_offset` does.
   */
  readonly pageOffsetMask: number;
  /** The longest segment in bytes, 2^31 - 1 at most. */
  readonly longestBytes: number;
  /** The length in bytes, 0 to 2^31 - 1. */
  readonly length: ReadSegment;
  /** The P2P flag, 0 or 1; 0 where the layout has none. */
  readonly flag: ReadSegment;
  /** Writes the length and nothing else. */
  readonly setLength: (
    base: number,
    capacity: number,
    index: number,
    lengthBytes: number,
  ) => void;
  /** Copies every field of a segment, flag included. */
  readonly copy: CopySegment;
}

/** Where the page array is, if not where the ABI puts it. */
export interface CodecOptions {
  /** Less significant half of its virtual address. */
  readonly pageBaseLo?: number;
  /** More significant half. */
  readonly pageBaseHi?: number;
}

const viewSchema = valueOf<MemoryView>(
  "a DataView, or an object with its methods",
  ({ getInt32, setInt32 }) =>
    typeof getInt32 === "function" && typeof setInt32 === "function",
);

const half = z.int({ error: "32 bits of an address, as an int32" })
  .min(-(2 ** 31)).max(2 ** 31 - 1).optional();

const codecOptionsSchema = z.strictObject(
  {
    pageBaseLo: half,
    pageBaseHi: half,
  } satisfies Record<keyof CodecOptions, z.ZodType>,
);

/**
 * Makes the codec of a layout on an ABI.
 *
 * @param layout The layout.
 * @param abi The ABI.
 * @param view The memory, or an object with the same methods.
 * @param options Where the page array is.
 * @returns The accessors.
 * @throws {RangeError} If the layout does not exist on that ABI.
 *
 * @example Write and read a segment
 * ```ts
 * import { createCodec, findAbi, findLayout } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const view = new DataView(new SharedArrayBuffer(4096));
 * const codec = createCodec(findLayout("page_offset"), findAbi("lp64"), view);
 * codec.set(0, 16, 3, 0x2345_6200, 1, 512, 0);
 * assertEquals(codec.physLo(0, 16, 3), 0x2345_6200);
 * assertEquals(codec.physHi(0, 16, 3), 1);
 * assertEquals(codec.length(0, 16, 3), 512);
 * assertEquals(view.getUint32(3 * 16 + 12, true), 0x200); // bv_offset
 * ```
 */
export function createCodec(
  layout: Layout,
  abi: Abi,
  view: MemoryView,
  options: CodecOptions = {},
): SegmentCodec {
  checkValue("make a codec", layoutSchema, layout, "layout");
  checkValue("make a codec", abiSchema, abi, "abi");
  checkValue("make a codec", viewSchema, view, "view");
  checkValue("make a codec", codecOptionsSchema, options, "options");
  return makeCodec(layout, abi, view, options);
}
