/**
 * A struct as C text with static assertions on its size, alignment and
 * offsets, so that any C compiler can confirm or refute what the lab says.
 */
import { abiSchema } from "./abi_form.ts";
import { structShape } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";
import type { Abi } from "./abi.ts";
import { checkCNames } from "./c_names.ts";
import {
  type CField,
  type CStruct,
  type CType,
  dimensions,
  isStruct,
  typeText,
} from "./c_type.ts";
import { sizeAndAlign } from "./place_members.ts";
import { placeStruct } from "./struct.ts";

/** Scalars that `cTypedefs()` defines, and what is not a name of a type. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "bool"],
  ...["size_t", "phys_addr_t", "dma_addr_t", "void", "char", "short", "int"],
  ...["long", "float", "double", "signed", "unsigned", "const", "volatile"],
  ...["restrict", "struct", "union", "enum", "__int128"],
]);

/** Prints the typedefs that the structs of an ABI need. */
export function cTypedefs(abi: Abi): string {
  checkValue("print typedefs", abiSchema, abi, "abi");
  const phys = abi.physBytes === 8 ? "u64" : "u32";
  return [
    "typedef unsigned char u8;",
    "typedef unsigned short u16;",
    "typedef unsigned int u32;",
    "typedef unsigned long long u64;",
    "typedef signed char s8;",
    "typedef short s16;",
    "typedef int s32;",
    "typedef long long s64;",
    "typedef _Bool bool;",
    "typedef __SIZE_TYPE__ size_t;",
    `typedef ${phys} phys_addr_t;`,
    `typedef ${phys} dma_addr_t;`,
    "struct page;",
  ].join("\n") + "\n";
}

/**
 * Prints what a struct refers to by name: typedefs, enumerations and structs
 * inside it, and declarations of what it only points to.
 *
 * @param abi The ABI, which sizes of enumerations may depend on.
 * @returns C11 text, empty if there is nothing.
 * @throws {RangeError} If a name in it is not an identifier of C.
 */
export function cDefinitions(struct: CStruct, abi: Abi): string {
  checkValue("print definitions", structShape, struct, "struct");
  checkValue("print definitions", abiSchema, abi, "abi");
  checkCNames(struct);
  const lines = new Map<string, string>();
  for (const field of struct.fields) define(field.type, { abi, lines });
  return [...lines.values()].join("");
}

interface Definitions {
  readonly abi: Abi;
  readonly lines: Map<string, string>;
}

function define(type: CType, to: Definitions): void {
  const { abi, lines } = to;
  if (typeof type === "string") return;
  const text = typeText(type);
  if (isStruct(type)) {
    for (const field of type.fields) define(field.type, to);
    if (type.name !== "" && !lines.has(text)) lines.set(text, cStruct(type));
  } else if ("typedef" in type) {
    define(type.type, to);
    if (lines.has(text)) return;
    const named = declaration({ ...type, name: type.typedef }, 0);
    lines.set(text, `typedef ${named}${aligned(type.alignedBytes)};\n`);
  } else if ("enum" in type) {
    const { sizeBytes } = sizeAndAlign(type.type, abi);
    // A value that needs the size; packed where it is less than an int's.
    const value = sizeBytes === 1 ? "0" : `1ll << ${sizeBytes * 4}`;
    const packed = sizeBytes < 4 ? " __attribute__((packed))" : "";
    lines.set(text, `${text} { ${type.enum}_value = ${value} }${packed};\n`);
  } else {
    const names = "returns" in type
      ? [type.returns, ...type.parameters]
      : [type.pointerTo];
    for (const name of names) declare(name, lines);
  }
}

/** Declares what is only pointed to: a tag, or a typedef of any struct. */
function declare(text: string, lines: Map<string, string>): void {
  const tag = /\b(struct|union) (\w+)/.exec(text);
  if (tag !== null) {
    if (!lines.has(tag[0])) lines.set(`${tag[0]} *`, `${tag[0]};\n`);
    return;
  }
  for (const [word] of text.matchAll(/\b[a-zA-Z_]\w*/g)) {
    if (KNOWN.has(word) || lines.has(word)) continue;
    lines.set(word, `typedef struct ${word} ${word};\n`);
  }
}

/**
 * Prints a struct as C.
 *
 * @throws {RangeError} If a name in it is not an identifier of C.
 *
 * @example A packed struct
 * ```ts
 * import { cStruct } from "./c_source.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   cStruct({
 *     name: "pair",
 *     fields: [{ name: "a", type: "u64" }, { name: "b", type: "u32", bits: 31 }],
 *     packed: true,
 *   }),
 *   "struct pair {\n\tu64 a;\n\tu32 b:31;\n} __attribute__((packed));\n",
 * );
 * ```
 */
export function cStruct(struct: CStruct): string {
  checkValue("print a struct", structShape, struct, "struct");
  checkCNames(struct);
  return `${definition(struct, 0)};\n`;
}

/**
 * Prints a struct as C with static assertions of what `placeStruct()` says.
 *
 * @returns C11 text of definition and assertions; `cTypedefs()` goes before
 * it. Offsets of bit-fields cannot be asserted in C.
 */
export function cStructWithAssertions(struct: CStruct, abi: Abi): string {
  const placed = placeStruct(struct, abi);
  const tag = `${struct.kind ?? "struct"} ${struct.name}`;
  const claims = [
    `sizeof(${tag}) == ${placed.sizeBytes}`,
    `_Alignof(${tag}) == ${placed.alignBytes}`,
    ...placed.fields
      .filter((field) => field.bitSize === undefined && field.name !== "")
      .map((field) =>
        `__builtin_offsetof(${tag}, ${field.name}) == ${field.offsetBytes}`
      ),
  ];
  return cDefinitions(struct, abi) + cStruct(struct) +
    claims.map((claim) => `_Static_assert(${claim}, "${claim}");\n`).join("");
}

function definition(struct: CStruct, depth: number): string {
  const tabs = "\t".repeat(depth);
  const head = `${struct.kind ?? "struct"} ${struct.name}`.trimEnd();
  const attributes = [
    struct.packed ? " __attribute__((packed))" : "",
    aligned(struct.alignedBytes),
  ];
  const body = struct.fields.map((field) => `${member(field, depth + 1)};\n`);
  return `${head} {\n${body.join("")}${tabs}}${attributes.join("")}`;
}

function member(field: CField, depth: number): string {
  const { bits } = field;
  const width = bits === undefined ? "" : `:${bits}`;
  return "\t".repeat(depth) + declaration(field, depth) + width +
    (field.packed ? " __attribute__((packed))" : "") +
    aligned(field.alignedBytes);
}

/** A type with a name in its place. */
function declaration(
  field: Pick<CField, "name" | "type" | "count">,
  depth: number,
): string {
  const { type, name } = field;
  const named = name + dimensions(field).map((count) => `[${count}]`).join("");
  if (typeof type === "object" && "returns" in type) {
    return typeText(type).replace("(*)", `(*${named})`);
  }
  const typed = isStruct(type) && type.name === ""
    ? definition(type, depth)
    : typeText(type);
  const space = typed.endsWith("*") || name === "" ? "" : " ";
  return `${typed}${space}${named}`;
}

function aligned(bytes: number | undefined): string {
  return bytes === undefined ? "" : ` __attribute__((aligned(${bytes})))`;
}
