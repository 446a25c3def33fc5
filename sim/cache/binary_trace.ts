/**
 * The binary form of address traces: a ninth of the size of lackey text, and
 * no digits to read. After 8 bytes of signature come records:
 *
 *     byte 0        bits 0-1 kind: 0 read, 1 write, 2 instruction, 3 modify
 *                   bits 2-7 size in bytes, 1 to 63; 0: a size field follows
 *     size field    the size as a varint, only if bits 2-7 are 0
 *     address       a varint: zigzag of the address minus the predicted one
 *
 * The predicted address is the one after the last reference of the same stream
 * (address + size); instructions are one stream, data the other, and both begin
 * at 0. Addresses are 64-bit and wrap. A varint has 7 bits a byte, low bits
 * first, and the top bit set on all bytes but the last; zigzag maps 0, -1, 1,
 * -2 to 0, 1, 2, 3.
 */
import { inputError } from "../text/input_error.ts";
import type { AddressTraceEntry, ParserInput } from "./address_text.ts";
import {
  LARGEST_REFERENCE_BYTES,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./reference.ts";

/** First bytes of a binary trace; the last one is the version. */
export const BINARY_SIGNATURE: Uint8Array = new Uint8Array(
  [0x89, 0x42, 0x56, 0x41, 0x54, 0x0d, 0x0a, 0x01], // \x89 B V A T \r \n 1
);

/** A record at its longest: header, 5 bytes of size, 10 of address. */
const LONGEST_RECORD_BYTES = 16;

export const binary: AddressTraceEntry = {
  name: "binary",
  origin: "lab cache --save FILE",
  isText: false,
  signature: BINARY_SIGNATURE,
  isReference: () => false,
  isMessage: () => false,
  samples: [
    new Uint8Array([
      ...BINARY_SIGNATURE,
      ...[3 << 2 | 2, 32], // an instruction of 3 bytes at 16
      ...[2, 64, 0], // one of 64 bytes behind it
      ...[8 << 2 | 1, 16], // a write of 8 bytes at 8
      ...[4 << 2 | 3, 0xff, 0xff, 0x03], // a modify, below it
    ]),
  ],
  tokens: [],
  create: (name) => new BinaryTraceParser(name),
};

/** Parses the binary form, signature included. */
class BinaryTraceParser {
  /** Records hold references only. */
  readonly skippedLines = 0;
  /** All of them are taken literally. */
  readonly remarks: Readonly<Record<string, number>> = {};
  readonly #name: string;
  #record = 0;
  #byte = 0;
  /** What `#readSize()` read last. */
  #size = 0;
  #hasSignature = false;
  /** Predicted address of data and instructions, lo and hi. */
  readonly #predicted = new Int32Array(4);

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Parses whole records until the batch is full or no whole one is left.
   *
   * @throws {SyntaxError} At a malformed or truncated record.
   */
  parse(input: ParserInput, batch: ReferenceBatch): void {
    const { bytes, end } = input;
    const { addressLo, addressHi, sizeAndKind } = batch;
    const predicted = this.#predicted;
    const capacity = sizeAndKind.length;
    // A record that may be cut off waits for the bytes that follow.
    const safeEnd = input.isLast ? end : end - LONGEST_RECORD_BYTES + 1;
    let filled = batch.length;
    let at = input.at;
    const base = this.#byte - at;
    if (!this.#hasSignature) at = this.#checkSignature(input);
    for (; at < safeEnd && filled < capacity; filled++) {
      const start = at;
      const header = bytes[at++] as number;
      let size = header >> 2;
      if (size === 0) {
        at = this.#readSize(input, at, base + start);
        size = this.#size;
      }
      let low = at < end ? bytes[at++] as number : -1;
      if (low < 0) this.#fail(base + start, "an address");
      let high = 0;
      if (low >= 0x80) {
        low &= 0x7f;
        let shift = 7;
        let part: number;
        do {
          part = at < end ? bytes[at++] as number : -1;
          if (part < 0 || shift > 63 || (shift === 63 && part > 1)) {
            this.#fail(base + start, "an address of at most 64 bits");
          }
          const bits = part & 0x7f;
          if (shift < 32) low |= bits << shift;
          if (shift >= 32) high |= bits << (shift - 32);
          else if (shift > 25) high |= bits >>> (32 - shift);
          shift += 7;
        } while (part >= 0x80);
      }
      // Undo the zigzag over 64 bits, then add with carry.
      const sign = -(low & 1);
      const deltaLo = ((low >>> 1) | (high << 31)) ^ sign;
      const deltaHi = (high >>> 1) ^ sign;
      const kind = header & 3;
      const stream = kind === REFERENCE_KIND.instruction ? 2 : 0;
      const fromLo = predicted[stream] as number;
      const lo = (fromLo + deltaLo) | 0;
      const carry = (lo >>> 0) < (fromLo >>> 0) ? 1 : 0;
      const hi = ((predicted[stream + 1] as number) + deltaHi + carry) | 0;
      addressLo[filled] = lo;
      addressHi[filled] = hi;
      sizeAndKind[filled] = (size << 2) | kind;
      const behind = (lo + size) | 0;
      predicted[stream] = behind;
      predicted[stream + 1] = (behind >>> 0) < (lo >>> 0) ? hi + 1 : hi;
      this.#record++;
    }
    batch.length = filled;
    this.#byte = base + at;
    input.at = at;
  }

  /** Reads a size that its header has no room for; where it ends. */
  #readSize({ bytes, end }: ParserInput, from: number, record: number): number {
    let at = from;
    let size = 0;
    let shift = 0;
    let part: number;
    do {
      part = at < end ? bytes[at++] as number : -1;
      if (part < 0 || shift > 28) this.#fail(record, "a size");
      size += (part & 0x7f) * 2 ** shift;
      shift += 7;
    } while (part >= 0x80);
    if (size < 1 || size > LARGEST_REFERENCE_BYTES) {
      this.#fail(record, `a size from 1 to ${LARGEST_REFERENCE_BYTES}`);
    }
    this.#size = size;
    return at;
  }

  #checkSignature(input: ParserInput): number {
    BINARY_SIGNATURE.forEach((byte, index) => {
      if (input.bytes[input.at + index] !== byte || index >= input.end) {
        this.#fail(index, "the signature of a binary address trace, version 1");
      }
    });
    this.#hasSignature = true;
    return input.at + BINARY_SIGNATURE.length;
  }

  #fail(byte: number, expected: string): never {
    throw inputError({
      kind: "trace",
      name: this.#name,
      where: `record ${this.#record + 1}, byte ${byte}`,
      found: "a damaged or truncated record",
      expected,
    });
  }
}

