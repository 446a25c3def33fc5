/** The functions of `layout.h` that write segments. */
import type { SegmentCodec } from "../../layouts/codec.ts";
import { fieldNames, findField } from "../../layouts/placed_members.ts";
import type { PlacedStruct } from "../../layouts/struct.ts";
import {
  type ContentInC,
  contentsInC,
  isPartOfWindow,
  lengthContents,
} from "./layout_contents.ts";
import {
  fieldPlace,
  flagInAddress,
  inline,
  traced,
  WHERE,
} from "./layout_places.ts";

/** bvec_set_page(), and a length alone. */
export function writers(codec: SegmentCodec): readonly string[] {
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
        ...contentsInC(codec).flatMap((content) => [
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
function tracedStore({ place }: ContentInC): readonly string[] {
  return place.shared
    ? [traced(place, false), traced(place, true)]
    : [traced(place, true)];
}

/** Bit-fields of a window that no role names: they become 0 with the rest. */
function besides(
  codec: SegmentCodec,
  { place, values }: ContentInC,
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
