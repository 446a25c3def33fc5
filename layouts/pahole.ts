/**
 * A struct as pahole prints it: the source, annotated with offsets and sizes,
 * holes, cache-line marks and totals (dwarves, dwarves_fprintf.c).
 */
import { isStruct, typeText } from "./c_type.ts";
import { type PlacedField, type PlacedStruct, placeStruct } from "./struct.ts";

const LINE_BYTES = 64;
// Columns of pahole: the type, then the name, then the comment.
const TYPE_COLUMNS = 26;
const TEXT_COLUMNS = 48;
const TAB_COLUMNS = 8;

interface Totals {
  holes: number;
  holeBytes: number;
  bitHoles: number;
  bitHoleBits: number;
}

/**
 * Prints a placed struct in pahole's form.
 *
 * @param placed The struct.
 * @returns The text, ending with a newline.
 *
 * @example bio_vec
 * ```ts
 * import { findAbi, findLayout, isUnsupported } from "@bvec/lab/layouts";
 * import { pahole, placeStruct } from "@bvec/lab/layouts";
 * import { assert, assertStringIncludes } from "@std/assert";
 *
 * const struct = findLayout("page_offset").struct(findAbi("lp64"));
 * assert(!isUnsupported(struct));
 * assertStringIncludes(
 *   pahole(placeStruct(struct, findAbi("lp64"))),
 *   "\tunsigned int               bv_len;               /*     8     4 *" + "/",
 * );
 * ```
 */
export function pahole(placed: PlacedStruct): string {
  const { struct } = placed;
  const totals = { holes: 0, holeBytes: 0, bitHoles: 0, bitHoleBits: 0 };
  const body = members(placed, { depth: 1, fromByte: 0, totals });
  const attributes = [
    struct.packed ? " __attribute__((__packed__))" : "",
    struct.alignedBytes === undefined
      ? ""
      : ` __attribute__((__aligned__(${struct.alignedBytes})))`,
  ];
  return [
    `${struct.kind ?? "struct"} ${struct.name} {`,
    ...body,
    "",
    ...summary(placed, totals),
    `}${attributes.join("")};`,
  ].join("\n") + "\n";
}

function members(
  placed: PlacedStruct,
  { depth, fromByte, totals }: {
    depth: number;
    fromByte: number;
    totals: Totals;
  },
): string[] {
  const tabs = "\t".repeat(depth);
  const lines: string[] = [];
  let line = Math.floor(fromByte / LINE_BYTES);
  const { fields } = placed;
  for (const [index, field] of fields.entries()) {
    const before = fields[index - 1];
    const at = fromByte + field.offsetBytes;
    const boundary = Math.floor(at / LINE_BYTES);
    if (boundary > line) {
      line = boundary;
      lines.push(tabs + boundaryComment(at));
    }
    if (combined(before, field)) {
      lines.push(
        "",
        `${tabs}/* Bitfield combined with previous fields */`,
        "",
      );
    }
    lines.push(...member(field, { placed, depth, fromByte }));
    const { comments, combinedNext } = gap(placed, { field, index, totals });
    const notes = comments.map((text) => `${tabs}/* ${text} */`);
    if (combinedNext) {
      notes.push(`${tabs}/* Bitfield combined with next fields */`);
    }
    if (notes.length > 0) lines.push("", ...notes, "");
  }
  // A comment's empty line stands once, also where two comments meet.
  return lines.filter((text, index) => text !== "" || lines[index - 1] !== "");
}

function member(
  field: PlacedField,
  { placed, depth, fromByte }: {
    placed: PlacedStruct;
    depth: number;
    fromByte: number;
  },
): string[] {
  const tabs = "\t".repeat(depth);
  const { type, count, bits } = field.field;
  const array = count === undefined ? "" : `[${count}]`;
  const place = comment(field, fromByte);
  const columns = TEXT_COLUMNS - (depth - 1) * TAB_COLUMNS;
  if (isStruct(type) && type.name === "") {
    const inner = members(placeStruct(type, placed.abi), {
      depth: depth + 1,
      fromByte: fromByte + field.offsetBytes,
      totals: { holes: 0, holeBytes: 0, bitHoles: 0, bitHoleBits: 0 },
    });
    const end = `} ${field.name}`.trimEnd() + `${array};`;
    return [
      `${tabs}${type.kind ?? "struct"} {`,
      ...inner,
      `${tabs}${end.padEnd(columns)} ${place}`,
    ];
  }
  const width = bits === undefined ? "" : `:${bits}`;
  const typed = typeText(type).padEnd(
    TYPE_COLUMNS - (depth - 1) * TAB_COLUMNS,
  );
  const text = `${typed} ${field.name}${array}${width};`;
  return [`${tabs}${text.padEnd(columns)} ${place}`];
}

