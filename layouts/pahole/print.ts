/**
 * A record as pahole 1.24 prints it, byte for byte (dwarves, dwarves_fprintf.c):
 * the source, annotated with offsets and sizes, holes, cache-line marks and
 * totals.
 */
import { LINE_BYTES, PackedGuess } from "./alignment.ts";
import { findHoles, type Hole, holeBehind, type Holes } from "./holes.ts";
import {
  alignedText,
  arrayText,
  declaration,
  enumText,
  memberText,
  PACKED,
  type PrintSetting,
  type RecordPrinter,
  tabs,
} from "./member.ts";
import { functionText, typeName } from "./name.ts";
import {
  type EnumType,
  isRecord,
  type NamedType,
  type RecordMember,
  type RecordType,
  sizeOfType,
} from "./type.ts";

// Columns of pahole: the type, then the name, then the comment.
const TYPE_COLUMNS = 26;
const STRUCT_NAME_COLUMNS = 23;
const UNION_NAME_COLUMNS = 21;
/** Room for the name behind `typedef`, in characters. */
const TYPEDEF_NAME = 511;
/** Members that are printed at most; a large struct of a kernel has 600. */
const MOST_MEMBERS = 200_000;
/** Deepest nesting of unnamed records; in a kernel it is 7. */
const MOST_DEPTH = 64;

/** What is counted while a struct is printed. */
interface Totals {
  holeBytes: number;
  holeBits: number;
  memberBytes: number;
  memberBits: number;
  paddings: number;
  paddingBytes: number;
  aligned: number;
  alignedHoles: number;
  alignedHoleBytes: number;
}

/** One run of pahole: what it guesses of a type depends on what it printed. */
export class PaholePrinter implements RecordPrinter {
  readonly #holes = new WeakMap<RecordType, Holes>();
  readonly #packed = new PackedGuess((record) => this.#holesOf(record));

  /** Members that may still be printed: a few types can name 2^64 of them. */
  #left = MOST_MEMBERS;

  /**
   * Prints a type that has a name.
   *
   * @param type A struct, union, enumeration or typedef.
   * @returns The text, ending with a newline.
   * @throws {RangeError} If a type contains or names itself endlessly.
   */
  print(type: RecordType | EnumType | NamedType): string {
    this.#left = MOST_MEMBERS;
    const setting: PrintSetting = {
      indent: 0,
      typeColumns: TYPE_COLUMNS,
      nameColumns: type.kind === "union"
        ? UNION_NAME_COLUMNS
        : STRUCT_NAME_COLUMNS,
      suffix: "",
      totals: true,
      baseBytes: 0,
      relative: false,
      inUnion: false,
      first: false,
      last: false,
    };
    switch (type.kind) {
      case "typedef":
        return `typedef ${this.#typedef(type, setting)};\n`;
      case "enum":
        return `${enumText(type, setting)};\n`;
      default:
        return `${this.record(type, setting)};\n`;
    }
  }

  #typedef({ name, to }: NamedType, setting: PrintSetting): string {
    const own = { ...setting, suffix: name };
    switch (to?.kind) {
      case "array":
        return arrayText(to, name, setting, this);
      case "struct":
        if (to.name === "") return this.record(to, own);
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

  /** Whether a struct was found to be packed. */
  isPacked(record: RecordType): boolean {
    return this.#packed.isPacked(record);
  }

  /** Prints a record up to its closing brace and attributes. */
  record(record: RecordType, setting: PrintSetting): string {
    this.#left -= record.members.length;
    if (this.#left < 0 || setting.indent > MOST_DEPTH) {
      throw new RangeError(
        `Cannot print ${record.kind} ${record.name}: it has more than ` +
          `${MOST_MEMBERS} members or is nested more than ${MOST_DEPTH} deep, ` +
          `expected fewer`,
      );
    }
    return record.kind === "union"
      ? this.#union(record, setting)
      : this.#struct(record, setting);
  }

  #holesOf(record: RecordType): Holes {
    const known = this.#holes.get(record);
    if (known !== undefined) return known;
    const holes = findHoles(record);
    this.#holes.set(record, holes);
    return holes;
  }

