/**
 * C types as data: the scalar types that kernel structs are made of, pointers,
 * arrays, structs and unions.
 */

/** Names of the scalar types that a field may have. */
export type ScalarName =
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "s8"
  | "s16"
  | "s32"
  | "s64"
  | "bool"
  | "char"
  | "signed char"
  | "unsigned char"
  | "short"
  | "unsigned short"
  | "int"
  | "unsigned int"
  | "long"
  | "unsigned long"
  | "long long"
  | "unsigned long long"
  | "__int128"
  | "unsigned __int128"
  | "float"
  | "double"
  | "size_t"
  | "phys_addr_t"
  | "dma_addr_t";

/** A pointer to something that the layout need not know. */
export interface PointerType {
  /** What it points to, such as `struct page`. */
  readonly pointerTo: string;
}

/** A pointer to a function. */
export interface FunctionPointerType {
  /** What the function returns, such as `void`. */
  readonly returns: string;
  /** Types of its parameters; `...` as the last for more. */
  readonly parameters: readonly string[];
}

/** Another name of a type. */
export interface TypedefType {
  /** The name, such as `sector_t`. */
  readonly typedef: string;
  /** The type. */
  readonly type: CType;
  /** `__attribute__((aligned(n)))` of the typedef, in bytes. */
  readonly alignedBytes?: number;
}

/** An enumeration; unnamed ones are the scalar that holds them. */
export interface EnumTypeName {
  /** Its tag. */
  readonly enum: string;
  /** The scalar that holds its values. */
  readonly type: ScalarName;
}

/** A member of a struct or union. */
export interface CField {
  /** Its name; empty for an unnamed struct, union or bit-field. */
  readonly name: string;
  /** Its type. */
  readonly type: CType;
  /** Width of a bit-field in bits; 0 ends the storage unit. */
  readonly bits?: number;
  /** Number of elements, for an array; by dimension where it has several. */
  readonly count?: number | readonly number[];
  /** `__attribute__((aligned(n)))` of the member, in bytes. */
  readonly alignedBytes?: number;
  /** `__attribute__((packed))` of the member. */
  readonly packed?: boolean;
}

/** A C struct or union as data. */
export interface CStruct {
  /** Its tag; empty for an unnamed one. */
  readonly name: string;
  /** Whether members follow each other or overlay each other. */
  readonly kind?: "struct" | "union";
  /** Its members in order. */
  readonly fields: readonly CField[];
  /** `__attribute__((packed))`. */
  readonly packed?: boolean;
  /** `__attribute__((aligned(n)))`, in bytes. */
  readonly alignedBytes?: number;
}

/** Any type that a field may have. */
export type CType =
  | ScalarName
  | PointerType
  | FunctionPointerType
  | TypedefType
  | EnumTypeName
  | CStruct;

/** Tells a struct or union from other types. */
export function isStruct(type: CType): type is CStruct {
  return typeof type === "object" && "fields" in type;
}

export function withoutTypedefs(
  type: CType,
): Exclude<CType, TypedefType> {
  let at = type;
  while (typeof at === "object" && "typedef" in at) at = at.type;
  return at;
}

const SIGNED: ReadonlySet<CType> = new Set<ScalarName>([
  ...["s8", "s16", "s32", "s64", "char", "signed char", "short"] as const,
  ...["int", "long", "long long", "__int128"] as const,
]);

/**
 * Returns whether a type has values below 0, so that its uppermost bit is none
 * of a length.
 *
 * @returns Whether it is a signed integer; `char` counts as one.
 */
export function isSigned(type: CType): boolean {
  const plain = withoutTypedefs(type);
  return typeof plain === "object" && "enum" in plain
    ? SIGNED.has(plain.type)
    : SIGNED.has(plain);
}

/**
 * Returns the dimensions of a member.
 *
 * @returns Elements by dimension; none if it is not an array.
 */
export function dimensions(field: CField): readonly number[] {
  const { count } = field;
  if (count === undefined) return [];
  return typeof count === "number" ? [count] : count;
}

/**
 * Counts the elements of a member.
 *
 * @returns The elements of all dimensions; 1 if it is not an array.
 */
export function elements(field: CField): number {
  return dimensions(field).reduce((product, count) => product * count, 1);
}

/**
 * Prints a type as C does before a field's name.
 *
 * @returns The text, such as `struct page *`.
 */
export function typeText(type: CType): string {
  if (typeof type === "string") return type;
  if (isStruct(type)) return `${type.kind ?? "struct"} ${type.name}`.trimEnd();
  if ("typedef" in type) return type.typedef;
  if ("enum" in type) return `enum ${type.enum}`;
  if ("returns" in type) {
    return `${type.returns} (*)(${type.parameters.join(", ") || "void"})`;
  }
  return `${type.pointerTo} *`;
}
