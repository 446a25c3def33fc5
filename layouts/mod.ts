/**
 * Layouts: what a segment looks like in memory, on every ABI.
 *
 * @module
 */
export { type Abi, abis, findAbi, PAGE_BYTES } from "./abi.ts";
export { type ArrayShape, arrayShape, type Locate } from "./array_shape.ts";
export {
  cDefinitions,
  cStruct,
  cStructWithAssertions,
  cTypedefs,
} from "./c_source.ts";
export type {
  CField,
  CStruct,
  CType,
  EnumTypeName,
  FunctionPointerType,
  PointerType,
  ScalarName,
  TypedefType,
} from "./c_type.ts";
export { BIO_MAX_VECS, listedStruct } from "./array_struct.ts";
export { bvecIter } from "./bvec_iter.ts";
export {
  type CodecOptions,
  createCodec,
  type ReadSegment,
  type SegmentCodec,
} from "./codec.ts";
export type { CopySegment } from "./copy_codec.ts";
export { type LayoutData, layoutData, layoutOfData } from "./layout_data.ts";
export { type CTextLayout, layoutFromC } from "./c_text/layout_from_c.ts";
export type { LayoutFromCOptions } from "./c_text/options.ts";
export type { RoleReason } from "./c_text/role_candidates.ts";
export {
  type AddressKind,
  type AddressRole,
  type Arrangement,
  defineLayout,
  type FlagRole,
  isUnsupported,
  type Layout,
  type LayoutDescription,
  type LengthRole,
  type Recognition,
  recognitions,
  type Roles,
  type Source,
  type Unsupported,
} from "./layout.ts";
export { type LayoutLimits, layoutLimits } from "./limits.ts";
export {
  type PagePointerPlace,
  type PagePointers,
  pagePointers,
} from "./page_pointers.ts";
export { pahole } from "./pahole.ts";
export { findLayout, layouts, selectLayouts } from "./registry.ts";
export {
  type DecodedSegment,
  decodeSegment,
  encodeSegment,
  type Segment,
  type SegmentPlace,
} from "./segment.ts";
export { soa } from "./soa.ts";
export { fieldNames, findField } from "./placed_members.ts";
export {
  type PlacedField,
  type PlacedStruct,
  placeStruct,
  type SizeAndAlign,
  sizeAndAlign,
  unusedBytes,
} from "./struct.ts";
export type { Region } from "./window.ts";
export type { MemoryView } from "./word.ts";
