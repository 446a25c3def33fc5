/** Names of source files in the head of a line table. */
import {
  type DwarfCursor,
  type DwarfValue,
  FORM,
  sectionCursor,
} from "./dwarf_cursor.ts";
import type { ElfSections } from "./elf_sections.ts";

/** Most files of a unit; one of the kernel's has about 500. */
const MOST_FILES = 1_000_000;
const PATH = 1;

/**
 * Reads the files of a line table (DWARF 5, section 6.2.4).
 *
 * @param at The table's first byte in .debug_line.
 * @returns Their names without folders, by their numbers.
 * @throws {RangeError} If the table cannot be read.
 */
export function lineTableFiles(
  sections: ElfSections,
  at: number,
  textOf: (value: DwarfValue) => string,
): string[] {
  const cursor = sectionCursor(sections, ".debug_line", at);
  cursor.uint(4);
  const version = cursor.uint(2);
  // Sizes of addresses and segments in version 5; the head's length.
  cursor.at += version >= 5 ? 2 + 4 : 4;
  // Shortest instruction, from 4 on most operations; is_stmt, line base, range.
  cursor.at += (version >= 4 ? 2 : 1) + 3;
  const opcodes = cursor.uint(1);
  cursor.at += opcodes - 1;
  if (version >= 5) {
    entries(sections, cursor, textOf);
    return entries(sections, cursor, textOf).map(baseName);
  }
  while (cursor.text() !== "");
  const files = [""];
  for (;;) {
    const name = cursor.text();
    if (name === "") return files;
    files.push(baseName(name));
    for (let skipped = 0; skipped < 3; skipped++) cursor.uleb();
  }
}

/** Paths of a list of folders or files. */
function entries(
  sections: ElfSections,
  cursor: DwarfCursor,
  textOf: (value: DwarfValue) => string,
): string[] {
  const formats = Array.from({ length: cursor.uint(1) }, () => ({
    content: cursor.uleb(),
    form: cursor.uleb(),
  }));
  const count = cursor.uleb();
  if (count > MOST_FILES) throw new RangeError(`it has ${count} files`);
  return Array.from({ length: count }, () => {
    let path = "";
    for (const { content, form } of formats) {
      const at = cursor.at;
      const value = cursor.value(form);
      if (content !== PATH) continue;
      path = form === FORM.string
        ? sectionCursor(sections, ".debug_line", at).text()
        : textOf({ form, value });
    }
    return path;
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