  #union(record: RecordType, setting: PrintSetting): string {
    this.#packed.lookAtUnion(record);
    const cursor = setting.cursor ?? { line: 0 };
    const { line } = cursor;
    const own: PrintSetting = {
      ...setting,
      indent: setting.indent + 1,
      inUnion: true,
      cursor,
    };
    const lines = record.members.map((member) => {
      const text = memberText(member, { setting: own, of: "union" }, this);
      cursor.line = line; // each member lies on the same lines
      return `${tabs(own.indent)}${text}\n`;
    });
    const tag = record.name === "" ? "" : ` ${record.name}`;
    const packed = record.packed === true ? PACKED : "";
    return `union${tag} {\n${lines.join("")}${tabs(setting.indent)}}` +
      packed + (setting.suffix === "" ? "" : ` ${setting.suffix}`);
  }

  #struct(record: RecordType, setting: PrintSetting): string {
    this.#packed.look(record);
    const holes = this.#holesOf(record);
    const own: PrintSetting = {
      ...setting,
      indent: setting.indent + 1,
      cursor: setting.cursor ?? { line: 0 },
    };
    const totals: Totals = {
      holeBytes: 0,
      holeBits: 0,
      memberBytes: 0,
      memberBits: 0,
      paddings: 0,
      paddingBytes: 0,
      aligned: 0,
      alignedHoles: 0,
      alignedHoleBytes: 0,
    };
    const tag = record.name === "" ? "" : ` ${record.name}`;
    const packed = this.isPacked(record);
    return `struct${tag} {\n` +
      this.#members(record, { holes, totals, setting: own }) +
      (setting.totals
        ? totalsText(record, { holes, totals, setting: own })
        : "") +
      tabs(setting.indent) + "}" + (packed ? PACKED : "") +
      (setting.suffix === "" ? "" : ` ${setting.suffix}`) +
      // pahole says no alignment of what it guesses to be packed.
      (packed && record.packed === undefined
        ? ""
        : alignedText(record.alignedBytes));
  }

  #members(record: RecordType, { holes, totals, setting }: Printed): string {
    const indent = tabs(setting.indent);
    let text = "";
    let open = false; // a comment stands above: an empty line separates it
    const above = (comment: string) => {
      text += `${open ? "" : "\n"}${indent}${comment}\n`;
      open = true;
    };
    const { before } = holes;
    if (before.bits > 0) above(holeComment(before.bits, "bit"));
    if (before.bytes > 0) above(holeComment(before.bytes, "byte"));
    totals.holeBits += before.bits;
    totals.holeBytes += before.bytes;
    let last: RecordMember | undefined;
    let lastBytes = 0;
    for (const [index, member] of record.members.entries()) {
      countAlignment(member, totals, last ? holeBehind(holes, last) : before);
      const placed: PrintSetting = {
        ...setting,
        first: last === undefined,
        last: index === record.members.length - 1,
      };
      if (last !== undefined && lastBytes !== 0) {
        text += this.#forced(member, last, { holes, setting });
        const combined = combination(member, last, lastBytes);
        if (combined !== "") {
          above(`/* Bitfield combined with ${combined} fields */`);
        }
      }
      if (open) text += "\n";
      open = false;
      text += indent +
        memberText(member, { setting: placed, of: "struct" }, this);
      const behind = (comment: string) => {
        text += `${open ? "" : "\n"}\n${indent}${comment}`;
        open = true;
      };
      const padding = this.#paddingOf(member);
      if (padding > 0) {
        totals.paddings++;
        totals.paddingBytes += padding;
        behind(
          `/* XXX last struct has ${counted(padding, "byte")} of padding */`,
        );
      }
      const hole = holeBehind(holes, member);
      if (hole.bits > 0) behind(holeComment(hole.bits, "bit"));
      if (hole.bytes > 0) behind(holeComment(hole.bytes, "byte"));
      totals.holeBits += hole.bits;
      totals.holeBytes += hole.bytes;
      text += "\n";
      if (member.bitSize > 0) totals.memberBits += member.bitSize;
      else totals.memberBytes += member.sizeBytes;
      if (
        last === undefined || lastBytes === 0 ||
        last.offsetBytes !== member.offsetBytes ||
        (last.bitSize === 0 && member.bitSize !== 0)
      ) {
        lastBytes = member.sizeBytes;
      }
      last = member;
    }
    return text;
  }

  /** The unnamed bit-field that must have made a hole between two others. */
  #forced(
    member: RecordMember,
    last: RecordMember,
    { holes, setting }: Pick<Printed, "holes" | "setting">,
  ): string {
    const { bits } = holeBehind(holes, last);
    if (bits === 0 || member.bitSize === 0) return "";
    const moved = last.offsetBytes !== member.offsetBytes;
    const indent = tabs(setting.indent);
    return (moved
      ? `\n${indent}/* Force alignment to the next boundary: */\n`
      : "") +
      indent + declaration(member.type, "", setting, this) +
      `:${moved ? 0 : bits};\n`;
  }

  #paddingOf(member: RecordMember): number {
    const { type } = member;
    if (!isRecord(type) || type.kind !== "struct") return 0;
    this.#packed.look(type);
    return this.#holesOf(type).paddingBytes;
  }
}