function comment(field: PlacedField, fromByte: number): string {
  const offset = String(fromByte + field.offsetBytes).padStart(5);
  if (field.bitOffset === undefined) {
    return `/* ${offset} ${String(field.sizeBytes).padStart(5)} */`;
  }
  const bit = String(field.bitOffset).padStart(2);
  return `/* ${offset}:${bit} ${String(field.sizeBytes).padStart(2)} */`;
}

/** Whether a bit-field's unit begins inside a member that is none. */
function combined(before: PlacedField | undefined, field: PlacedField) {
  return before !== undefined && field.bitSize !== undefined &&
    before.bitSize === undefined &&
    field.offsetBytes < before.offsetBytes + before.sizeBytes;
}

/** What pahole says about the space between a member and the next. */
function gap(
  placed: PlacedStruct,
  { field, index, totals }: {
    field: PlacedField;
    index: number;
    totals: Totals;
  },
): { comments: string[]; combinedNext: boolean } {
  const next = placed.fields[index + 1];
  if (next === undefined || placed.struct.kind === "union") {
    return { comments: [], combinedNext: false };
  }
  const comments: string[] = [];
  const endBit = field.startBit + field.sizeBits;
  const unitEnd = (field.offsetBytes + field.sizeBytes) * 8;
  const sameUnit = next.bitSize !== undefined &&
    next.startBit < Math.max(unitEnd, endBit);
  const bits = field.bitSize === undefined || sameUnit
    ? 0
    : Math.max(0, Math.min(unitEnd, next.startBit) - endBit);
  const bytes = Math.max(
    0,
    Math.floor((next.startBit - Math.max(unitEnd, endBit)) / 8),
  );
  if (bits > 0) {
    totals.bitHoles++;
    totals.bitHoleBits += bits;
    comments.push(`XXX ${counted(bits, "bit")} hole, try to pack`);
  }
  if (bytes > 0) {
    totals.holes++;
    totals.holeBytes += bytes;
    comments.push(`XXX ${counted(bytes, "byte")} hole, try to pack`);
  }
  const combinedNext = field.bitSize !== undefined &&
    next.bitSize === undefined && next.startBit < unitEnd;
  return { comments, combinedNext };
}

function summary(placed: PlacedStruct, totals: Totals): string[] {
  const { sizeBytes, fields } = placed;
  const lines = [
    `size: ${sizeBytes}, cachelines: ${Math.ceil(sizeBytes / LINE_BYTES)}, ` +
    `members: ${fields.length}`,
  ];
  if (totals.holes > 0 || totals.bitHoles > 0) {
    lines.push(...sums(fields, totals));
  }
  const last = fields.at(-1);
  if (last !== undefined && placed.struct.kind !== "union") {
    const end = last.startBit + last.sizeBits;
    const unitEnd = Math.max(
      (last.offsetBytes + last.sizeBytes) * 8,
      end,
    );
    const padding = sizeBytes - Math.ceil(unitEnd / 8);
    if (padding > 0) lines.push(`padding: ${padding}`);
    const bits = Math.min(unitEnd, sizeBytes * 8) - end;
    if (last.bitSize !== undefined && bits > 0) {
      lines.push(`bit_padding: ${bits} bits`);
    }
  }
  const rest = sizeBytes % LINE_BYTES;
  if (rest > 0) lines.push(`last cacheline: ${counted(rest, "byte")}`);
  return lines.map((text) => `\t/* ${text} */`);
}

function sums(fields: readonly PlacedField[], totals: Totals): string[] {
  const lines: string[] = [];
  const total = (list: readonly PlacedField[]) =>
    list.reduce((sum, field) => sum + field.sizeBits, 0);
  const bytes = total(fields.filter((f) => f.bitSize === undefined)) / 8;
  const bits = total(fields.filter((f) => f.bitSize !== undefined));
  if (bytes > 0) {
    const holes = totals.holes === 0
      ? ""
      : `, holes: ${totals.holes}, sum holes: ${totals.holeBytes}`;
    lines.push(`sum members: ${bytes}${holes}`);
  }
  if (bits > 0) {
    const holes = totals.bitHoles === 0
      ? ` (${Math.floor(bits / 8)} bytes)`
      : `, bit holes: ${totals.bitHoles}, ` +
        `sum bit holes: ${totals.bitHoleBits} bits`;
    lines.push(`sum bitfield members: ${bits} bits${holes}`);
  }
  return lines;
}

function boundaryComment(at: number): string {
  const line = Math.floor(at / LINE_BYTES);
  const past = at % LINE_BYTES;
  const ago = past === 0 ? "" : ` was ${counted(past, "byte")} ago`;
  return `/* --- cacheline ${line} boundary (${
    line * LINE_BYTES
  } bytes)${ago} ` +
    "--- */";
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
