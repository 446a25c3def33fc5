/**
 * A struct as pahole prints it: the source, annotated with offsets and sizes,
 * holes, cache-line marks and totals (dwarves, dwarves_fprintf.c).
 */
import { type CStruct, isStruct, typeText } from "./c_type.ts";
import { findHoles, type Hole } from "./holes.ts";
import { type PlacedField, type PlacedStruct, placeStruct } from "./struct.ts";

const LINE_BYTES = 64;
// Columns of pahole: the type, then the name, then the comment.
const TYPE_COLUMNS = 26;
const TEXT_COLUMNS = 48;
const TAB_COLUMNS = 8;

/** Sums for the lines below the members. */
interface Totals {
  holes: number;
  holeBytes: number;
  bitHoles: number;
  bitHoleBits: number;
  /** Members that are structs with padding. */
  paddings: number;
  paddingBytes: number;
  /** Members with an alignment of their own, and the holes before them. */
  alignments: number;
  alignmentHoles: number;
  alignmentHoleBytes: number;
}

function noTotals(): Totals {
  return {
    ...{ holes: 0, holeBytes: 0, bitHoles: 0, bitHoleBits: 0 },
    ...{ paddings: 0, paddingBytes: 0 },
    ...{ alignments: 0, alignmentHoles: 0, alignmentHoleBytes: 0 },
  };
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
  const totals = noTotals();
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
  const holes = findHoles(placed);
  // An unnamed bit-field can stand before the first member.
  const notes = holeNotes(holes.before, totals).map((text) =>
    `${tabs}/* ${text} */`
  );
  let unitBytes = 0;
  for (const [index, field] of fields.entries()) {
    const before = fields[index - 1];
    if (field.field.alignedBytes !== undefined) {
      const hole = holes.behind[index - 1]?.bytes ?? 0;
      totals.alignments++;
      totals.alignmentHoles += hole > 0 ? 1 : 0;
      totals.alignmentHoleBytes += hole;
    }
    if (before !== undefined && unitBytes > 0) {
      const bits = holes.behind[index - 1]?.bits ?? 0;
      const forced = bits > 0 ? forcedGap(before, field, bits) : [];
      // An empty line stands before the alignment, none before a bit hole.
      if (forced.length > 1 && notes.length > 0) notes.push("");
      notes.push(...forced.map((text) => tabs + text));
      const combined = combination(before, field, unitBytes);
      if (combined !== undefined) notes.push(`${tabs}/* ${combined} */`);
    }
    if (notes.length > 0) lines.push("", ...notes.splice(0), "");
    const at = fromByte + field.offsetBytes;
    const boundary = Math.floor(at / LINE_BYTES);
    if (boundary > line) {
      line = boundary;
      lines.push(tabs + boundaryComment(at));
    }
    lines.push(...member(field, { placed, depth, fromByte }));
    const hole = holes.behind[index] ?? { bytes: 0, bits: 0 };
    notes.push(
      ...gapNotes(placed, { field, hole, totals }).map((text) =>
        `${tabs}/* ${text} */`
      ),
    );
    unitBytes = unitSize(before, field, unitBytes);
  }
  if (notes.length > 0) lines.push("", ...notes);
  lines.push(...forcedPadding(placed, holes.paddingBytes, tabs));
  // A comment's empty line stands once, also where two comments meet.
  return lines.filter((text, index) => text !== "" || lines[index - 1] !== "");
}

/** How many bytes a member keeps from the next ones, as pahole sees it. */
function unitSize(
  before: PlacedField | undefined,
  field: PlacedField,
  unitBytes: number,
): number {
  const isNew = before === undefined || unitBytes === 0 ||
    before.offsetBytes !== field.offsetBytes ||
    (before.bitSize === undefined && field.bitSize !== undefined);
  return isNew ? field.sizeBytes : unitBytes;
}

/** The unnamed bit-fields that would make a bit hole, as C. */
function forcedGap(
  before: PlacedField,
  field: PlacedField,
  bits: number,
): string[] {
  if (field.bitSize === undefined) return [];
  const unnamed = (width: number) =>
    `${typeText(field.field.type).padEnd(TYPE_COLUMNS)} :${width};`;
  return before.offsetBytes === field.offsetBytes
    ? [unnamed(bits)]
    : ["/* Force alignment to the next boundary: */", unnamed(0)];
}

