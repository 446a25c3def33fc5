/**
 * `layout.h` of the path in C: the struct of one segment as its layout
 * describes it, with static assertions, and what stages do with it.
 *
 * A stage hands segments around by value, as the kernel's bvec iterators do
 * (include/linux/bvec.h mp_bvec_iter_bvec()): what a compiler makes of copies
 * of packed structs and bit-fields is a cost of a layout. Which bytes are
 * accessed is told to the tracer apart, in the windows of the DataView path's
 * codec (layouts/window.ts).
 */
import { regionOf } from "../../layouts/array_shape.ts";
import { cStructWithAssertions } from "../../layouts/c_source.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { fieldNames, findField } from "../../layouts/placed_members.ts";
import type { PlacedStruct } from "../../layouts/struct.ts";
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
    `typedef ${tagOf(codec)} bvec;`,
    // The longest segment: none is made longer by what is joined to it.
    `#define BVEC_MOST_BYTES ${codec.longestBytes}u`,
    // What of the bytes that are done a copy has no place for.
    `#define BVEC_REST(done) ${
      isByPage(codec) && codec.layout.roles.address.offset === undefined
        ? "(done)"
        : "0"
    }`,
    "",
    ...locator(codec),
    ...arrayBytes(codec),
    ...traces(codec),
    ...valueReaders(codec),
    ...copies(codec),
    ...writers(codec),
    "#endif",
    "",
  ];
  return text.join("\n");
}

/**
 * page_to_pfn() and pfn_to_page() as the difference of pointers, of which a
 * compiler makes a product with the inverse of an odd size. Pointers are as
 * wide as the ABI has them. Where the array begins is a variable, as
 * vmemmap_base and mem_map are.
 */
function pageArithmetic({ abi, pageArrayBase }: SegmentCodec): string[] {
  const base = `0x${pageArrayBase.toString(16)}ul`;
  const size = abi.pageStructBytes;
  return [
    `struct any_page { u8 bytes[${size}]; };`,
    `#define PAGE_ARRAY_BASE ${base}${abi.pointerBytes === 8 ? "l" : ""}`,
    "static const struct any_page *page_array;",
    "#define PAGE_TO_PFN(value) \\",
    "\t((unsigned long)((const struct any_page *)(unsigned long)(value) - \\",
    "\t\t\t page_array))",
    "#define PFN_TO_PAGE(pfn) ((unsigned long)(page_array + (unsigned long)(pfn)))",
    "",
  ];
}

/** The struct as C names it. */
function tagOf({ placed: { struct } }: SegmentCodec): string {
  return `${struct.kind ?? "struct"} ${struct.name}`;
}

/** The function that finds a segment, unless fields lie apart. */
function locator(codec: SegmentCodec): readonly string[] {
  const { arrangement } = codec.layout;
  if (arrangement.kind === "soa") return [];
  const head = [
    "ALWAYS_INLINE bvec *bvec_at(place array, u32 capacity, u32 index)",
    "{",
  ];
  if (arrangement.kind === "aos") {
    return [...head, "\treturn (bvec *)(arena + array) + index;", "}", ""];
  }
  const { chunkBytes, linkBytes } = arrangement;
  return [
    ...head,
    `\tu32 most = (${chunkBytes} - ${linkBytes}) / sizeof(bvec);`,
    `\tplace chunk = (place)(index / most) * ${chunkBytes} + ${linkBytes};`,
    "",
    "\treturn (bvec *)(arena + array + chunk) + index % most;",
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
    const first = "(u8 *)bvec_at(array, capacity, index)";
    return startByte === 0 ? first : `${first} + ${startByte}`;
  }
  // The column begins `before` bytes per segment of capacity behind.
  const locate = shape.locator(startByte);
  const inside = locate(0, 0, 0);
  const before = locate(0, 1, 0) - inside;
  const width = locate(0, 0, 1) - inside;
  return `arena + array + (place)capacity * ${before} + (place)index * ${width}` +
    (inside === 0 ? "" : ` + ${inside}`);
}

/** The arguments by which a segment is found. */
const WHERE = "place array, u32 capacity, u32 index";

function inline(
  head: string,
  body: readonly string[],
): readonly string[] {
  return [`ALWAYS_INLINE ${head}`, "{", ...body, "}", ""];
}

