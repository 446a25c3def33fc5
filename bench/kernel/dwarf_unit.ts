/**
 * One compilation unit of a vmlinux's DWARF, version 4 or 5: which functions
 * are inlined where.
 */
import {
  type DwarfCursor,
  type DwarfValue,
  FORM,
  sectionCursor,
} from "./dwarf_cursor.ts";
import { lineTableFiles } from "./dwarf_files.ts";
import { type AddressRange, oldRanges, rangeList } from "./dwarf_ranges.ts";
import type { ElfSections } from "./elf_sections.ts";

const TAG = { subprogram: 0x2e, inlined: 0x1d } as const;
const AT = {
  name: 0x03,
  lineTable: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  abstractOrigin: 0x31,
  declFile: 0x3a,
  specification: 0x47,
  ranges: 0x55,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  rnglistsBase: 0x74,
} as const;
const USED: ReadonlySet<number> = new Set(Object.values(AT));

export interface DebugFunction {
  readonly name: string;
  /** File that declares it, without its folder. */
  readonly file: string;
}

interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Attribute, form and implicit constant, three at a time. */
  readonly attributes: readonly number[];
}

type Values = Map<number, DwarfValue>;

interface Inlined extends AddressRange {
  readonly depth: number;
  readonly origin: number;
}

export class DwarfUnit {
  readonly #sections: ElfSections;
  readonly #at: number;
  readonly #end: number;
  readonly #version: number;
  readonly #firstDie: number;
  readonly #abbreviations: ReadonlyMap<number, Abbreviation>;
  readonly #own: Values;
  #inlined: readonly Inlined[] | undefined;
  readonly #declared = new Map<number, Values>();
  #files: readonly string[] | undefined;

  /**
   * Reads the unit's head.
   *
   * @param at The unit's first byte in .debug_info.
   * @throws {RangeError} If it is none that the lab knows.
   */
  constructor(sections: ElfSections, at: number) {
    this.#sections = sections;
    this.#at = at;
    const head = this.#cursor(".debug_info", at);
    const length = head.uint(4);
    if (length >= 0xffff_fff0) throw new RangeError("it is 64-bit DWARF");
    this.#end = head.at + length;
    this.#version = head.uint(2);
    if (this.#version < 4 || this.#version > 5) {
      throw new RangeError(`it is DWARF ${this.#version}`);
    }
    let abbreviationsAt: number;
    if (this.#version === 5) {
      const type = head.uint(1);
      head.uint(1);
      abbreviationsAt = head.uint(4);
      // Type units and skeletons have more of a head, and no code.
      if (type !== 1) head.at = this.#end;
    } else {
      abbreviationsAt = head.uint(4);
      head.uint(1);
    }
    this.#firstDie = head.at;
    this.#abbreviations = this.#readAbbreviations(abbreviationsAt);
    const values: Values = new Map();
    if (head.at < this.#end) this.#die(head, values);
    this.#own = values;
  }

  /** The byte after the unit. */
  get end(): number {
    return this.#end;
  }

  /** Addresses of its code. */
  get ranges(): readonly AddressRange[] {
    return this.#rangesOf(this.#own);
  }

  /**
   * @returns Functions that are inlined there, the innermost last.
   * @throws {RangeError} If the unit cannot be read.
   */
  inlinedAt(address: number): DebugFunction[] {
    this.#inlined ??= this.#readInlined();
    return this.#inlined
      .filter(({ from, to }) => address >= from && address < to)
      .toSorted((a, b) => a.depth - b.depth)
      .map(({ origin }) => this.#describe(origin));
  }

  #cursor(section: string, at: number): DwarfCursor {
    return sectionCursor(this.#sections, section, at);
  }

  #readAbbreviations(at: number): Map<number, Abbreviation> {
    const cursor = this.#cursor(".debug_abbrev", at);
    const found = new Map<number, Abbreviation>();
    for (;;) {
      const code = cursor.uleb();
      if (code === 0) return found;
      const tag = cursor.uleb();
      const hasChildren = cursor.uint(1) === 1;
      const attributes: number[] = [];
      for (;;) {
        const [attribute, form] = [cursor.uleb(), cursor.uleb()];
        const constant = form === FORM.implicitConst ? cursor.uleb() : 0;
        if (attribute === 0 && form === 0) break;
        attributes.push(attribute, form, constant);
      }
      found.set(code, { tag, hasChildren, attributes });
    }
  }

  /** Reads one entry's attributes; nothing for the end of a list. */
  #die(cursor: DwarfCursor, values: Values): Abbreviation | undefined {
    const code = cursor.uleb();
    if (code === 0) return undefined;
    const abbreviation = this.#abbreviations.get(code);
    if (abbreviation === undefined) {
      throw new RangeError(`an entry has no abbreviation ${code}`);
    }
    const { attributes } = abbreviation;
    for (let index = 0; index < attributes.length; index += 3) {
      const [attribute = 0, form = 0, constant = 0] = [
        attributes[index],
        attributes[index + 1],
        attributes[index + 2],
      ];
      const value = cursor.value(form);
      if (!USED.has(attribute)) continue;
      values.set(attribute, {
        form,
        value: form === FORM.implicitConst ? constant : value,
      });
    }
    return abbreviation;
  }

