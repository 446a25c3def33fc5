/**
 * The hot codec: reads and writes segments of one layout on one ABI through a
 * `DataView`, with 64-bit values as lo/hi pairs of int32 (design.md, rule 3).
 *
 * All decisions about widths, byte order and places are made once, when the
 * codec is made; what remains per access is a few integer operations. It does
 * not check its arguments: `encodeSegment()` does.
 */
import type { Abi } from "./abi.ts";
import { addressCodec } from "./address_codec.ts";
import { arrayShape } from "./array_shape.ts";
import type { CodecOptions, SegmentCodec } from "./codec.ts";
import type { CodecSite } from "./codec_parts.ts";
import { copyCodec } from "./copy_codec.ts";
import { isUnsupported, type Layout } from "./layout.ts";
import type { WholeAddress } from "./address_field.ts";
import { lengthCodec, type WriteLength } from "./length_codec.ts";
import { findField } from "./placed_members.ts";
import { type OwnMaker, sameMaker } from "./own_copy.ts";
import { placeMembers } from "./place_members.ts";
import { segmentLimits } from "./segment_limits.ts";
import type { PlacedStruct } from "./struct.ts";
import type { MemoryView } from "./word.ts";

/** What a length holds, as far as an int32 does. */
function longestBytes(layout: Layout, abi: Abi): number {
  const limits = segmentLimits(layout, abi);
  return isUnsupported(limits)
    ? 0
    : Math.min(Number(limits.longestLengthBytes), 2 ** 31 - 1);
}

/** Whether the offset in the page is a number of its own, of 32 bits. */
function growsBeyondPage(
  { roles: { address: { kind, offset } } }: Layout,
  placed: PlacedStruct,
): boolean {
  return (kind === "page" || kind === "pfn") && offset !== undefined &&
    findField(placed, offset).sizeBits >= 32;
}

/**
 * Makes the codec of a layout and an ABI that are known to be some:
 * `createCodec()` looks first.
 *
 * @param view The memory, or an object with the same methods.
 * @throws {RangeError} If the layout does not exist on that ABI.
 */
export function makeCodec(
  layout: Layout,
  abi: Abi,
  view: MemoryView,
  options: CodecOptions & { readonly own?: OwnMaker } = {},
): SegmentCodec {
  const struct = layout.struct(abi);
  if (isUnsupported(struct)) {
    throw new RangeError(
      `Cannot make a codec of layout "${layout.name}" for ABI "${abi.name}": ` +
        struct.unsupported,
    );
  }
  const placed = placeMembers(struct, abi);
  const { own = sameMaker } = options;
  const shape = arrayShape(placed, layout.arrangement, own);
  const site: CodecSite = { layout, abi, placed, shape, view, own };
  const baseLo = options.pageBaseLo ??
    Number(BigInt.asIntN(32, abi.pageArrayBase));
  const baseHi = options.pageBaseHi ??
    Number(BigInt.asIntN(32, abi.pageArrayBase >> 32n));
  const address = addressCodec(site, { baseLo, baseHi });
  const length = lengthCodec(site);
  return Object.freeze<SegmentCodec>({
    layout,
    abi,
    placed,
    shape,
    view,
    pageArrayBase: (BigInt.asUintN(32, BigInt(baseHi)) << 32n) |
      BigInt.asUintN(32, BigInt(baseLo)),
    arrayAlignBytes: shape.alignBytes,
    arrayBytes: shape.arrayBytes,
    set: own(setter)(address.write, length.write),
    physLo: address.lo,
    physHi: address.hi,
    pageLo: address.pageLo,
    pageHi: address.pageHi,
    pagePointer: address.pagePointer,
    pageOffset: address.inPage,
    pageOffsetMask: growsBeyondPage(layout, placed) ? -1 : 4095,
    longestBytes: longestBytes(layout, abi),
    length: length.length,
    flag: length.flag,
    setLength: length.setLength,
    copy: copyCodec(site),
  });
}

/** Writes a whole segment. */
function setter(
  ofAddress: WholeAddress["write"],
  ofLength: WriteLength,
): SegmentCodec["set"] {
  const writeAddress = ofAddress;
  const writeLength = ofLength;
  return (base, capacity, index, physLo, physHi, lengthBytes, flag) => {
    writeAddress(base, capacity, index, physLo, physHi, flag);
    writeLength(base, capacity, index, lengthBytes, flag, physLo);
  };
}
