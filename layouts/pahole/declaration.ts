/** How pahole declares something: its type with a name in its place. */
import { isInline } from "./alignment.ts";
import { column, functionText, typeName } from "./name.ts";
import { type PrintSetting, type RecordPrinter, tabs } from "./setting.ts";
import {
  type ArrayOf,
  type DebugType,
  type EnumType,
  isRecord,
  type NamedType,
  type PointerTo,
  type RecordType,
} from "./type.ts";

/** Room for the name after `* ` of a pointer to an unnamed struct. */
const POINTER_NAME = 255;

/** Room for the name after `typedef`, in characters. */
const TYPEDEF_NAME = 511;

/** What follows the brace of a packed struct. */
export const PACKED = " __attribute__((__packed__))";

/**
 * Prints a type with a name in its place.
 *
 * @param name The name; `undefined` where the caller writes it after.
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
    own = { ...own, suffix: name, totals: false };
  }
  for (;;) {
    switch (type?.kind) {
      case "const":
        text += "const ";
        own = { ...own, typeColumns: own.typeColumns - "const ".length };
        if (type.to === undefined) return text + plain(type, called, own);
        type = type.to;
        continue;
      case "pointer":
        if (!isInline(type.to)) return text + pointerText(type, called, own);
        called = `* ${called ?? ""}`.slice(0, POINTER_NAME);
        own = {
          ...own,
          relative: true,
          typeColumns: own.typeColumns - 8,
          suffix: called,
          totals: false,
        };
        type = type.to;
        continue;
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

/** Prints a pointer, except for one to a struct that has no name. */
function pointerText(
  type: PointerTo,
  name: string | undefined,
  setting: PrintSetting,
): string {
  return type.to?.kind === "function"
    ? functionText(type.to, {
      name: name ?? "",
      pointer: true,
      width: setting.typeColumns,
    })
    : plain(type, name, setting);
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

/** Prints an array with a name in its place. */
function arrayText(
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
 * @returns The text up to the name after the brace.
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
    suffixText(setting);
}

/**
 * Prints a typedef.
 *
 * @returns The text up to the semicolon.
 */
export function typedefText(
  { name, to }: NamedType,
  setting: PrintSetting,
  printer: RecordPrinter,
): string {
  return `typedef ${aliasText(name, to, setting, printer)}`;
}

function aliasText(
  name: string,
  to: DebugType | undefined,
  setting: PrintSetting,
  printer: RecordPrinter,
): string {
  const own = { ...setting, suffix: name };
  switch (to?.kind) {
    case "array":
      return arrayText(to, name, setting, printer);
    case "struct":
      if (to.name === "") return printer.record(to, own);
      break;
    case "enum":
      if (to.name === "") return enumText(to, own);
      break;
    case "function":
      return functionText(to, { name, pointer: false, width: 0 });
    case "pointer":
      if (to.to?.kind === "function") {
        return functionText(to.to, { name, pointer: true, width: 0 });
      }
      break;
    default:
      break;
  }
  return `${typeName(to, TYPEDEF_NAME)} ${name}`;
}

/**
 * Writes the name after a closing brace.
 *
 * @returns The name, a blank in front, or nothing.
 */
export function suffixText({ suffix }: PrintSetting): string {
  return suffix === undefined ? "" : ` ${suffix}`;
}
