/**
 * `layout.h` of the path in C: the struct of one segment as its layout
 * describes it, with static assertions, and accessors made from its roles.
 * They read and write the windows that the codec of the DataView path does
 * (layouts/window.ts), bit-fields included, through the arena's own accessors.
 */
import { regionOf } from "../../layouts/array_shape.ts";
import { cStructWithAssertions } from "../../layouts/c_source.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { findField } from "../../layouts/placed_members.ts";
import { fieldWindow, type Window } from "../../layouts/window.ts";
import type { ArrayShape } from "../../layouts/array_shape.ts";
import { NativeEngineError } from "./error.ts";

/**
 * Prints the header of a layout.
 *
 * @param codec The layout's codec: the roles that it has in the path.
 * @returns C11 text; `cTypedefs()` and the arena go before it.
 * @throws {NativeEngineError} If the layout cannot be written down so.
 */
export function layoutHeader(codec: SegmentCodec): string {
  const { placed, abi } = codec;
  const text = [
    "#ifndef LAYOUT_H",
    "#define LAYOUT_H",
    "",
    ...pageArithmetic(codec),
    cStructWithAssertions(placed.struct, abi),
    ...locator(codec),
    ...arrayBytes(codec),
    ...addressReader(codec),
    ...offsetReader(codec),
    ...lengthReader(codec),
    ...flagReader(codec),
    "ALWAYS_INLINE void bvec_set_length(place array, u32 capacity, u32 index,",
    "\t\t\t\t   u32 bytes)",
    "{",
    ...found(codec),
    "",
    ...lengthUpdates(codec),
    "}",
    "",
    "ALWAYS_INLINE void bvec_set(place array, u32 capacity, u32 index,",
    "\t\t\t    phys_addr_t phys, u32 bytes, u32 flag)",
    "{",
    ...found(codec),
    "",
    ...addressWrites(codec),
    ...windowContents(codec).flatMap(contentWrite),
    "}",
    "",
    "#endif",
    "",
  ];
  return text.join("\n");
}

/**
 * page_to_pfn() and pfn_to_page() as the difference of pointers, of which a
 * compiler makes a product with the inverse of an odd size. Pointers are as
 * wide as the ABI has them.
 */
function pageArithmetic({ abi, pageArrayBase }: SegmentCodec): string[] {
  const base = `0x${pageArrayBase.toString(16)}ul`;
  const size = abi.pageStructBytes;
  return [
    `struct any_page { u8 bytes[${size}]; };`,
    `#define PAGE_ARRAY ((const struct any_page *)${base}${
      abi.pointerBytes === 8 ? "l" : ""
    })`,
    "#define PAGE_TO_PFN(value) \\",
    "\t((unsigned long)((const struct any_page *)(unsigned long)(value) - \\",
    "\t\t\t PAGE_ARRAY))",
    "#define PFN_TO_PAGE(pfn) ((unsigned long)(PAGE_ARRAY + (unsigned long)(pfn)))",
    "",
  ];
}

/** The function that finds a segment, unless fields lie apart. */
function locator(codec: SegmentCodec): readonly string[] {
  const { arrangement } = codec.layout;
  if (arrangement.kind === "soa") return [];
  const own = `${
    codec.placed.struct.kind ?? "struct"
  } ${codec.placed.struct.name}`;
  const head = [
    "ALWAYS_INLINE u8 *bvec_at(place array, u32 capacity, u32 index)",
    "{",
  ];
  if (arrangement.kind === "aos") {
    return [
      ...head,
      `\treturn (u8 *)((${own} *)(arena + array) + index);`,
      "}",
      "",
    ];
  }
  const { chunkBytes, linkBytes } = arrangement;
  return [
    ...head,
    `\tu32 most = (${chunkBytes} - ${linkBytes}) / sizeof(${own});`,
    `\tplace chunk = (place)(index / most) * ${chunkBytes} + ${linkBytes};`,
    "",
    `\treturn (u8 *)((${own} *)(arena + array + chunk) + index % most);`,
    "}",
    "",
  ];
}

