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
  | "int"
  | "unsigned int"
  | "unsigned long"
  | "size_t"
  | "phys_addr_t"
  | "dma_addr_t";

/** A pointer to something that the layout need not know. */
export interface PointerType {
  /** What it points to, such as `struct page`. */
  readonly pointerTo: string;
}

/** A member of a struct or union. */
export interface CField {
  /** Its name; empty for an unnamed struct, union or bit-field. */
  readonly name: string;
  /** Its type. */
  readonly type: CType;
  /** Width of a bit-field in bits; 0 ends the storage unit. */
  readonly bits?: number;
  /** Number of elements, for an array. */
  readonly count?: number;
  /** `__attribute__((aligned(n)))` of the member, in bytes. */
  readonly alignedBytes?: number;
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
export type CType = ScalarName | PointerType | CStruct;

/**
 * Tells a struct or union from other types.
 *
 * @param type Any type.
 * @returns Whether it has members.
 */
export function isStruct(type: CType): type is CStruct {
  return typeof type === "object" && "fields" in type;
}

/**
 * Prints a type as C does before a field's name.
 *
 * @param type The type.
 * @returns The text, such as `struct page *`.
 */
export function typeText(type: CType): string {
  if (typeof type === "string") return type;
  if (isStruct(type)) return `${type.kind ?? "struct"} ${type.name}`.trimEnd();
  return `${type.pointerTo} *`;
}
