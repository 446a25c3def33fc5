/** Lists of address ranges, of DWARF 5 and of DWARF 4. */
import { type DwarfValue, FORM, sectionCursor } from "./dwarf_cursor.ts";
import type { ElfSections } from "./elf_sections.ts";

/** Addresses from one up to, but not with, another. */
export interface AddressRange {
  /** The first, above `KERNEL_BASE`. */
  readonly from: number;
  /** The one after the last. */
  readonly to: number;
}

/** What a list needs of its unit. */
export interface RangeSetting {
  /** The unit's first address; 0 if it has none. */
  readonly base: number;
  /** The unit's table of offsets in .debug_rnglists. */
  readonly tableAt: number;
  /** Returns an address of the unit's table of addresses. */
  readonly indexed: (index: number) => number;
}

/**
 * Reads a list of .debug_rnglists (DWARF 5, section 7.25).
 *
 * @param list Where it is, by its place or its number.
 * @param setting The unit's bases.
 * @throws {RangeError} If it cannot be read.
 */
export function rangeList(
  sections: ElfSections,
  list: DwarfValue,
  setting: RangeSetting,
): AddressRange[] {
  const { tableAt, indexed } = setting;
  const open = (at: number) => sectionCursor(sections, ".debug_rnglists", at);
  const cursor = open(
    list.form === FORM.rnglistx
      ? tableAt + open(tableAt + list.value * 4).uint(4)
      : list.value,
  );
  let { base } = setting;
  const found: AddressRange[] = [];
  const push = (from: number, to: number) => found.push({ from, to });
  for (;;) {
    const kind = cursor.uint(1);
    if (kind === 0) return found;
    if (kind === 1) base = indexed(cursor.uleb());
    else if (kind === 2) push(indexed(cursor.uleb()), indexed(cursor.uleb()));
    else if (kind === 3) {
      const from = indexed(cursor.uleb());
      push(from, from + cursor.uleb());
    } else if (kind === 4) push(base + cursor.uleb(), base + cursor.uleb());
    else if (kind === 5) base = cursor.address();
    else if (kind === 6) push(cursor.address(), cursor.address());
    else if (kind === 7) {
      const from = cursor.address();
      push(from, from + cursor.uleb());
    } else throw new RangeError(`a range of kind ${kind} is unknown`);
  }
}

/**
 * Reads a list of .debug_ranges (DWARF 4, section 2.17.3).
 *
 * @param first The unit's first address; 0 if it has none.
 * @throws {RangeError} If it cannot be read.
 */
export function oldRanges(
  sections: ElfSections,
  at: number,
  first: number,
): AddressRange[] {
  const open = (place: number) =>
    sectionCursor(sections, ".debug_ranges", place);
  let base = first;
  const cursor = open(at);
  const found: AddressRange[] = [];
  for (;;) {
    const start = cursor.at;
    const [from, to] = [cursor.uint(8), cursor.uint(8)];
    if (from === 0 && to === 0) return found;
    // The largest address is in front of another base.
    if (from >= 2 ** 64 - 2 ** 32) base = open(start + 8).address();
    else if (base > 0) found.push({ from: base + from, to: base + to });
    else {
      const absolute = open(start);
      found.push({ from: absolute.address(), to: absolute.address() });
    }
  }
}