/** Tells the tracer of a window. */
function traced({ at, sizeBytes }: FieldPlace, isWrite: boolean): string {
  return `\ttrace_access(${at} - arena, ${sizeBytes}, ${isWrite});`;
}

/** What the tracer is told where stages load fields. */
function traces(codec: SegmentCodec): readonly string[] {
  const { address, flag } = codec.layout.roles;
  const { offset, field } = address;
  const own = (name: string) => traced(fieldPlace(codec, name), false);
  const one = (name: string, body: readonly string[]) =>
    inline(`void bvec_trace_${name}(${WHERE})`, body);
  return [
    ...one("address", [
      own(field),
      ...(offset === undefined ? [] : [own(offset)]),
    ]),
    ...one("page", [own(field)]),
    // The offset alone: an address has it in it, a page or frame has none.
    ...one("offset", [
      ...(offset !== undefined
        ? [own(offset)]
        : isByPage(codec)
        ? []
        : [own(field)]),
    ]),
    ...one(
      "length",
      lengthContents(codec).map(({ place }) => traced(place, false)),
    ),
    ...one("flag", flag === undefined ? [] : [own(flag.field)]),
  ];
}

function isByPage({ layout }: SegmentCodec): boolean {
  const { kind } = layout.roles.address;
  return kind === "page" || kind === "pfn";
}

/** Bits of a flag inside the address, as C. */
function flagInAddress({ layout }: SegmentCodec): string | undefined {
  const { flag, address } = layout.roles;
  return flag?.field === address.field ? `1ull << ${flag.bit}` : undefined;
}

/** What a segment says, from its copy `bv`. */
function valueReaders(codec: SegmentCodec): readonly string[] {
  const { address, length, flag } = codec.layout.roles;
  const { kind, offset } = address;
  const lowBits = findField(codec.placed, length.field).sizeBits;
  const isPage = kind === "page";
  const flagBits = flagInAddress(codec);
  const without = flagBits === undefined ? "" : ` & ~(${flagBits})`;
  const whole = `bv->${address.field}`;
  const frame = isPage
    ? `PAGE_TO_PFN(${whole})`
    : `((phys_addr_t)${whole}${without})`;
  const inPage = offset === undefined ? "" : ` + bv->${offset}`;
  const phys = isByPage(codec)
    ? `((phys_addr_t)${frame} << 12)${inPage}`
    : `${whole}${without}`;
  const page = isPage
    ? `(unsigned long)${whole}`
    : kind === "pfn"
    ? `PFN_TO_PAGE(${frame})`
    : "PFN_TO_PAGE(bvec_phys(bv) >> 12)";
  const high = length.high === undefined
    ? ""
    : ` | (u32)bv->${length.high} << ${lowBits}`;
  return [
    ...inline("phys_addr_t bvec_phys(const bvec *bv)", [`\treturn ${phys};`]),
    // The struct page, by its address in the kernel.
    ...inline("unsigned long bvec_page(const bvec *bv)", [
      `\treturn ${page};`,
    ]),
    ...inline("u32 bvec_offset(const bvec *bv)", [
      isByPage(codec)
        ? `\treturn ${offset === undefined ? "0" : `bv->${offset}`};`
        : "\treturn bvec_phys(bv) & 4095;",
    ]),
    ...inline("u32 bvec_len(const bvec *bv)", [
      `\treturn (u32)bv->${length.field}${high};`,
    ]),
    ...inline("void bvec_put_len(bvec *bv, u32 bytes)", [
      `\tbv->${length.field} = bytes;`,
      ...(length.high === undefined ? [] : [
        `\tbv->${length.high} = ${lowBits < 32 ? `bytes >> ${lowBits}` : "0"};`,
      ]),
    ]),
    ...inline("u32 bvec_flag(const bvec *bv)", [
      `\treturn ${
        flag === undefined ? "0" : `(u64)bv->${flag.field} >> ${flag.bit} & 1`
      };`,
    ]),
  ];
}

/** Whether the offset in the page can hold more than one. */
function leavesPage(codec: SegmentCodec): boolean {
  return codec.pageOffsetMask === -1;
}

/** A member of an array's segment, as a value. */
function member(codec: SegmentCodec, name: string): string {
  if (codec.layout.arrangement.kind !== "soa") return `vec->${name}`;
  const { at, access } = fieldPlace(codec, name);
  return `(__typeof__(((bvec *)0)->${name}))fetch${access}(${at})`;
}

