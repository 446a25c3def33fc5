/** Bytes of one encoded segment, for tests that show where each field lies. */
import { findAbi } from "../../layouts/abi.ts";
import { createCodec } from "../../layouts/codec.ts";
import { findLayout } from "../../layouts/registry.ts";
import { encodeSegment, type Segment } from "../../layouts/segment.ts";

/**
 * Encodes a segment alone in zeroed memory.
 *
 * @param layout Name of the layout.
 * @param abi Name of the ABI.
 * @param segment The segment.
 * @returns All bytes of an array of one, in hexadecimal, four by four; without
 * the zeros behind the last byte that is not zero.
 */
export function segmentBytes(
  layout: string,
  abi: string,
  segment: Segment,
): string {
  const bytes = new Uint8Array(512);
  const view = new DataView(bytes.buffer);
  const codec = createCodec(findLayout(layout), findAbi(abi), view);
  encodeSegment(codec, { base: 0, capacity: 1, index: 0 }, segment);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"))
    .join("").replace(/(00)+$/, "");
  return hex.replaceAll(/.{8}(?=.)/g, "$& ");
}