  #readInlined(): Inlined[] {
    const found: Inlined[] = [];
    const cursor = this.#cursor(".debug_info", this.#firstDie);
    let depth = 0;
    while (cursor.at < this.#end) {
      const at = cursor.at - this.#at;
      const values: Values = new Map();
      const abbreviation = this.#die(cursor, values);
      if (abbreviation === undefined) {
        if (--depth <= 0) break;
        continue;
      }
      if (abbreviation.tag === TAG.subprogram) this.#declared.set(at, values);
      const origin = values.get(AT.abstractOrigin);
      if (abbreviation.tag === TAG.inlined && origin !== undefined) {
        for (const range of this.#rangesOf(values)) {
          found.push({ ...range, depth, origin: this.#reference(origin) });
        }
      }
      if (abbreviation.hasChildren) depth++;
      else if (depth === 0) break;
    }
    return found;
  }

  /** An entry by its place in the unit; only link-time optimisation leaves it. */
  #reference({ form, value }: DwarfValue): number {
    return form === FORM.refAddr ? value - this.#at : value;
  }

  #describe(origin: number): DebugFunction {
    let values = this.#declared.get(origin);
    for (let step = 0; step < 4 && values !== undefined; step++) {
      const name = values.get(AT.name);
      if (name !== undefined) {
        const file = values.get(AT.declFile)?.value ?? 0;
        return { name: this.#text(name), file: this.#file(file) };
      }
      const next = values.get(AT.abstractOrigin) ??
        values.get(AT.specification);
      values = next && this.#declared.get(this.#reference(next));
    }
    return { name: "?", file: "" };
  }

  #text({ form, value }: DwarfValue): string {
    switch (form) {
      case FORM.string:
        return this.#cursor(".debug_info", value).text();
      case FORM.strp:
        return this.#cursor(".debug_str", value).text();
      case FORM.lineStrp:
        return this.#cursor(".debug_line_str", value).text();
    }
    if (form === FORM.strx || form >= FORM.strx1 && form <= FORM.strx4) {
      const base = this.#own.get(AT.strOffsetsBase)?.value ?? 8;
      const at = this.#cursor(".debug_str_offsets", base + value * 4).uint(4);
      return this.#cursor(".debug_str", at).text();
    }
    return "?";
  }

  #address({ form, value }: DwarfValue): number {
    if (form === FORM.addrx || form >= FORM.addrx1 && form <= FORM.addrx4) {
      return this.#indexed(value);
    }
    return value;
  }

  #indexed(index: number): number {
    const base = this.#own.get(AT.addrBase)?.value ?? 8;
    return this.#cursor(".debug_addr", base + index * 8).address();
  }

  #rangesOf(values: Values): AddressRange[] {
    const ranges = values.get(AT.ranges);
    if (ranges !== undefined) {
      const low = this.#own.get(AT.lowPc);
      const found = this.#version === 5
        ? rangeList(this.#sections, ranges, {
          base: low === undefined ? 0 : this.#address(low),
          tableAt: this.#own.get(AT.rnglistsBase)?.value ?? 12,
          indexed: (index) => this.#indexed(index),
        })
        : oldRanges(this.#sections, ranges.value, low?.value ?? 0);
      return found.filter(({ from, to }) => from >= 0 && to > from);
    }
    const low = values.get(AT.lowPc);
    const high = values.get(AT.highPc);
    if (low === undefined || high === undefined) return [];
    const from = this.#address(low);
    const to = high.form === FORM.addr ? high.value : from + high.value;
    return from >= 0 && to > from ? [{ from, to }] : [];
  }

  #file(index: number): string {
    const table = this.#own.get(AT.lineTable);
    this.#files ??= table === undefined
      ? []
      : lineTableFiles(this.#sections, table.value, (value) =>
        this.#text(value));
    return this.#files[index] ?? "";
  }
}