/** mp_bvec_iter_bvec(), and the segment as it is. */
function copies(codec: SegmentCodec): readonly string[] {
  const { address, length, flag } = codec.layout.roles;
  const { field, kind, offset } = address;
  const found = codec.layout.arrangement.kind === "soa"
    ? []
    : ["\tconst bvec *vec = bvec_at(array, capacity, index);"];
  const own = (name: string) => member(codec, name);
  const cast = (name: string) => `(__typeof__(((bvec *)0)->${name}))`;
  const lengthText = length.high === undefined
    ? `(u32)${own(length.field)}`
    : `((u32)${own(length.field)} | (u32)${own(length.high)} << ${
      findField(codec.placed, length.field).sizeBits
    })`;
  const bits = findField(codec.placed, length.field).sizeBits;
  const flagLine = flag === undefined || flag.field === field
    ? []
    : [`\tif (FLAGS_MATTER)`, `\t\tbv.${flag.field} = ${own(flag.field)};`];
  const high = length.high === undefined
    ? []
    : [`\t\t.${length.high} = ${bits < 32 ? `rest >> ${bits}` : "0"},`];
  const isNarrow = offset !== undefined && !leavesPage(codec);
  const addressText = kind === "page" || kind === "pfn"
    ? isNarrow
      ? kind === "page"
        ? `${cast(field)}((unsigned long)${own(field)} +\n` +
          `\t\t\t(unsigned long)(in_page >> 12) * PAGE_STRUCT_BYTES)`
        : `${own(field)} + (in_page >> 12)`
      : own(field)
    : `${own(field)} + done`;
  return [
    ...inline(
      "bvec bvec_iter_copy(place array, u32 capacity, u32 index, u32 done,\n" +
        "\t\t\t\tu32 size)",
      [
        ...found,
        `\tu32 left = ${lengthText} - done;`,
        "\tu32 rest = min(size, left);",
        ...(isNarrow ? [`\tu32 in_page = ${own(offset)} + done;`] : []),
        "\tbvec bv = {",
        `\t\t.${field} = ${addressText},`,
        `\t\t.${length.field} = rest,`,
        ...high,
        ...(offset === undefined ? [] : [
          `\t\t.${offset} = ${
            isNarrow ? "in_page & 4095" : `${own(offset)} + done`
          },`,
        ]),
        "\t};",
        "",
        ...flagLine,
        "\treturn bv;",
      ],
    ),
    ...inline(`bvec bvec_copy(${WHERE})`, [
      ...found,
      ...(found.length > 0 ? ["", "\treturn *vec;"] : [
        "\treturn (bvec){",
        ...[field, offset, length.field, length.high]
          .filter((name) => name !== undefined)
          .map((name) => `\t\t.${name} = ${own(name)},`),
        ...(flag === undefined || flag.field === field
          ? []
          : [`\t\t.${flag.field} = ${own(flag.field)},`]),
        "\t};",
      ]),
    ]),
  ];
}

