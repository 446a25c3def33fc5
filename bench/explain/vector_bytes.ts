/** The bytes and fields of one bio_vec in kernel memory. */
import { encodeHex } from "@std/encoding/hex";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { regionOf } from "../../layouts/array_shape.ts";
import { fieldWindow } from "../../layouts/window.ts";
import type { ExplainedVector } from "./explanation.ts";

export interface VectorArray {
  /** Where it starts in the codec's memory. */
  readonly base: number;
  readonly capacity: number;
}

/** Reads one vector without a trace: bytes, fields, and what they stand for. */
export function explainVector(
  codec: SegmentCodec,
  bytes: Uint8Array,
  at: VectorArray & { readonly index: number },
): ExplainedVector {
  const { placed, shape, layout } = codec;
  const { base, capacity, index } = at;
  const locate = (byte: number) => shape.locator(byte)(base, capacity, index);
  return {
    index,
    bytes: shape.regions.map(({ startByte, endByte }) => {
      const start = locate(startByte);
      return encodeHex(bytes.slice(start, start + endByte - startByte));
    }),
    fields: placed.fields.map((field) => {
      const region = regionOf(shape, field.startBit >>> 3);
      const window = fieldWindow(placed, { name: field.name, region });
      const start = locate(window.startByte);
      const word = bytes.slice(start, start + window.sizeBytes);
      if (codec.abi.littleEndian) word.reverse();
      const value = BigInt(`0x${encodeHex(word)}`) >> BigInt(window.shift);
      return {
        name: field.name,
        offsetBytes: field.startBit >>> 3,
        sizeBits: field.sizeBits,
        value: hex(BigInt.asUintN(window.width, value)),
      };
    }),
    address: hexOf(
      codec.physLo(base, capacity, index),
      codec.physHi(base, capacity, index),
    ),
    lengthBytes: codec.length(base, capacity, index) >>> 0,
    flag: layout.roles.flag === undefined
      ? null
      : codec.flag(base, capacity, index),
  };
}

/** @returns Such as `0x10a3c4000`. */
export function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

/**
 * Writes an address from its halves.
 *
 * @param lo Low 32 bits.
 * @param hi High 32 bits.
 * @returns Such as `0x10a3c4000`.
 */
export function hexOf(lo: number, hi: number): string {
  return hex((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0));
}
