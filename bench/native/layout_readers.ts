/** The functions of `layout.h` that read segments. */
import type { SegmentCodec } from "../../layouts/codec.ts";
import { findField } from "../../layouts/placed_members.ts";
import { lengthContents } from "./layout_contents.ts";
import {
  fieldPlace,
  flagInAddress,
  inline,
  isByPage,
  traced,
  WHERE,
} from "./layout_places.ts";

/** What the tracer gets where stages load fields. */
export function traces(codec: SegmentCodec): readonly string[] {
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
    // The offset alone: an address contains it, a page or frame has none.
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

/** What a segment says, from its copy `bv`. */
export function valueReaders(codec: SegmentCodec): readonly string[] {
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

/** mp_bvec_iter_bvec(), and the segment itself. */
export function copies(codec: SegmentCodec): readonly string[] {
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
