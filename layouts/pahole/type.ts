/**
 * Types as debug information knows them (DWARF, BTF): sizes and offsets are
 * given, not worked out. What pahole's listing is printed from.
 */

/** A scalar such as `unsigned int`. */
export interface BaseType {
  readonly kind: "base";
  /** Its name; empty for none. */
  readonly name: string;
  readonly sizeBytes: number;
}

export interface PointerTo {
  readonly kind: "pointer";
  /** What it points to; `undefined` for void. */
  readonly to: DebugType | undefined;
  /** Size of a pointer in bytes. */
  readonly sizeBytes: number;
}

/** `const`, `volatile` or `restrict` of a type. */
export interface ModifiedType {
  /** Which of them. */
  readonly kind: "const" | "volatile" | "restrict";
  /** The type; `undefined` for void. */
  readonly to: DebugType | undefined;
}

/** Another name of a type. */
export interface NamedType {
  readonly kind: "typedef";
  readonly name: string;
  /** The type; `undefined` for void. */
  readonly to: DebugType | undefined;
}

/** An array of one dimension or more. */
export interface ArrayOf {
  readonly kind: "array";
  /** What it consists of; `undefined` where that is broken. */
  readonly to: DebugType | undefined;
  /** Number of elements by dimension. */
  readonly counts: readonly number[];
}

export interface RecordType {
  /** Which of them. */
  readonly kind: "struct" | "union";
  /** Its tag; empty for none. */
  readonly name: string;
  /** `sizeof`; 0 for a mere declaration. */
  readonly sizeBytes: number;
  readonly members: readonly RecordMember[];
  /** Alignment that was asked for, in bytes; 0 for none. */
  readonly alignedBytes: number;
  /** Whether a member's alignment explains its padding, too. */
  readonly alignedByMember?: boolean;
  /** Whether it is said to be packed; guessed from the places if not said. */
  readonly packed?: boolean;
}

export interface RecordMember {
  /** Its name; empty for none. */
  readonly name: string;
  /** Its type; `undefined` where that is broken. */
  readonly type: DebugType | undefined;
  /** First bit from the start of the record, in memory order. */
  readonly startBit: number;
  /** Where it is shown: for a bit-field, its storage unit. */
  readonly offsetBytes: number;
  /** Bytes that it takes; for a bit-field, its storage unit. */
  readonly sizeBytes: number;
  /** Width of a bit-field; 0 for other members. */
  readonly bitSize: number;
  /** Alignment that was asked for, in bytes; 0 for none. */
  readonly alignedBytes: number;
}

export interface EnumType {
  readonly kind: "enum";
  /** Its tag; empty for none. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Its values in order. */
  readonly values: readonly EnumValue[];
}

export interface EnumValue {
  readonly name: string;
  readonly value: bigint;
}

export interface FunctionType {
  readonly kind: "function";
  /** What it returns; `undefined` for void. */
  readonly returns: DebugType | undefined;
  readonly parameters: readonly FunctionParameter[];
  /** Whether it takes more than those. */
  readonly variadic: boolean;
}

export interface FunctionParameter {
  /** Its name; empty for none. */
  readonly name: string;
  readonly type: DebugType | undefined;
}

/** Any type. */
export type DebugType =
  | BaseType
  | PointerTo
  | ModifiedType
  | NamedType
  | ArrayOf
  | RecordType
  | EnumType
  | FunctionType;

/** Longest chain of typedefs, modifiers and arrays that is followed. */
const MOST_STEPS = 64;

/**
 * Leaves out typedefs and modifiers.
 *
 * @returns What is after them; `undefined` for void.
 * @throws {RangeError} If they form a cycle.
 */
export function stripped(type: DebugType | undefined): DebugType | undefined {
  let at = type;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (at === undefined || !isName(at)) return at;
    at = at.to;
  }
  throw new RangeError(
    `Cannot follow a type: found more than ${MOST_STEPS} typedefs in a ` +
      `chain, expected fewer`,
  );
}

function isName(type: DebugType): type is ModifiedType | NamedType {
  switch (type.kind) {
    case "typedef":
    case "const":
    case "volatile":
    case "restrict":
      return true;
    default:
      return false;
  }
}

/**
 * Returns the size of a type.
 *
 * @param depth Arrays around it so far.
 * @returns Bytes; 0 for void and functions.
 * @throws {RangeError} If the type contains itself.
 */
export function sizeOfType(type: DebugType | undefined, depth = 0): number {
  if (depth > MOST_STEPS) {
    throw new RangeError(
      `Cannot find the size of a type: more than ${MOST_STEPS} arrays of ` +
        `arrays, expected an end`,
    );
  }
  const plain = stripped(type);
  switch (plain?.kind) {
    case "base":
    case "pointer":
    case "enum":
      return plain.sizeBytes;
    case "struct":
    case "union":
      // C++'s empty base; pahole takes it so everywhere.
      return plain.sizeBytes === 1 && plain.members.length === 0
        ? 0
        : plain.sizeBytes;
    case "array": {
      const sizeBytes = plain.counts.reduce(
        (product, count) => product * count,
        sizeOfType(plain.to, depth + 1),
      );
      if (Number.isSafeInteger(sizeBytes)) return sizeBytes;
      throw new RangeError(
        `Cannot find the size of a type: an array has ${sizeBytes} bytes, ` +
          `expected fewer than 2^53`,
      );
    }
    default:
      return 0;
  }
}

export function isRecord(type: DebugType | undefined): type is RecordType {
  return type?.kind === "struct" || type?.kind === "union";
}
