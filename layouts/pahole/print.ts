/**
 * A record as pahole 1.24 prints it, byte for byte (dwarves, dwarves_fprintf.c):
 * the source, annotated with offsets and sizes, holes, cache-line marks and
 * totals.
 */
import { PackedGuess } from "./alignment.ts";
import { enumText, PACKED, suffixText, typedefText } from "./declaration.ts";
import {
  gapMember,
  holeComments,
  overlapComments,
  paddingComments,
  paddingMembers,
} from "./gap.ts";
import { findHoles, holeBehind, type Holes } from "./holes.ts";
import { alignedText, memberText } from "./member.ts";
import { type PrintSetting, type RecordPrinter, tabs } from "./setting.ts";
import { StructTotals } from "./totals.ts";
import {
  type EnumType,
  isRecord,
  type NamedType,
  type RecordMember,
  type RecordType,
} from "./type.ts";

// Columns of pahole: the type, then the name, then the comment.
const TYPE_COLUMNS = 26;
const STRUCT_NAME_COLUMNS = 23;
const UNION_NAME_COLUMNS = 21;
/** Members that are printed at most; a large struct of a kernel has 600. */
const MOST_MEMBERS = 200_000;
/** Deepest nesting of unnamed records; in a kernel it is 7. */
const MOST_DEPTH = 64;

/** What debug information says beside offsets. */
export interface PrintOptions {
  /**
   * Size of a pointer, if alignments are said, as DWARF does and BTF does not:
   * a padding above it that no alignment explains is shown as unnamed members.
   * By default alignments are guessed, and paddings are not shown so.
   */
  readonly pointerBytes?: number;
}

/** One run of pahole: what it guesses of a type depends on what it printed. */
export class PaholePrinter implements RecordPrinter {
  readonly #holes = new WeakMap<RecordType, Holes>();
  readonly #packed = new PackedGuess((record) => this.#holesOf(record));
  readonly #paddingsAboveBytes: number;
  /** Members that may still be printed: a few types can name 2^64 of them. */
  #left = MOST_MEMBERS;

  constructor({ pointerBytes }: PrintOptions = {}) {
    this.#paddingsAboveBytes = pointerBytes ?? Infinity;
  }

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
      suffix: undefined,
      totals: true,
      baseBytes: 0,
      relative: false,
      inUnion: false,
      first: false,
      last: false,
    };
    switch (type.kind) {
      case "typedef":
        return `${typedefText(type, setting, this)};\n`;
      case "enum":
        return `${enumText(type, setting)};\n`;
      default:
        return `${this.record(type, setting)};\n`;
    }
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
      packed + suffixText(setting);
  }

  #struct(record: RecordType, setting: PrintSetting): string {
    this.#packed.look(record);
    const holes = this.#holesOf(record);
    const own: PrintSetting = {
      ...setting,
      indent: setting.indent + 1,
      cursor: setting.cursor ?? { line: 0 },
    };
    const totals = new StructTotals();
    const tag = record.name === "" ? "" : ` ${record.name}`;
    const packed = this.isPacked(record);
    return `struct${tag} {\n` +
      this.#members(record, { holes, totals, setting: own }) +
      (setting.totals ? totals.text(record, holes, own) : "") +
      tabs(setting.indent) + "}" + (packed ? PACKED : "") +
      suffixText(setting) +
      // pahole says no alignment of what it guesses to be packed.
      (packed && record.packed === undefined
        ? ""
        : alignedText(record.alignedBytes));
  }

  #members(record: RecordType, { holes, totals, setting }: Printed): string {
    const indent = tabs(setting.indent);
    let text = "";
    let open = false; // a comment stands above: an empty line separates it
    const above = (comments: readonly string[]) => {
      for (const comment of comments) {
        text += `${open ? "" : "\n"}${indent}${comment}\n`;
        open = true;
      }
    };
    const behind = (comments: readonly string[]) => {
      for (const comment of comments) {
        text += `${open ? "" : "\n"}\n${indent}${comment}`;
        open = true;
      }
    };
    let hole = holes.before;
    let placed: PrintSetting = setting;
    let last: RecordMember | undefined;
    let lastBytes = 0;
    above(holeComments(hole));
    totals.addHole(hole);
    for (const [index, member] of record.members.entries()) {
      if (last !== undefined && lastBytes !== 0) {
        const { bits } = hole;
        const gap = { last, bits };
        text += gapMember(member, gap, { setting: placed, printer: this });
        above(overlapComments(member, last, lastBytes));
      }
      if (open) text += "\n";
      open = false;
      placed = {
        ...setting,
        first: last === undefined,
        last: index === record.members.length - 1,
      };
      text += indent +
        memberText(member, { setting: placed, of: "struct" }, this);
      const paddingBytes = this.#paddingOf(member);
      totals.addMember(member, hole, paddingBytes);
      hole = holeBehind(holes, member);
      totals.addHole(hole);
      behind(paddingComments(paddingBytes));
      behind(holeComments(hole));
      text += "\n";
      if (
        last === undefined || lastBytes === 0 ||
        last.offsetBytes !== member.offsetBytes ||
        (last.bitSize === 0 && member.bitSize !== 0)
      ) {
        lastBytes = member.sizeBytes;
      }
      last = member;
    }
    const padding = {
      bytes: holes.paddingBytes,
      aboveBytes: this.#paddingsAboveBytes,
    };
    const place = { setting: placed, printer: this };
    return text + paddingMembers(record, padding, place);
  }

  #paddingOf({ type }: RecordMember): number {
    if (!isRecord(type) || type.kind !== "struct") return 0;
    this.#packed.look(type);
    return this.#holesOf(type).paddingBytes;
  }
}

/** A struct while it is printed. */
interface Printed {
  readonly holes: Holes;
  readonly totals: StructTotals;
  readonly setting: PrintSetting;
}
