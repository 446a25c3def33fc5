/**
 * A struct as C text with static assertions on its size, alignment and
 * offsets, so that any C compiler can confirm or refute what the lab says.
 */
import type { Abi } from "./abi.ts";
import { type CField, type CStruct, isStruct, typeText } from "./c_type.ts";
import { placeStruct } from "./struct.ts";

/**
 * Prints the typedefs that the structs of an ABI need.
 *
 * @param abi The ABI.
 * @returns C11 text.
 */
export function cTypedefs(abi: Abi): string {
  const phys = abi.physBytes === 8 ? "u64" : "u32";
  return [
    "typedef unsigned char u8;",
    "typedef unsigned short u16;",
    "typedef unsigned int u32;",
    "typedef unsigned long long u64;",
    "typedef __SIZE_TYPE__ size_t;",
    `typedef ${phys} phys_addr_t;`,
    `typedef ${phys} dma_addr_t;`,
    "struct page;",
  ].join("\n") + "\n";
}

/**
 * Prints a struct as C.
 *
 * @param struct The struct.
 * @returns C11 text of the definition.
 *
 * @example A packed struct
 * ```ts
 * import { cStruct } from "@bvec/lab/layouts";
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
  return `${definition(struct, 0)};\n`;
}

/**
 * Prints a struct as C with static assertions of what `placeStruct()` says.
 *
 * @param struct The struct.
 * @param abi The ABI.
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
  return cStruct(struct) +
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
  const { type, name, bits, count } = field;
  const tabs = "\t".repeat(depth);
  const typed = isStruct(type) && type.name === ""
    ? definition(type, depth)
    : typeText(type);
  const space = typed.endsWith("*") || name === "" ? "" : " ";
  const width = bits === undefined ? "" : `:${bits}`;
  const array = count === undefined ? "" : `[${count}]`;
  return `${tabs}${typed}${space}${name}${array}${width}` +
    aligned(field.alignedBytes);
}

function aligned(bytes: number | undefined): string {
  return bytes === undefined ? "" : ` __attribute__((aligned(${bytes})))`;
}
