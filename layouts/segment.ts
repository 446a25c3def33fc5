/**
 * The cold surface: whole segments with 64-bit values, every argument checked.
 * It writes field by field from the placed struct, bit by bit, and shares no
 * code with the hot codec, so that each is a check of the other.
 */
import { z } from "zod";
import { anyNumber, checkValue, valueOf } from "./option_check.ts";
import { PAGE_BYTES } from "./abi.ts";
import { regionOf } from "./array_shape.ts";
import type { SegmentCodec } from "./codec.ts";
import { isUnsupported } from "./layout.ts";
import { type LayoutLimits, layoutLimits } from "./limits.ts";
import { findField } from "./placed_members.ts";

/** Which segment of which array. */
export interface SegmentPlace {
  /** Byte offset of the array in the codec's view. */
  readonly base: number;
  /** Segments that the array has room for. */
  readonly capacity: number;
  /** The segment, from 0. */
  readonly index: number;
}

/** A segment to encode. */
export interface Segment {
  /** Physical address; for `dma` layouts, the DMA address. */
  readonly address: bigint;
  /** Length in bytes. */
  readonly lengthBytes: number | bigint;
  /** Whether it is P2P memory; only for layouts with a flag. */
  readonly p2p?: boolean;
}

/** A segment as decoded. */
export interface DecodedSegment {
  /** Physical address; for `dma` layouts, the DMA address. */
  readonly address: bigint;
  /** Length in bytes. */
  readonly lengthBytes: bigint;
  /** The flag; `false` where the layout has none. */
  readonly p2p: boolean;
}

/**
 * Encodes a segment and checks everything about it.
 *
 * @param codec The codec.
 * @param place Which segment of which array.
 * @param segment The segment.
 * @throws {RangeError} If the length, the address, the flag, the alignment or
 * the place does not fit; the message names layout, field, value and limit.
 *
 * @example A length that does not fit
 * ```ts
 * import { createCodec, encodeSegment, findAbi, findLayout } from "@bvec/lab";
 * import { assertThrows } from "@std/assert";
 *
 * const view = new DataView(new ArrayBuffer(4096));
 * const codec = createCodec(findLayout("len31_p2p"), findAbi("lp64"), view);
 * assertThrows(
 *   () =>
 *     encodeSegment(codec, { base: 0, capacity: 4, index: 0 }, {
 *       address: 0n,
 *       lengthBytes: 2 ** 31,
 *     }),
 *   RangeError,
 *   'field "bv_len" of layout "len31_p2p" on lp64: 2147483648 bytes',
 * );
 * ```
 */
export function encodeSegment(
  codec: SegmentCodec,
  place: SegmentPlace,
  segment: Segment,
): void {
  checkPlace(codec, place);
  checkValue("encode a segment", segmentSchema, segment, "segment");
  const lengthBytes = wholeLength(codec, segment.lengthBytes);
  checkSegment(codec, { ...segment, lengthBytes });
  const { layout, abi, pageArrayBase } = codec;
  const { address, length, flag, constants = {} } = layout.roles;
  const write = (name: string, value: bigint) =>
    writeField(codec, place, { name, value });
  const pfn = segment.address / BigInt(PAGE_BYTES);
  const values = {
    phys: segment.address,
    dma: segment.address,
    pfn,
    page: pageArrayBase + pfn * BigInt(abi.pageStructBytes),
  };
  write(address.field, values[address.kind]);
  if (address.offset !== undefined) {
    write(address.offset, segment.address % BigInt(PAGE_BYTES));
  }
  write(length.field, lengthBytes);
  if (length.high !== undefined) {
    const { sizeBits } = findField(codec.placed, length.field);
    write(length.high, lengthBytes >> BigInt(sizeBits));
  }
  if (flag !== undefined) {
    const set = BigInt(segment.p2p ? 1 : 0) << BigInt(flag.bit);
    const shared = flag.field === address.field;
    write(flag.field, shared ? set | values[address.kind] : set);
  }
  for (const [name, value] of Object.entries(constants)) {
    write(name, BigInt(value));
  }
}

