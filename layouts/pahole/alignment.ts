/**
 * What pahole guesses of attributes, since BTF does not say them: alignment
 * from the gaps between members, packed from members at odd places.
 */
import type { Holes } from "./holes.ts";
import { type DebugType, isRecord, type RecordType, stripped } from "./type.ts";

export const LINE_BYTES = 64;

/** Deepest nesting of records in records and arrays that is followed. */
const MOST_DEPTH = 64;

const NATURAL = new WeakMap<RecordType, number>();

/**
 * Returns the alignment that a type has by its own members.
 *
 * @param type The type, without typedefs and modifiers.
 * @param depth Types around it so far.
 * @returns Bytes, at least 1. It is taken for the size of the largest scalar,
 * as pahole does, so a u64 counts 8 on i386, too.
 * @throws {RangeError} If the type contains itself.
 */
export function naturalAlignment(
  type: DebugType | undefined,
  depth = 0,
): number {
  if (depth > MOST_DEPTH) {
    throw new RangeError(
      `Cannot find the alignment of a type: nested more than ${MOST_DEPTH} ` +
        `deep, expected less`,
    );
  }
  switch (type?.kind) {
    case "base":
    case "pointer":
    case "enum":
      return type.sizeBytes & 0xffff || 1;
    case "array":
      return naturalAlignment(stripped(type.to), depth + 1);
    case "struct":
    case "union":
      return recordAlignment(type, depth) || 1;
    default:
      return 1;
  }
}

function recordAlignment(record: RecordType, depth: number): number {
  const known = NATURAL.get(record);
  if (known !== undefined) return known;
  let most = 0;
  for (const member of record.members) {
    const type = stripped(member.type);
    if (type === undefined) continue;
    most = Math.max(most, naturalAlignment(type, depth + 1));
  }
  NATURAL.set(record, most);
  return most;
}

/**
 * Guesses an alignment that was asked for.
 *
 * @param offsetBytes Where the member starts, or where the record ends.
 * @param usedBytes First byte after the member before.
 * @returns The alignment in bytes; 0 if its natural one explains the place.
 */
export function guessAlignment(
  offsetBytes: number,
  naturalBytes: number,
  usedBytes: number,
): number {
  const gap = (offsetBytes - usedBytes) >>> 0;
  if (gap === 0 || offsetBytes % 2 !== 0) return 0;
  // The power of two above the gap; the shift wraps as x86's does.
  const power = (1 << (32 - Math.clz32(gap))) >>> 0;
  if (power <= naturalBytes || power === 1) return 0;
  const onLine = power < LINE_BYTES && offsetBytes % LINE_BYTES === 0;
  return onLine ? LINE_BYTES : power;
}

/**
 * What one run of pahole knows of packed records. A member at an odd place
 * makes its type packed from there on, so order matters: `pahole -C` begins
 * afresh, a listing of a whole file continues with what it saw.
 */
export class PackedGuess {
  readonly #packed = new Map<RecordType, boolean>();
  readonly #holes: (record: RecordType) => Holes;

  constructor(holes: (record: RecordType) => Holes) {
    this.#holes = holes;
  }

  isPacked(record: RecordType): boolean {
    return record.packed ?? this.#packed.get(record) ?? false;
  }

  /** Looks at a struct before it is printed. */
  look(record: RecordType): void {
    if (record.packed !== undefined || this.#packed.has(record)) return;
    const holes = this.#holes(record);
    if (holes.paddingBytes !== 0 || holes.byteHoles !== 0) {
      for (const member of record.members) {
        const type = stripped(member.type);
        if (type?.kind !== "struct") continue;
        if (member.offsetBytes % naturalAlignment(type) !== 0) {
          this.#packed.set(type, true);
        }
      }
      this.#packed.set(record, false);
      return;
    }
    this.#packed.set(record, atOddPlaces(record));
  }

  /**
   * Looks at a union before it is printed: its size may be no multiple of what
   * a struct in it would need.
   */
  lookAtUnion(record: RecordType): void {
    if (this.#packed.has(record)) return;
    for (const member of record.members) {
      const type = stripped(member.type);
      if (type?.kind !== "struct") continue;
      if (record.sizeBytes % naturalAlignment(type) !== 0) {
        this.#packed.set(type, true);
      }
    }
    this.#packed.set(record, false);
  }
}

function atOddPlaces(record: RecordType): boolean {
  let most = 1;
  for (const member of record.members) {
    const natural = naturalAlignment(stripped(member.type));
    if (natural === 1) continue;
    most = Math.max(most, natural);
    if (member.offsetBytes % natural !== 0) return true;
  }
  return (most !== 1 && record.alignedBytes === 1) ||
    record.sizeBytes % most !== 0;
}

/** Returns whether a type is where it is defined, having no tag. */
export function isInline(type: DebugType | undefined): boolean {
  return (isRecord(type) || type?.kind === "enum") && type.name === "";
}