/** A struct while it is printed. */
interface Printed {
  readonly holes: Holes;
  readonly totals: Totals;
  readonly setting: PrintSetting;
}

function countAlignment(
  member: RecordMember,
  totals: Totals,
  { bytes }: Hole,
): void {
  if (member.alignedBytes === 0) return;
  totals.aligned++;
  if (bytes === 0) return;
  totals.alignedHoles++;
  totals.alignedHoleBytes += bytes;
}

function combination(
  member: RecordMember,
  last: RecordMember,
  lastBytes: number,
): "previous" | "next" | "" {
  const step = member.offsetBytes - last.offsetBytes;
  if (step < 0) return "previous";
  if (step === 0 && last.bitSize === 0 && member.bitSize !== 0) {
    return "previous";
  }
  return step > 0 && step < lastBytes ? "next" : "";
}

function totalsText(
  record: RecordType,
  { holes, totals, setting }: Printed,
): string {
  const { sizeBytes, members } = record;
  const lines = [
    `size: ${sizeBytes}, cachelines: ${
      Math.ceil(sizeOfType(record) / LINE_BYTES)
    }, ` +
    `members: ${members.length}`,
  ];
  if (totals.holeBytes > 0 || totals.holeBits > 0) {
    lines.push(...sums(holes, totals));
  }
  if (holes.paddingBytes > 0) lines.push(`padding: ${holes.paddingBytes}`);
  if (totals.paddings > 0) {
    lines.push(
      `paddings: ${totals.paddings}, sum paddings: ${totals.paddingBytes}`,
    );
  }
  if (holes.paddingBits > 0) {
    lines.push(`bit_padding: ${holes.paddingBits} bits`);
  }
  if (totals.aligned > 0) {
    const forced = totals.alignedHoles === 0
      ? ""
      : `, forced holes: ${totals.alignedHoles}, ` +
        `sum forced holes: ${totals.alignedHoleBytes}`;
    lines.push(`forced alignments: ${totals.aligned}${forced}`);
  }
  const rest = (setting.baseBytes + sizeBytes) % LINE_BYTES;
  if (rest > 0) lines.push(`last cacheline: ${rest} bytes`);
  const indent = tabs(setting.indent);
  return "\n" + lines.map((line) => `${indent}/* ${line} */\n`).join("") +
    disagreement(record, { holes, totals, setting });
}

function sums(holes: Holes, totals: Totals): string[] {
  const lines: string[] = [];
  const { memberBytes, memberBits, holeBytes, holeBits } = totals;
  if (memberBytes > 0) {
    const some = holeBytes === 0
      ? ""
      : `, holes: ${holes.byteHoles}, sum holes: ${holeBytes}`;
    lines.push(`sum members: ${memberBytes}${some}`);
  }
  if (memberBits > 0) {
    const some = holeBits === 0
      ? ` (${Math.floor(memberBits / 8)} bytes)`
      : `, bit holes: ${holes.bitHoles}, sum bit holes: ${holeBits} bits`;
    lines.push(`sum bitfield members: ${memberBits} bits${some}`);
  }
  return lines;
}

/** pahole's own check of its sums, which odd debug information fails. */
function disagreement(
  record: RecordType,
  { holes, totals, setting }: Printed,
): string {
  const { memberBytes, memberBits, holeBytes, holeBits } = totals;
  const differing = record.sizeBytes * 8 -
    (memberBytes * 8 + memberBits + holeBytes * 8 + holeBits +
      holes.paddingBytes * 8 + holes.paddingBits);
  if (differing === 0 || record.members.length === 0) return "";
  return `\n${tabs(setting.indent)}/* BRAIN FART ALERT! ` +
    `${record.sizeBytes} bytes != ${memberBytes} (member bytes) + ` +
    `${memberBits} (member bits) + ${holeBytes} (byte holes) + ` +
    `${holeBits} (bit holes), diff = ${differing} bits */\n`;
}

function holeComment(count: number, unit: string): string {
  return `/* XXX ${counted(count, unit)} hole, try to pack */`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