/** What a window holds beside the address. */
interface Content {
  readonly place: FieldPlace;
  /** Whether the length, or a part of it, is in it. */
  readonly hasLength: boolean;
  /** Values of members in it, in the order of roles. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** The windows of all that is not the address, each named once. */
function windowContents(codec: SegmentCodec): readonly Content[] {
  const { length, flag, address, constants = {} } = codec.layout.roles;
  const contents: Content[] = [];
  const into = (name: string, value: string, hasLength = false) => {
    const place = fieldPlace(codec, name);
    const at = contents.findIndex((content) =>
      content.place.startByte === place.startByte &&
      content.place.sizeBytes === place.sizeBytes
    );
    const found = contents[at] ?? { place, hasLength: false, values: [] };
    const changed = {
      ...found,
      hasLength: found.hasLength || hasLength,
      values: [...found.values, [name, value] as const],
    };
    if (at < 0) contents.push(changed);
    else contents[at] = changed;
  };
  const lowBits = findField(codec.placed, length.field).sizeBits;
  into(length.field, "bytes", true);
  if (length.high !== undefined) {
    into(length.high, lowBits < 32 ? `bytes >> ${lowBits}` : "0", true);
  }
  if (address.offset !== undefined && isPartOfWindow(codec, address.offset)) {
    into(address.offset, "offset");
  }
  if (flag !== undefined && flag.field !== address.field) {
    into(
      flag.field,
      flag.bit === 0 ? "flag" : `(u64)flag << ${flag.bit}`,
    );
  }
  for (const [name, value] of Object.entries(constants)) {
    into(name, `${value}`);
  }
  return contents;
}

/** Whether a member is a bit-field, set with what lies beside it. */
function isPartOfWindow(codec: SegmentCodec, name: string): boolean {
  const { width, sizeBytes } = fieldPlace(codec, name);
  return width !== sizeBytes * 8;
}

const lengthContents = (codec: SegmentCodec) =>
  windowContents(codec).filter(({ hasLength }) => hasLength);

/** bvec_set_page(), and a length alone. */
function writers(codec: SegmentCodec): readonly string[] {
  const { address, length } = codec.layout.roles;
  const found = codec.layout.arrangement.kind === "soa"
    ? []
    : ["\tbvec *vec = bvec_at(array, capacity, index);"];
  const flagBits = flagInAddress(codec);
  const flagText = flagBits === undefined
    ? ""
    : ` | (flag != 0 ? ${flagBits} : 0)`;
  const phys = "((phys_addr_t)PAGE_TO_PFN(page) << 12) + offset";
  const value = {
    phys,
    dma: phys,
    pfn: "PAGE_TO_PFN(page)",
    page: "page",
  }[address.kind];
  const wholeOffset = address.offset !== undefined &&
    !isPartOfWindow(codec, address.offset);
  const lengths = lengthContents(codec);
  return [
    ...inline(
      `void bvec_set_page(${WHERE},\n` +
        "\t\t\t\t unsigned long page, u32 offset, u32 bytes, u32 flag)",
      [
        ...found,
        "",
        traced(fieldPlace(codec, address.field), true),
        ...store(codec, [[
          address.field,
          flagText === "" ? value : `(${value})${flagText}`,
        ]]),
        ...(wholeOffset && address.offset !== undefined
          ? [
            traced(fieldPlace(codec, address.offset), true),
            ...store(codec, [[address.offset, "offset"]]),
          ]
          : []),
        ...windowContents(codec).flatMap((content) => [
          ...tracedStore(content),
          ...store(codec, [...content.values, ...besides(codec, content)]),
        ]),
      ],
    ),
    ...inline(`void bvec_set_length(${WHERE}, u32 bytes)`, [
      ...found,
      "",
      ...lengths.flatMap(({ place, values }) => [
        ...(place.width === place.sizeBytes * 8 ? [] : [traced(place, false)]),
        traced(place, true),
        ...store(
          codec,
          values.filter(([name]) =>
            name === length.field || name === length.high
          ),
        ),
      ]),
    ]),
  ];
}

/** A window is set whole, unless another member is in it. */
function tracedStore({ place }: Content): readonly string[] {
  return place.shared
    ? [traced(place, false), traced(place, true)]
    : [traced(place, true)];
}

/** Bit-fields of a window that no role names: they become 0 with the rest. */
function besides(
  codec: SegmentCodec,
  { place, values }: Content,
): readonly (readonly [string, string])[] {
  if (place.shared || codec.layout.arrangement.kind === "soa") return [];
  const first = place.startByte * 8;
  return bitFieldNames(codec.placed)
    .filter(({ name, startBit, sizeBits }) =>
      startBit >= first && startBit + sizeBits <= first + place.bits &&
      !values.some(([own]) => own === name)
    )
    .map(({ name }) => [name, "0"] as const);
}

function store(
  codec: SegmentCodec,
  values: readonly (readonly [name: string, value: string])[],
): readonly string[] {
  return values.map(([name, value]) => {
    const type = `__typeof__(((bvec *)0)->${name})`;
    if (codec.layout.arrangement.kind === "soa") {
      const { at, access, bits } = fieldPlace(codec, name);
      return `\tput${access}(${at}, (u${bits})(${value}));`;
    }
    // A bit-field has no type to be cast to.
    const isBits = findField(codec.placed, name).bitSize !== undefined;
    return isBits
      ? `\tvec->${name} = ${value};`
      : `\tvec->${name} = (${type})(${value});`;
  });
}

/** Bit-fields by the names that C has for them. */
function bitFieldNames(
  placed: PlacedStruct,
): { name: string; startBit: number; sizeBits: number }[] {
  return fieldNames(placed).flatMap((name) => {
    const { bitSize, startBit, sizeBits } = findField(placed, name);
    return bitSize === undefined ? [] : [{ name, startBit, sizeBits }];
  });
}