/** What pahole says where the units of two members overlap. */
function combination(
  before: PlacedField,
  field: PlacedField,
  unitBytes: number,
): string | undefined {
  const apart = field.offsetBytes - before.offsetBytes;
  const beginsUnit = apart === 0 && before.bitSize === undefined &&
    field.bitSize !== undefined;
  if (apart < 0 || beginsUnit) return "Bitfield combined with previous fields";
  return apart > 0 && apart < unitBytes
    ? "Bitfield combined with next fields"
    : undefined;
}

/**
 * The unnamed members that would make a padding of more than a pointer, which
 * pahole prints unless an alignment explains it. (GCC tells it of a struct with
 * an aligned member, clang does not; here it is as with GCC.)
 */
function forcedPadding(
  placed: PlacedStruct,
  paddingBytes: number,
  tabs: string,
): string[] {
  const { struct, fields, abi } = placed;
  const last = fields.at(-1);
  if (
    last === undefined || struct.kind === "union" || isAligned(struct) ||
    paddingBytes <= abi.pointerBytes
  ) return [];
  const { type, count } = last.field;
  const bytes = last.sizeBytes;
  if (!Number.isInteger(Math.log2(bytes))) return [];
  const array = count === undefined ? "" : `[${count}]`;
  const unnamed = `${tabs}${typeText(type).padEnd(TYPE_COLUMNS)} ${array}:${
    bytes * 8
  };`;
  return [
    "",
    `${tabs}/* Force padding: */`,
    ...Array<string>(Math.ceil(paddingBytes / bytes)).fill(unnamed),
  ];
}

/** Whether a struct or a member has an alignment that is not natural. */
function isAligned({ alignedBytes, fields }: CStruct): boolean {
  return alignedBytes !== undefined ||
    fields.some((field) =>
      field.alignedBytes !== undefined ||
      (isStruct(field.type) && isAligned(field.type))
    );
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
      totals: noTotals(),
    });
    const end = `} ${field.name}`.trimEnd() + `${array};`;
    return [
      `${tabs}${type.kind ?? "struct"} {`,
      ...inner,
      `${tabs}${end.padEnd(columns)} ${place}`,
    ];
  }
  const width = bits === undefined ? "" : `:${bits}`;
  const { alignedBytes } = field.field;
  const aligned = alignedBytes === undefined
    ? ""
    : ` __attribute__((__aligned__(${alignedBytes})))`;
  const typed = typeText(type).padEnd(
    TYPE_COLUMNS - (depth - 1) * TAB_COLUMNS,
  );
  const text = `${typed} ${field.name}${array}${width}${aligned};`;
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

/** What pahole says about the space behind a member, added to the sums. */
function gapNotes(
  placed: PlacedStruct,
  { field, hole, totals }: { field: PlacedField; hole: Hole; totals: Totals },
): string[] {
  const notes: string[] = [];
  const { type, count } = field.field;
  if (isStruct(type) && type.kind !== "union" && count === undefined) {
    const { paddingBytes } = findHoles(placeStruct(type, placed.abi));
    if (paddingBytes > 0) {
      totals.paddings++;
      totals.paddingBytes += paddingBytes;
      notes.push(
        `XXX last struct has ${counted(paddingBytes, "byte")} of padding`,
      );
    }
  }
  return [...notes, ...holeNotes(hole, totals)];
}

function holeNotes(hole: Hole, totals: Totals): string[] {
  const notes: string[] = [];
  if (hole.bits > 0) {
    totals.bitHoles++;
    totals.bitHoleBits += hole.bits;
    notes.push(`XXX ${counted(hole.bits, "bit")} hole, try to pack`);
  }
  if (hole.bytes > 0) {
    totals.holes++;
    totals.holeBytes += hole.bytes;
    notes.push(`XXX ${counted(hole.bytes, "byte")} hole, try to pack`);
  }
  return notes;
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
  const { paddingBytes, paddingBits } = findHoles(placed);
  if (paddingBytes > 0) lines.push(`padding: ${paddingBytes}`);
  if (totals.paddings > 0) {
    lines.push(
      `paddings: ${totals.paddings}, sum paddings: ${totals.paddingBytes}`,
    );
  }
  if (paddingBits > 0) lines.push(`bit_padding: ${paddingBits} bits`);
  if (totals.alignments > 0) {
    const holes = totals.alignmentHoles === 0
      ? ""
      : `, forced holes: ${totals.alignmentHoles}, ` +
        `sum forced holes: ${totals.alignmentHoleBytes}`;
    lines.push(`forced alignments: ${totals.alignments}${holes}`);
  }
  const rest = sizeBytes % LINE_BYTES;
  if (rest > 0) lines.push(`last cacheline: ${rest} bytes`);
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
