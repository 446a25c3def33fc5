/**
 * A memory reference, and many of them in typed arrays: what the trace readers
 * and the tracer make and what the cache model takes.
 */
import { checkWhole } from "../../layouts/value_text.ts";

/** A line of the processor that runs the model. */
const LINE_BYTES = 64;

/**
 * What a reference does; `modify` is a read and then a write of one place.
 *
 * @example A write, in the column of a batch
 * ```ts
 * import { REFERENCE_KIND } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(8 << 2 | REFERENCE_KIND.write, 33); // of 8 bytes
 * ```
 */
export const REFERENCE_KIND = {
  read: 0,
  write: 1,
  instruction: 2,
  modify: 3,
} as const;

/** A batch of references in columns, filled from the front. */
export interface ReferenceBatch {
  /** How many references the columns hold now. */
  length: number;
  /** Address of each reference, low 32 bits. */
  readonly addressLo: Int32Array;
  /** Address of each reference, high 32 bits. */
  readonly addressHi: Int32Array;
  /** `sizeBytes << 2 | kind` of each reference; sizes from 1 to 2^28. */
  readonly sizeAndKind: Int32Array;
}

/** The largest reference that a batch can say, in bytes. */
export const LARGEST_REFERENCE_BYTES = 1 << 28;

/**
 * Makes an empty batch.
 *
 * @returns The batch, 12 bytes per reference.
 *
 * @example A batch of one write
 * ```ts
 * import { createReferenceBatch, REFERENCE_KIND } from "./reference.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const batch = createReferenceBatch(1024);
 * batch.addressLo[0] = 0x1000;
 * batch.addressHi[0] = 0;
 * batch.sizeAndKind[0] = 8 << 2 | REFERENCE_KIND.write;
 * batch.length = 1;
 * assertEquals(batch.sizeAndKind[0], 33);
 * ```
 */
export function createReferenceBatch(capacity: number): ReferenceBatch {
  checkCapacity(capacity);
  return {
    length: 0,
    addressLo: new Int32Array(capacity),
    addressHi: new Int32Array(capacity),
    sizeAndKind: new Int32Array(capacity),
  };
}

/** Bytes of a batch that is in other memory. */
export function batchBytes(capacity: number): number {
  return 3 * columnBytes(capacity);
}

/**
 * Lays an empty batch into other memory: columns as far from each other, each at
 * the start of a line of the processor if the first one is.
 *
 * @param at Where its `batchBytes(capacity)` begin.
 */
export function batchIn(
  buffer: ArrayBufferLike,
  at: number,
  capacity: number,
): ReferenceBatch {
  const column = (index: number) =>
    new Int32Array(buffer, at + index * columnBytes(capacity), capacity);
  return {
    length: 0,
    addressLo: column(0),
    addressHi: column(1),
    sizeAndKind: column(2),
  };
}

function columnBytes(capacity: number): number {
  const lines = Math.ceil(capacity * Int32Array.BYTES_PER_ELEMENT / LINE_BYTES);
  return lines * LINE_BYTES;
}

/**
 * Checks how many references a batch is to hold.
 *
 * @returns The same.
 * @throws {RangeError} If it is not 1 to 2^28.
 */
export function checkCapacity(capacity: number): number {
  checkWhole("make a batch", "capacity", capacity, {
    least: 1,
    most: 2 ** 28,
    expected: `a whole number from 1 to ${2 ** 28}`,
  });
  return capacity;
}
