/**
 * `layout.h` of the path in C: the struct of one segment as its layout
 * describes it, with static assertions, and accessors made from its roles.
 */
import { cStructWithAssertions } from "../../layouts/c_source.ts";
import { typeText } from "../../layouts/c_type.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { bitFieldRun } from "../../layouts/window.ts";
import { findField } from "../../layouts/placed_members.ts";
import type { PlacedField } from "../../layouts/struct.ts";
import { NativeEngineError } from "./error.ts";

/**
 * Prints the header of a layout.
 *
 * @param codec The layout's codec: the roles that it has in the path.
 * @returns C11 text; `cTypedefs()` and the arena go before it.
 * @throws {NativeEngineError} If the layout cannot be written down so.
 */
export function layoutHeader(codec: SegmentCodec): string {
  const { placed, abi, layout } = codec;
  const { address, length, flag } = layout.roles;
  const at = fieldAccess(codec);
  const own = `${placed.struct.kind ?? "struct"} ${placed.struct.name}`;
  const bit = flag === undefined ? "" : `(u64)flag << ${flag.bit}`;
  const sharesAddress = flag?.field === address.field;
  const lowBits = findField(placed, length.field).sizeBits;
  const text = [
    "#ifndef LAYOUT_H",
    "#define LAYOUT_H",
    "",
    `#define PAGE_ARRAY_BASE 0x${codec.pageArrayBase.toString(16)}ull`,
    "",
    cStructWithAssertions(placed.struct, abi),
    ...locator(codec, own),
    ...reader("u64", "phys", [
      ...at.prepare,
      `\tu64 value = ${asNumber(codec, address.field, at)}` +
      `${sharesAddress ? ` & ~(1ull << ${flag.bit})` : ""};`,
      "",
      `\treturn ${fromValue(codec)};`,
    ]),
    ...reader("u32", "length", [
      ...at.prepare,
      "",
      `\treturn (u32)((u64)${at.field(length.field)}${
        length.high === undefined
          ? ""
          : ` | (u64)${at.field(length.high)} << ${lowBits}`
      });`,
    ]),
    ...reader("u32", "flag", [
      ...(flag === undefined ? [] : [...at.prepare, ""]),
      flag === undefined
        ? "\treturn 0;"
        : `\treturn (u64)${at.field(flag.field)} >> ${flag.bit} & 1;`,
    ]),
    "ALWAYS_INLINE void bvec_set_length(place array, u32 capacity, u32 index,",
    "\t\t\t\t   u32 bytes)",
    "{",
    ...at.prepare,
    "",
    ...lengthWrites(codec, at),
    "}",
    "",
    "ALWAYS_INLINE void bvec_set(place array, u32 capacity, u32 index,",
    "\t\t\t    u64 phys, u32 bytes, u32 flag)",
    "{",
    ...at.prepare,
    "",
    `\t${at.field(address.field)} = ${toValue(codec)}${
      sharesAddress ? ` | ${bit}` : ""
    }${closing(codec)};`,
    ...(address.offset === undefined
      ? []
      : [`\t${at.field(address.offset)} = phys & 4095;`]),
    ...otherWrites(codec, at),
    ...lengthWrites(codec, at),
    ...(flag === undefined || sharesAddress
      ? []
      : [`\t${at.field(flag.field)} = ${flagValue(codec, bit)};`]),
    "}",
    "",
    "#endif",
    "",
  ];
  return text.join("\n");
}

/** How C names a field of a segment, and what it needs before. */
interface FieldAccess {
  readonly prepare: readonly string[];
  readonly field: (name: string) => string;
}

function fieldAccess(codec: SegmentCodec): FieldAccess {
  const { placed, layout, shape } = codec;
  if (layout.arrangement.kind !== "soa") {
    const own = `${placed.struct.kind ?? "struct"} ${placed.struct.name}`;
    return {
      prepare: [`\t${own} *vec = bvec_at(array, capacity, index);`],
      field: (name) => `vec->${name}`,
    };
  }
  return {
    prepare: [],
    field: (name) => {
      const { startBit, bitSize } = findField(placed, name);
      const { type } = findField(placed, name).field;
      if (bitSize !== undefined) {
        throw new NativeEngineError(
          `Cannot run engine native with layout "${layout.name}": "${name}" ` +
            `is no whole field, expected whole ones in a structure of arrays`,
        );
      }
      // The column begins `before` bytes per segment of capacity behind.
      const locate = shape.locator(startBit >>> 3);
      const before = locate(0, 1, 0) - locate(0, 0, 0);
      const width = locate(0, 0, 1) - locate(0, 0, 0);
      return `(*(${typeText(type)}${typeof type === "string" ? " " : ""}*)` +
        `(arena + array + (place)capacity * ${before} + ` +
        `(place)index * ${width}))`;
    },
  };
}

