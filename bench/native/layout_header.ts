/**
 * `layout.h` of the path in C: the struct of one segment as its layout
 * describes it, with static assertions, and what stages do with it.
 *
 * A stage hands segments around by value, as the kernel's bvec iterators do
 * (include/linux/bvec.h mp_bvec_iter_bvec()): what a compiler makes of copies
 * of packed structs and bit-fields is a cost of a layout. Which bytes are
 * accessed is reported to the tracer separately, in the windows of the DataView
 * path's codec (layouts/window.ts).
 */
import type { ArrayShape } from "../../layouts/array_shape.ts";
import { cStructWithAssertions } from "../../layouts/c_source.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { inline, isByPage, WHERE } from "./layout_places.ts";
import { copies, traces, valueReaders } from "./layout_readers.ts";
import { writers } from "./layout_writers.ts";

/**
 * Prints the header of a layout.
 *
 * @param codec The layout's codec: the roles that it has in the path.
 * @returns C11 text; `cTypedefs()` and the arena go before it.
 * @throws {NativeEngineError} If the layout cannot be written down so.
 */
export function layoutHeader(codec: SegmentCodec): string {
  const { abi, placed: { struct } } = codec;
  const text = [
    "#ifndef LAYOUT_H",
    "#define LAYOUT_H",
    "",
    ...pageArithmetic(codec),
    cStructWithAssertions(struct, abi),
    `typedef ${struct.kind ?? "struct"} ${struct.name} bvec;`,
    // The longest segment: none is made longer by what is joined to it.
    `#define BVEC_MOST_BYTES ${codec.longestBytes}u`,
    // The number of finished bytes that a copy has no place for.
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
 * page_to_pfn() and pfn_to_page() as the difference of pointers, which a
 * compiler turns into a product with the inverse of an odd size. Pointers are
 * as wide as in the ABI. Where the array begins is a variable, as vmemmap_base
 * and mem_map are.
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

/** The function that finds a segment, unless fields are apart. */
function locator(codec: SegmentCodec): readonly string[] {
  const { arrangement } = codec.layout;
  if (arrangement.kind === "soa") return [];
  const head = `bvec *bvec_at(${WHERE})`;
  if (arrangement.kind === "aos") {
    return inline(head, ["\treturn (bvec *)(arena + array) + index;"]);
  }
  const { chunkBytes, linkBytes } = arrangement;
  return inline(head, [
    `\tu32 most = (${chunkBytes} - ${linkBytes}) / sizeof(bvec);`,
    `\tplace chunk = (place)(index / most) * ${chunkBytes} + ${linkBytes};`,
    "",
    "\treturn (bvec *)(arena + array + chunk) + index % most;",
  ]);
}

/** How many bytes an array of this many segments takes. */
function arrayBytes({ layout, shape }: SegmentCodec): readonly string[] {
  const { arrangement } = layout;
  const text = arrangement.kind === "chunks"
    ? `(capacity + ${chunkSegments(shape) - 1}) / ${chunkSegments(shape)} * ` +
      `${arrangement.chunkBytes}`
    : `capacity * ${shape.arrayBytes(1)}`;
  return inline("u32 bvec_array_bytes(u32 capacity)", [`\treturn ${text};`]);
}

/** Segments of one chunk: the last that needs no second one. */
function chunkSegments({ arrayBytes }: ArrayShape): number {
  let segments = 1;
  while (arrayBytes(segments + 1) === arrayBytes(1)) segments++;
  return segments;
}
