/** Which functions gcc put into others, by the DWARF of a vmlinux. */
import type { AddressRange } from "./dwarf_ranges.ts";
import { type DebugFunction, DwarfUnit } from "./dwarf_unit.ts";
import type { ElfSections } from "./elf_sections.ts";
import { lastNotBehind } from "./last_not_behind.ts";

interface UnitRange extends AddressRange {
  readonly unit: DwarfUnit;
}

export class InlinedFunctions {
  readonly #ranges: readonly UnitRange[];
  readonly #known = new Map<number, readonly DebugFunction[]>();

  /** Compilation units that could not be read; their inlines are missing. */
  readonly unreadable: Set<DwarfUnit> = new Set();

  /**
   * Reads the heads of all units.
   *
   * @throws {SyntaxError} If a unit's head cannot be read.
   */
  constructor(sections: ElfSections, name: string) {
    const length = sections.get(".debug_info")?.length ?? 0;
    const ranges: UnitRange[] = [];
    for (let at = 0; at < length;) {
      try {
        const unit = new DwarfUnit(sections, at);
        for (const range of unit.ranges) ranges.push({ ...range, unit });
        at = unit.end;
      } catch (error) {
        throw new SyntaxError(
          `Cannot read debug information of ${name}, byte ${at} of ` +
            `.debug_info: ${(error as Error).message}, expected DWARF 4 or 5 ` +
            `of gcc or clang`,
          { cause: error },
        );
      }
    }
    this.#ranges = ranges.toSorted((a, b) => a.from - b.from);
  }

  /**
   * Returns what is inlined at an address.
   *
   * @param address The address of an instruction, above `KERNEL_BASE`.
   * @returns Functions, the innermost last; none in code without DWARF.
   */
  at(address: number): readonly DebugFunction[] {
    return this.#known.getOrInsertComputed(address, () => this.#look(address));
  }

  #look(address: number): readonly DebugFunction[] {
    const range = lastNotBehind(this.#ranges, address, ({ from }) => from);
    if (range === undefined || address >= range.to) return [];
    if (this.unreadable.has(range.unit)) return [];
    try {
      return range.unit.inlinedAt(address);
    } catch {
      this.unreadable.add(range.unit);
      return [];
    }
  }
}