/**
 * Decodes a segment, with its whole 64-bit length and address.
 *
 * @param codec The codec.
 * @param place Which segment of which array.
 * @returns The segment.
 * @throws {RangeError} If the place is outside or misaligned, or if a page
 * pointer does not point at a `struct page`.
 *
 * @example Read back what was encoded
 * ```ts
 * import {
 *   createCodec,
 *   decodeSegment,
 *   encodeSegment,
 *   findAbi,
 *   findLayout,
 * } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const view = new DataView(new ArrayBuffer(4096));
 * const codec = createCodec(findLayout("phys_len"), findAbi("lp64"), view);
 * const place = { base: 0, capacity: 8, index: 1 };
 * encodeSegment(codec, place, { address: 0x1000n, lengthBytes: 512 });
 * assertEquals(decodeSegment(codec, place).address, 0x1000n);
 * ```
 */
export function decodeSegment(
  codec: SegmentCodec,
  place: SegmentPlace,
): DecodedSegment {
  checkPlace(codec, place);
  const { address, length, flag } = codec.layout.roles;
  const read = (name: string) => readField(codec, place, name);
  const flagInAddress = flag?.field === address.field;
  const field = read(address.field) &
    (flagInAddress ? ~(1n << BigInt(flag.bit)) : -1n);
  const offset = address.offset === undefined ? 0n : read(address.offset);
  const { sizeBits } = findField(codec.placed, length.field);
  const high = length.high === undefined ? 0n : read(length.high);
  return {
    address: physicalAddress(codec, field) + offset,
    lengthBytes: read(length.field) | (high << BigInt(sizeBits)),
    p2p: flag !== undefined &&
      ((read(flag.field) >> BigInt(flag.bit)) & 1n) === 1n,
  };
}

function physicalAddress(codec: SegmentCodec, value: bigint): bigint {
  const { layout, abi, pageArrayBase } = codec;
  const { kind, field } = layout.roles.address;
  if (kind === "phys" || kind === "dma") return value;
  if (kind === "pfn") return value * BigInt(PAGE_BYTES);
  const pageBytes = BigInt(abi.pageStructBytes);
  const fromBase = value - pageArrayBase;
  if (fromBase < 0n || fromBase % pageBytes !== 0n) {
    throw new RangeError(
      `Cannot decode field "${field}" of layout "${layout.name}" on ` +
        `${abi.name}: ${hex(value)}, expected a struct page at or above ` +
        hex(pageArrayBase),
    );
  }
  return fromBase / pageBytes * BigInt(PAGE_BYTES);
}

function wholeLength(codec: SegmentCodec, given: number | bigint): bigint {
  if (typeof given === "bigint" || Number.isSafeInteger(given)) {
    return BigInt(given);
  }
  throw new RangeError(
    `Cannot encode ${lengthField(codec)}: ${given} bytes, ` +
      `expected a whole number that a double holds exactly`,
  );
}

function checkSegment(
  codec: SegmentCodec,
  segment: Segment & { lengthBytes: bigint },
): void {
  const { layout, abi } = codec;
  const limits = layoutLimits(layout, abi);
  if (isUnsupported(limits)) throw new RangeError(limits.unsupported);
  const { address, lengthBytes } = segment;
  if (lengthBytes < 0n || lengthBytes > limits.longestLengthBytes) {
    throw new RangeError(
      `Cannot encode ${lengthField(codec)}: ${lengthBytes} bytes, ` +
        `expected 0 to ${limits.longestLengthBytes} bytes`,
    );
  }
  checkAddress(codec, address, limits);
  if (segment.p2p && layout.roles.flag === undefined) {
    throw new RangeError(
      `Cannot encode the P2P flag of layout "${layout.name}" on ` +
        `${abi.name}: true, expected false because it has no flag`,
    );
  }
}

function checkAddress(
  { layout, abi }: SegmentCodec,
  address: bigint,
  { lastAddress, addressAlignBytes }: LayoutLimits,
): void {
  const field =
    `field "${layout.roles.address.field}" of layout "${layout.name}" on ` +
    abi.name;
  if (address < 0n || address > lastAddress) {
    throw new RangeError(
      `Cannot encode ${field}: address ${hex(address)}, ` +
        `expected 0x0 to ${hex(lastAddress)}`,
    );
  }
  if (address % BigInt(addressAlignBytes) !== 0n) {
    throw new RangeError(
      `Cannot encode ${field}: address ${hex(address)}, ` +
        `expected a multiple of ${addressAlignBytes}`,
    );
  }
}

