/** A member of a struct as pahole prints it, with the comment of its place. */
import { isInline, LINE_BYTES } from "./alignment.ts";
import { declaration, PACKED } from "./declaration.ts";
import { type PrintSetting, type RecordPrinter, tabs } from "./setting.ts";
import { isRecord, type RecordMember, type RecordType } from "./type.ts";

/** Width of offset and size in a comment; a bit-field's bit takes 3 of it. */
const PLACE_COLUMNS = 5;

/**
 * Prints one member with the comment of its place.
 *
 * @returns The text after the line's tabs, a mark of a cache line in front.
 */
export function memberText(
  member: RecordMember,
  { setting, of }: { setting: PrintSetting; of: RecordType["kind"] },
  printer: RecordPrinter,
): string {
  const { type, name } = member;
  const atBytes = setting.relative
    ? member.offsetBytes
    : member.offsetBytes + setting.baseBytes;
  const own: PrintSetting = setting.relative || of === "union"
    ? setting
    : { ...setting, baseBytes: atBytes };
  const mark = lineMark(atBytes, setting);
  const record = isRecord(type) || type?.kind === "enum";
  let text: string;
  if (record) {
    text = declaration(type, undefined, own, printer) +
      (name !== "" && type.name === "" ? " " : "") + name;
  } else {
    text = declaration(type, name, own, printer);
  }
  if (member.bitSize > 0) text += `:${member.bitSize}`;
  const aligned = alignedText(member.alignedBytes);
  text += `${aligned};`;
  let blanks: number;
  if (isInline(type)) {
    const packed = type?.kind === "struct" && printer.isPacked(type)
      ? PACKED.length
      : 0;
    // An unnamed one counts as -1.
    const taken = aligned.length + (name === "" ? -1 : name.length) + packed;
    blanks = Math.abs(setting.typeColumns + setting.nameColumns - taken - 3);
  } else {
    blanks = setting.typeColumns + setting.nameColumns - text.length;
  }
  return mark + text + " ".repeat(Math.max(1, blanks)) +
    placeComment(member, atBytes);
}

/**
 * Writes an alignment.
 *
 * @param bytes The alignment; 0 for none.
 * @returns The attribute, a blank in front, or nothing.
 */
export function alignedText(bytes: number): string {
  return bytes === 0 ? "" : ` __attribute__((__aligned__(${bytes})))`;
}

function placeComment(member: RecordMember, atBytes: number): string {
  const at = String(atBytes).padStart(PLACE_COLUMNS);
  const size = String(member.sizeBytes);
  if (member.bitSize === 0) {
    return `/* ${at} ${size.padStart(PLACE_COLUMNS)} */`;
  }
  const bit = String(member.startBit - member.offsetBytes * 8).padStart(2);
  return `/* ${at}:${bit} ${size.padStart(PLACE_COLUMNS - 3)} */`;
}

function lineMark(atBytes: number, setting: PrintSetting): string {
  const { cursor } = setting;
  const line = Math.floor(atBytes / LINE_BYTES);
  if (cursor === undefined || line <= cursor.line) return "";
  cursor.line = line;
  const past = atBytes % LINE_BYTES;
  const ago = past === 0 ? "" : ` was ${past} byte${past > 1 ? "s" : ""} ago`;
  return `/* --- cacheline ${line} boundary (${atBytes - past} bytes)${ago}` +
    ` --- */\n${tabs(setting.indent)}`;
}