/** How many bytes an array of so many segments takes. */
function arrayBytes({ layout, shape }: SegmentCodec): readonly string[] {
  const { arrangement } = layout;
  const text = arrangement.kind === "chunks"
    ? `(capacity + ${chunkSegments(shape) - 1}) / ${chunkSegments(shape)} * ` +
      `${arrangement.chunkBytes}`
    : `capacity * ${shape.arrayBytes(1)}`;
  return [
    "ALWAYS_INLINE u32 bvec_array_bytes(u32 capacity)",
    "{",
    `\treturn ${text};`,
    "}",
    "",
  ];
}

/** Segments of one chunk: the last that needs no second one. */
function chunkSegments({ arrayBytes }: ArrayShape): number {
  let segments = 1;
  while (arrayBytes(segments + 1) === arrayBytes(1)) segments++;
  return segments;
}

/** Where the segment lies, unless its fields lie apart. */
function found({ layout }: SegmentCodec): readonly string[] {
  return layout.arrangement.kind === "soa"
    ? []
    : ["\tu8 *vec = bvec_at(array, capacity, index);"];
}

/** A window of a field, and how C names its place and type. */
interface FieldPlace extends Window {
  readonly at: string;
  readonly bits: number;
  /** The width in the names of accessors, with the alignment if it is less. */
  readonly access: string;
}

function fieldPlace(codec: SegmentCodec, name: string): FieldPlace {
  const { placed, shape, layout } = codec;
  const field = findField(placed, name);
  if (layout.arrangement.kind === "soa" && field.bitSize !== undefined) {
    throw new NativeEngineError(
      `Cannot run engine native with layout "${layout.name}": "${name}" ` +
        `is no whole field, expected whole ones in a structure of arrays`,
    );
  }
  const region = regionOf(shape, field.startBit >>> 3);
  const window = fieldWindow(placed, { name, region });
  const bits = window.sizeBytes * 8;
  const alignBytes = alignmentOf(codec, window);
  return {
    ...window,
    at: placeText(codec, window),
    bits,
    access: alignBytes < naturalAlignBytes(codec, window.sizeBytes)
      ? `${bits}_${alignBytes}`
      : `${bits}`,
  };
}

function naturalAlignBytes({ abi }: SegmentCodec, sizeBytes: number): number {
  return sizeBytes === 8 ? abi.u64AlignBytes : sizeBytes;
}