/** The function that finds a segment, unless fields lie apart. */
function locator(codec: SegmentCodec, own: string): readonly string[] {
  const { arrangement } = codec.layout;
  if (arrangement.kind === "soa") return [];
  const head = [
    `ALWAYS_INLINE ${own} *bvec_at(place array, u32 capacity, u32 index)`,
    "{",
  ];
  if (arrangement.kind === "aos") {
    return [...head, `\treturn (${own} *)(arena + array) + index;`, "}", ""];
  }
  const { chunkBytes, linkBytes } = arrangement;
  return [
    ...head,
    `\tu32 most = (${chunkBytes} - ${linkBytes}) / sizeof(${own});`,
    `\tplace chunk = (place)(index / most) * ${chunkBytes} + ${linkBytes};`,
    "",
    `\treturn (${own} *)(arena + array + chunk) + index % most;`,
    "}",
    "",
  ];
}

function reader(
  type: string,
  name: string,
  body: readonly string[],
): readonly string[] {
  return [
    `ALWAYS_INLINE ${type} bvec_${name}(place array, u32 capacity, u32 index)`,
    "{",
    ...body,
    "}",
    "",
  ];
}

/** A field's value as a number: pointers as addresses. */
function asNumber(codec: SegmentCodec, name: string, at: FieldAccess): string {
  return isPointer(codec, name)
    ? `(u64)(unsigned long)${at.field(name)}`
    : `(u64)${at.field(name)}`;
}

function isPointer(codec: SegmentCodec, name: string): boolean {
  const { type } = findField(codec.placed, name).field;
  return typeof type === "object" && "pointerTo" in type;
}

/** The physical address from `value`, as the kind of the address field says. */
function fromValue(codec: SegmentCodec): string {
  const { kind, offset } = codec.layout.roles.address;
  const inPage = offset === undefined
    ? ""
    : ` | ${fieldAccess(codec).field(offset)}`;
  switch (kind) {
    case "phys":
    case "dma":
      return "value";
    case "pfn":
      return `value << 12${inPage}`;
    case "page":
      return `(value - PAGE_ARRAY_BASE) / PAGE_STRUCT_BYTES << 12${inPage}`;
  }
}

/** What is stored in the address field for `phys`; `closing()` ends it. */
function toValue(codec: SegmentCodec): string {
  const { kind, field } = codec.layout.roles.address;
  if (kind === "phys" || kind === "dma") return "phys";
  if (kind === "pfn") return "phys >> 12";
  const pointer = findField(codec.placed, field).field.type;
  const page = "PAGE_ARRAY_BASE + (phys >> 12) * PAGE_STRUCT_BYTES";
  return isPointer(codec, field)
    ? `(${typeText(pointer)})(unsigned long)(${page}`
    : page;
}

function closing(codec: SegmentCodec): string {
  const { kind, field } = codec.layout.roles.address;
  return kind === "page" && isPointer(codec, field) ? ")" : "";
}

/** A flag of one bit as it is, one bit of a wider field in its place. */
function flagValue(codec: SegmentCodec, bit: string): string {
  const { flag } = codec.layout.roles;
  return flag?.bit === 0 ? "flag" : bit;
}

function lengthWrites(
  codec: SegmentCodec,
  at: FieldAccess,
): readonly string[] {
  const { length } = codec.layout.roles;
  const { sizeBits } = findField(codec.placed, length.field);
  return [
    `\t${at.field(length.field)} = bytes;`,
    ...(length.high === undefined
      ? []
      : [`\t${at.field(length.high)} = (u64)bytes >> ${sizeBits};`]),
  ];
}

/**
 * Constants, and 0 for the other bit-fields beside those that are written: a
 * new segment's bits are stored whole.
 */
function otherWrites(codec: SegmentCodec, at: FieldAccess): readonly string[] {
  const { placed, layout } = codec;
  const { address, length, flag, constants = {} } = layout.roles;
  const written = [length.field, length.high, flag?.field]
    .filter((name) => name !== undefined && name !== address.field)
    .concat(Object.keys(constants));
  const runs = written.flatMap((name) => {
    const field = findField(placed, name as string);
    return field.bitSize === undefined ? [] : [bitFieldRun(placed, field)];
  });
  const isBeside = (field: PlacedField) =>
    field.bitSize !== undefined && field.name !== "" &&
    !written.includes(field.name) &&
    runs.some(({ startByte, endByte }) =>
      field.startBit >= startByte * 8 && field.startBit < endByte * 8
    );
  return [
    ...Object.entries(constants).map(([name, value]) =>
      `\t${at.field(name)} = ${value};`
    ),
    ...placed.fields.filter(isBeside).map(({ name }) =>
      `\t${at.field(name)} = 0;`
    ),
  ];
}
