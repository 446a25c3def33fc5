/**
 * Where a field's bits are read and written: the 1, 2, 4 or 8 bytes that are
 * accessed at once, and the field's place in their value.
 *
 * Bit-fields that follow each other share one window, as GCC's bit-field
 * representative does, so that a length and the flag beside it are one store.
 */
import { findField, leafFields, membersBeside } from "./placed_members.ts";
import type { PlacedField, PlacedStruct } from "./struct.ts";

/** Bytes that are accessed at once, and a field's place in their value. */
export interface Window {
  /** First byte, from the start of the struct. */
  readonly startByte: number;
  /** 1, 2, 4 or 8. */
  readonly sizeBytes: number;
  /** Bits below the field in the window's value. */
  readonly shift: number;
  /** Bits of the field. */
  readonly width: number;
  /** Whether bytes of another member, not a bit-field, are in it. */
  readonly shared: boolean;
}

/** A part of a struct that stays together: all of it, or a column of soa. */
export interface Region {
  /** First byte, from the start of the struct. */
  readonly startByte: number;
  /** Byte after the last. */
  readonly endByte: number;
}

/**
 * Finds the window of a field.
 *
 * @param options The field, and the region that the window may not leave.
 * @throws {RangeError} If the field does not fit 8 bytes.
 */
export function fieldWindow(
  placed: PlacedStruct,
  options: { readonly name: string; readonly region: Region },
): Window {
  const field = findField(placed, options.name);
  const own = bytesOf(field);
  const run = field.bitSize === undefined ? own : bitFieldRun(placed, field);
  const window = windowAround(run, options.region) ??
    windowAround(own, options.region);
  if (window === undefined || field.sizeBits > 64) {
    throw new RangeError(
      `Cannot access field "${field.name}" of struct ${placed.struct.name}: ` +
        `it spans ${own.endByte - own.startByte} bytes, expected at most 8`,
    );
  }
  const startByte = window.startByte;
  const sizeBytes = window.endByte - startByte;
  const below = field.startBit - startByte * 8;
  return {
    startByte,
    sizeBytes,
    shift: placed.abi.littleEndian
      ? below
      : sizeBytes * 8 - below - field.sizeBits,
    width: field.sizeBits,
    shared: leafFields(placed).some((other) =>
      other.bitSize === undefined &&
      !(other.field === field.field && other.startBit === field.startBit) &&
      bytesOf(other).startByte < window.endByte &&
      bytesOf(other).endByte > startByte
    ),
  };
}

/**
 * Returns the bytes that a field has bits in.
 *
 * @returns The bytes, from the start of the struct.
 */
export function bytesOf(field: PlacedField): Region {
  return {
    startByte: field.startBit >>> 3,
    endByte: Math.ceil((field.startBit + field.sizeBits) / 8),
  };
}

/**
 * Returns the bytes of all bit-fields around a bit-field with no other member
 * between them.
 *
 * @returns The bytes, from the start of the struct.
 */
export function bitFieldRun(placed: PlacedStruct, field: PlacedField): Region {
  const beside = membersBeside(placed, field);
  const isBits = (at: number) => beside[at]?.bitSize !== undefined;
  let first = beside.findIndex((other) => other.field === field.field);
  let last = first;
  while (isBits(first - 1)) first--;
  while (isBits(last + 1)) last++;
  const regions = beside.slice(first, last + 1).map(bytesOf);
  return {
    startByte: Math.min(...regions.map((region) => region.startByte)),
    endByte: Math.max(...regions.map((region) => region.endByte)),
  };
}

function windowAround(bytes: Region, within: Region): Region | undefined {
  const needed = bytes.endByte - bytes.startByte;
  for (const size of [1, 2, 4, 8]) {
    if (size < needed || size > within.endByte - within.startByte) continue;
    const latest = within.endByte - size;
    const startByte = Math.min(bytes.startByte, latest);
    return { startByte, endByte: startByte + size };
  }
  return undefined;
}