/**
 * Writes the binary form, batch by batch.
 *
 * @example One read: the signature and a record of 2 bytes
 * ```ts
 * import { BinaryTraceWriter } from "./binary_trace.ts";
 * import { createReferenceBatch } from "./reference.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const batch = createReferenceBatch(1);
 * batch.addressLo[0] = 16;
 * batch.sizeAndKind[0] = 8 << 2;
 * batch.length = 1;
 * const bytes = new BinaryTraceWriter().encode(batch);
 * assertEquals([...bytes.subarray(8)], [8 << 2, 32]);
 * ```
 */
export class BinaryTraceWriter {
  #isFirst = true;
  readonly #predicted: [bigint, bigint] = [0n, 0n];

  /**
   * Encodes a batch; the first one begins with the signature.
   *
   * @returns Their bytes, to be put after those of earlier batches.
   */
  encode(batch: ReferenceBatch): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(8 + batch.length * LONGEST_RECORD_BYTES);
    let at = 0;
    if (this.#isFirst) {
      bytes.set(BINARY_SIGNATURE);
      at = BINARY_SIGNATURE.length;
      this.#isFirst = false;
    }
    for (let index = 0; index < batch.length; index++) {
      const meta = batch.sizeAndKind[index] ?? 0;
      const kind = meta & 3;
      const size = meta >>> 2;
      bytes[at++] = kind | (size < 64 ? size << 2 : 0);
      if (size >= 64) at = putVarint(bytes, at, BigInt(size));
      const address = BigInt.asUintN(
        64,
        BigInt(batch.addressHi[index] ?? 0) << 32n |
          BigInt((batch.addressLo[index] ?? 0) >>> 0),
      );
      const stream = kind === REFERENCE_KIND.instruction ? 1 : 0;
      const delta = BigInt.asIntN(64, address - this.#predicted[stream]);
      const zigzag = BigInt.asUintN(64, (delta << 1n) ^ (delta >> 63n));
      at = putVarint(bytes, at, zigzag);
      this.#predicted[stream] = address + BigInt(size);
    }
    return bytes.slice(0, at);
  }
}

function putVarint(bytes: Uint8Array, at: number, value: bigint): number {
  for (; value >= 0x80n; value >>= 7n) {
    bytes[at++] = Number(value & 0x7fn) | 0x80;
  }
  bytes[at++] = Number(value);
  return at;
}