/** What every place of a window is a multiple of, 8 at most. */
function alignmentOf(codec: SegmentCodec, { startByte }: Window): number {
  const { layout, placed, shape } = codec;
  const { arrangement } = layout;
  const distances = [startByte];
  if (arrangement.kind === "soa") {
    const locate = shape.locator(startByte);
    const inside = locate(0, 0, 0);
    distances.splice(
      ...[0, 1],
      inside,
      // A table may have room for one vector alone.
      locate(0, 1, 0) - inside,
      locate(0, 0, 1) - inside,
    );
  } else {
    distances.push(placed.alignBytes);
    if (arrangement.kind !== "aos") distances.push(arrangement.linkBytes);
  }
  return distances.reduce(greatestDivisor, 8);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** The place of a window in C, from `array`, `capacity` and `index`. */
function placeText(codec: SegmentCodec, { startByte }: Window): string {
  const { shape, layout } = codec;
  if (layout.arrangement.kind !== "soa") {
    return startByte === 0 ? "vec" : `vec + ${startByte}`;
  }
  // The column begins `before` bytes per segment of capacity behind.
  const locate = shape.locator(startByte);
  const inside = locate(0, 0, 0);
  const before = locate(0, 1, 0) - inside;
  const width = locate(0, 0, 1) - inside;
  return `arena + array + (place)capacity * ${before} + (place)index * ${width}` +
    (inside === 0 ? "" : ` + ${inside}`);
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

function addressReader(codec: SegmentCodec): readonly string[] {
  const { address, flag } = codec.layout.roles;
  const { at, bits, access } = fieldPlace(codec, address.field);
  const without = flag?.field === address.field
    ? ` & ~(1ull << ${flag.bit})`
    : "";
  return reader("phys_addr_t", "phys", [
    ...found(codec),
    `\tu${bits} value = load${access}(${at})${without};`,
    "",
    `\treturn ${fromValue(codec)};`,
  ]);
}

/** The offset in its page; of what is kept by page, the offset alone. */
function offsetReader(codec: SegmentCodec): readonly string[] {
  const { kind, offset } = codec.layout.roles.address;
  if (offset !== undefined) {
    const { at, access } = fieldPlace(codec, offset);
    return reader("u32", "page_offset", [
      ...found(codec),
      `\treturn load${access}(${at});`,
    ]);
  }
  return reader("u32", "page_offset", [
    kind === "page" || kind === "pfn"
      ? "\treturn 0;"
      : "\treturn bvec_phys(array, capacity, index) & 4095;",
  ]);
}

/** The physical address from `value`, as the kind of the address field says. */
function fromValue(codec: SegmentCodec): string {
  const { kind, offset } = codec.layout.roles.address;
  if (kind === "phys" || kind === "dma") return "value";
  const pfn = kind === "pfn"
    ? "(phys_addr_t)value << 12"
    : "(phys_addr_t)PAGE_TO_PFN(value) << 12";
  if (offset === undefined) return pfn;
  const { at, access } = fieldPlace(codec, offset);
  return `${pfn} | load${access}(${at})`;
}

function addressWrites(codec: SegmentCodec): readonly string[] {
  const { address, flag } = codec.layout.roles;
  const { at, access } = fieldPlace(codec, address.field);
  const flagText = flag?.field === address.field
    ? ` | (u64)flag << ${flag.bit}`
    : "";
  const value = {
    phys: "phys",
    dma: "phys",
    pfn: "phys >> 12",
    page: "PFN_TO_PAGE(phys >> 12)",
  }[address.kind];
  const writes = [`\tstore${access}(${at}, ${value}${flagText});`];
  if (address.offset === undefined) return writes;
  const offset = fieldPlace(codec, address.offset);
  return [...writes, `\tstore${offset.access}(${offset.at}, phys & 4095);`];
}

/** What a window holds beside the address, as bits of its value. */
interface Content {
  readonly place: FieldPlace;
  /** Bits of the length: those from `from` on, `width` of them, at `shift`. */
  readonly lengths: readonly {
    readonly from: number;
    readonly width: number;
    readonly shift: number;
  }[];
  /** The flag's bit; -1 where it has none. */
  readonly flagBit: number;
  readonly constant: bigint;
}

/** The windows that hold length, flag and constants, each named once. */
function windowContents(codec: SegmentCodec): readonly Content[] {
  const { length, flag, address, constants = {} } = codec.layout.roles;
  const contents: Content[] = [];
  const into = (name: string, change: (from: Content) => Content) => {
    const place = fieldPlace(codec, name);
    const at = contents.findIndex((content) =>
      content.place.startByte === place.startByte &&
      content.place.sizeBytes === place.sizeBytes
    );
    const empty: Content = { place, lengths: [], flagBit: -1, constant: 0n };
    if (at < 0) contents.push(change(empty));
    else contents[at] = change({ ...contents[at] as Content });
  };
  const addLength = (name: string, from: number) => {
    const { width, shift } = fieldPlace(codec, name);
    into(name, (content) => ({
      ...content,
      lengths: [...content.lengths, { from, width, shift }],
    }));
  };
  addLength(length.field, 0);
  if (length.high !== undefined) {
    addLength(length.high, findField(codec.placed, length.field).sizeBits);
  }
  if (flag !== undefined && flag.field !== address.field) {
    const { shift } = fieldPlace(codec, flag.field);
    into(flag.field, (content) => ({ ...content, flagBit: shift + flag.bit }));
  }
  for (const [name, value] of Object.entries(constants)) {
    const { shift } = fieldPlace(codec, name);
    into(name, (content) => ({
      ...content,
      constant: content.constant | BigInt(value) << BigInt(shift),
    }));
  }
  return contents;
}

const lengthContents = (codec: SegmentCodec) =>
  windowContents(codec).filter(({ lengths }) => lengths.length > 0);

function lengthReader(codec: SegmentCodec): readonly string[] {
  const contents = lengthContents(codec);
  const parts = contents.flatMap(({ lengths }, i) =>
    lengths.map(({ from, width, shift }) => {
      const bits = shift === 0 ? `value${i}` : `value${i} >> ${shift}`;
      const used = Math.min(width, 32 - from);
      const masked = used === 32
        ? `(u32)(${bits})`
        : `(u32)(${bits} & ${ones(used)})`;
      return from === 0 ? masked : `${masked} << ${from}`;
    })
  );
  return reader("u32", "length", [
    ...found(codec),
    ...contents.map(({ place: { at, bits, access } }, i) =>
      `\tu${bits} value${i} = load${access}(${at});`
    ),
    "",
    `\treturn ${parts.join(" | ")};`,
  ]);
}

function flagReader(codec: SegmentCodec): readonly string[] {
  const { flag } = codec.layout.roles;
  if (flag === undefined) return reader("u32", "flag", ["\treturn 0;"]);
  const { at, access, shift } = fieldPlace(codec, flag.field);
  return reader("u32", "flag", [
    ...found(codec),
    "",
    `\treturn load${access}(${at}) >> ${shift + flag.bit} & 1;`,
  ]);
}

/** The bits of `bytes` that go to a window. */
function lengthBits({ lengths, place }: Content): string {
  return lengths.map(({ from, width, shift }) => {
    const used = Math.min(width, 32 - from);
    const bits = from === 0 ? "bytes" : `bytes >> ${from}`;
    const masked = used === 32 ? bits : `(${bits} & ${ones(used)})`;
    return shift === 0 ? masked : `(u${place.bits})${masked} << ${shift}`;
  }).join(" | ");
}

/** Sets a new segment's window whole, unless another member is in it. */
function contentWrite(content: Content): readonly string[] {
  const { place, flagBit, constant, lengths } = content;
  const { at, bits, access, shared } = place;
  const value = [
    ...(lengths.length === 0 ? [] : [lengthBits(content)]),
    ...(flagBit < 0 ? [] : [
      flagBit === 0 ? "flag" : `(u${bits})flag << ${flagBit}`,
    ]),
    ...(constant === 0n ? [] : [`0x${constant.toString(16)}ull`]),
  ].join(" | ") || "0";
  if (!shared) return [`\tstore${access}(${at}, ${value});`];
  const own = (flagBit < 0 ? 0n : 1n << BigInt(flagBit)) | constant |
    lengthMask(content);
  return update(place, own, value);
}

/** Writes the length alone and leaves all other bits. */
function lengthUpdates(codec: SegmentCodec): readonly string[] {
  return lengthContents(codec).flatMap((content) => {
    const { place, lengths } = content;
    const isWhole = lengths.length === 1 && lengths[0]?.width === place.bits;
    return isWhole
      ? [`\tstore${place.access}(${place.at}, ${lengthBits(content)});`]
      : update(place, lengthMask(content), lengthBits(content));
  });
}

/** Replaces bits of a window by those of a value. */
function update(
  { at, bits, access }: FieldPlace,
  own: bigint,
  value: string,
): readonly string[] {
  return [
    `\tstore${access}(${at},`,
    `\t      (load${access}(${at}) & ~(u${bits})0x${own.toString(16)}ull) |`,
    `\t\t      ${value});`,
  ];
}

/** The bits of length fields, those above an int32 length included. */
function lengthMask({ lengths }: Content): bigint {
  return lengths.reduce(
    (mask, { width, shift }) =>
      mask | ((1n << BigInt(width)) - 1n) << BigInt(shift),
    0n,
  );
}

function ones(bits: number): string {
  return `0x${((1n << BigInt(bits)) - 1n).toString(16)}u`;
}
