/** How pahole declares a member: its type, name, width and place. */
import { isInline, LINE_BYTES } from "./alignment.ts";
import { column, functionText, typeName } from "./name.ts";
import {
  type ArrayOf,
  type DebugType,
  type EnumType,
  isRecord,
  type RecordMember,
  type RecordType,
} from "./type.ts";

/** Tabs that pahole indents by at most. */
const MOST_TABS = 16;
/** Room for the name behind `* ` of a pointer to an unnamed struct. */
const POINTER_NAME = 255;
/** Width of offset and size in a comment; a bit-field's bit takes 3 of it. */
const PLACE_COLUMNS = 5;

/** The line of the listing that was reached. */
export interface LineCursor {
  /** Cache line of the last mark. */
  line: number;
}

/** What holds where something is printed. */
export interface PrintSetting {
  /** Tabs in front. */
  readonly indent: number;
  /** Column of a member's name. */
  readonly typeColumns: number;
  /** Columns that the name takes. */
  readonly nameColumns: number;
  /** Name behind the closing brace. */
  readonly suffix: string;
  /** Whether totals stand below. */
  readonly totals: boolean;
  /** Offset of the record in the outermost one. */
  readonly baseBytes: number;
  /** Whether offsets are those in the record, behind a pointer. */
  readonly relative: boolean;
  /** Whether it is in a union, or in what is in one. */
  readonly inUnion: boolean;
  /** Whether the member is the first of its struct. */
  readonly first: boolean;
  /** Whether the member is the last of its struct. */
  readonly last: boolean;
  /** Where cache lines are counted; absent for an outermost record. */
  readonly cursor?: LineCursor;
}

/** Prints whole records; print.ts gives it. */
export interface RecordPrinter {
  /** Prints a struct or union up to its closing brace and attributes. */
  record(record: RecordType, setting: PrintSetting): string;
  /** Whether a struct was found to be packed. */
  isPacked(record: RecordType): boolean;
}

/**
 * Indents.
 *
 * @param indent How deep.
 * @returns As many tabs as pahole prints.
 */
export function tabs(indent: number): string {
  return "\t".repeat(Math.min(indent, MOST_TABS));
}

/**
 * Prints one member with the comment of its place.
 *
 * @param member The member.
 * @param place Where it stands, and in a struct or a union.
 * @param printer Prints records in it.
 * @returns The text behind the line's tabs, a mark of a cache line in front.
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

/** What follows the brace of a packed struct. */
export const PACKED = " __attribute__((__packed__))";

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

/**
 * Prints a type with a name in its place.
 *
 * @param given The type.
 * @param name The name; `undefined` where the caller writes it behind.
 * @param setting Where it stands.
 * @param printer Prints records in it.
 * @returns The text.
 */
export function declaration(
  given: DebugType | undefined,
  name: string | undefined,
  setting: PrintSetting,
  printer: RecordPrinter,
): string {
  let type = given;
  let own = setting;
  let called = name;
  let text = "";
  if (isRecord(type) || type?.kind === "enum") {
    own = { ...own, suffix: name ?? "", totals: false };
  }
  for (;;) {
    switch (type?.kind) {
      case "const":
        text += "const ";
        own = { ...own, typeColumns: own.typeColumns - "const ".length };
        if (type.to === undefined) return text + plain(type, called, own);
        type = type.to;
        continue;
      case "pointer": {
        const { to } = type;
        if (to?.kind === "function") {
          return text + functionText(to, {
            name: called ?? "",
            pointer: true,
            width: own.typeColumns,
          });
        }
        if (!isInline(to) || to === undefined) {
          return text + plain(type, called, own);
        }
        called = `* ${called ?? ""}`.slice(0, POINTER_NAME);
        own = {
          ...own,
          relative: true,
          typeColumns: own.typeColumns - 8,
          suffix: called,
          totals: false,
        };
        type = to;
        continue;
      }
      case "function":
        return text + functionText(type, {
          name: called ?? "",
          pointer: false,
          width: own.typeColumns,
        });
      case "array":
        return text + arrayText(type, called, own, printer);
      case "struct":
      case "union":
        return text + recordText(type, called, own, printer);
      case "enum":
        if (type.name !== "") {
          const tag = column(type.name, own.typeColumns - 5);
          return `${text}enum ${tag} ${called ?? ""}`;
        }
        return text + enumText(type, own);
      default:
        return text + plain(type, called, own);
    }
  }
}

function plain(
  type: DebugType | undefined,
  name: string | undefined,
  setting: PrintSetting,
): string {
  const shown = name === undefined || name === "" ? "" : name;
  return `${column(typeName(type), setting.typeColumns)} ${shown}`;
}

function recordText(
  record: RecordType,
  name: string | undefined,
  setting: PrintSetting,
  printer: RecordPrinter,
): string {
  if (record.name !== "") {
    const { kind } = record;
    const tag = column(record.name, setting.typeColumns - kind.length - 1);
    return `${kind} ${tag} ${name ?? ""}`;
  }
  return printer.record(record, {
    ...setting,
    typeColumns: setting.typeColumns - 8,
  });
}

/**
 * Prints an array with a name in its place.
 *
 * @param array The array.
 * @param name The name.
 * @param setting Where it stands.
 * @param printer Prints records in it.
 * @returns The text.
 */
export function arrayText(
  array: ArrayOf,
  name: string | undefined,
  setting: PrintSetting,
  printer: RecordPrinter,
): string {
  let { to } = array;
  if (array.counts[0] === 0 && to?.kind === "const") to = to.to;
  const text = declaration(to, name, setting, printer);
  const open = setting.last && !setting.first && !setting.inUnion;
  return text +
    array.counts.map((count) => count === 0 && open ? "[]" : `[${count}]`)
      .join("");
}

/**
 * Prints an enumeration where it is defined.
 *
 * @param type The enumeration.
 * @param setting Where it stands.
 * @returns The text up to the name behind the brace.
 */
export function enumText(type: EnumType, setting: PrintSetting): string {
  const head = `enum${type.name === "" ? "" : ` ${type.name}`}`;
  if (type.values.length === 0) return head;
  const longest = Math.max(...type.values.map(({ name }) => name.length));
  const indent = tabs(setting.indent);
  const values = type.values.map(({ name, value }) =>
    `${indent}\t${name.padEnd(longest)} = ${value},\n`
  );
  return `${head} {\n${values.join("")}${indent}}` +
    (type.sizeBytes === 4 ? "" : PACKED) +
    (setting.suffix === "" ? "" : ` ${setting.suffix}`);
}