const codecSchema = valueOf<SegmentCodec>(
  "a codec, as createCodec() makes it",
  ({ layout, placed, shape, view }) =>
    [layout, placed, shape, view].every((part) => typeof part === "object"),
);

const number = anyNumber();

const placeSchema = z.strictObject(
  {
    base: number,
    capacity: number,
    index: number,
  } satisfies Record<keyof SegmentPlace, z.ZodType>,
);

const segmentSchema = z.strictObject(
  {
    address: z.bigint(),
    lengthBytes: z.union([number, z.bigint()], {
      error: "a number or a bigint",
    }),
    p2p: z.boolean().optional(),
  } satisfies Record<keyof Segment, z.ZodType>,
);

function checkPlace(codec: SegmentCodec, place: SegmentPlace): void {
  checkValue("use a segment", codecSchema, codec, "codec");
  checkValue("use a segment", placeSchema, place, "place");
  const { base, capacity, index } = place;
  const where = `layout "${codec.layout.name}" on ${codec.abi.name}`;
  const align = codec.arrayAlignBytes;
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(
      `Cannot use an array of ${where}: capacity ${capacity}, ` +
        `expected a whole number of segments from 1`,
    );
  }
  if (!Number.isInteger(index) || index < 0 || index >= capacity) {
    throw new RangeError(
      `Cannot use an array of ${where}: index ${index}, ` +
        `expected 0 to ${capacity - 1}`,
    );
  }
  const { byteLength = 2 ** 31 } = codec.view;
  const last = byteLength - codec.arrayBytes(capacity);
  if (!Number.isInteger(base) || base < 0 || base > last) {
    throw new RangeError(
      `Cannot use an array of ${where}: base ${base}, expected 0 to ${last} ` +
        `for ${capacity} segments in ${byteLength} bytes`,
    );
  }
  if (base % align !== 0) {
    throw new RangeError(
      `Cannot use an array of ${where}: base ${base}, ` +
        `expected a multiple of ${align}`,
    );
  }
}

function writeField(
  codec: SegmentCodec,
  place: SegmentPlace,
  { name, value }: { name: string; value: bigint },
): void {
  for (const { at, bit, of } of fieldBits(codec, place, name)) {
    const old = codec.view.getUint8(at) & ~(1 << bit);
    const set = Number((value >> BigInt(of)) & 1n) << bit;
    codec.view.setUint8(at, old | set);
  }
}

function readField(
  codec: SegmentCodec,
  place: SegmentPlace,
  name: string,
): bigint {
  let value = 0n;
  for (const { at, bit, of } of fieldBits(codec, place, name)) {
    value |= BigInt((codec.view.getUint8(at) >>> bit) & 1) << BigInt(of);
  }
  return value;
}

/** Every bit of a field: its byte and bit there, and its bit of the value. */
function* fieldBits(
  { placed, shape, abi }: SegmentCodec,
  { base, capacity, index }: SegmentPlace,
  name: string,
): Generator<{ at: number; bit: number; of: number }> {
  const { startBit, sizeBits } = findField(placed, name);
  const { startByte } = regionOf(shape, startBit >>> 3);
  const at = shape.locator(startByte)(base, capacity, index) - startByte;
  for (let bit = 0; bit < sizeBits; bit++) {
    const memoryBit = startBit + bit;
    yield abi.littleEndian
      ? { at: at + (memoryBit >>> 3), bit: memoryBit & 7, of: bit }
      : {
        at: at + (memoryBit >>> 3),
        bit: 7 - (memoryBit & 7),
        of: sizeBits - 1 - bit,
      };
  }
}

function lengthField({ layout, abi }: SegmentCodec): string {
  return `field "${layout.roles.length.field}" of layout "${layout.name}" ` +
    `on ${abi.name}`;
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
