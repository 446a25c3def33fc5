/** What a vmlinux says about its kernel beside BTF: symbols and DWARF. */
import { type ElfSections, elfSections } from "./elf_sections.ts";
import { InlinedFunctions } from "./inlined_functions.ts";

export interface Vmlinux {
  /** Its symbols as lines of a System.map; empty if it is stripped. */
  readonly symbols: string;
  /** What is inlined where; `undefined` without DWARF. */
  readonly inlined: InlinedFunctions | undefined;
}

/** @throws {SyntaxError} If it is damaged, or of another architecture. */
export async function readVmlinux(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<Vmlinux> {
  const sections = await elfSections(bytes, name);
  return {
    symbols: symbolLines(sections),
    inlined: sections.has(".debug_info")
      ? new InlinedFunctions(sections, name)
      : undefined,
  };
}

/** Types of symbols: none (assembly), object, function. */
const LETTERS = ["T", "D", "T"];

function symbolLines(sections: ElfSections): string {
  const table = sections.get(".symtab");
  const names = sections.get(".strtab");
  if (table === undefined || names === undefined) return "";
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const decoder = new TextDecoder();
  const lines: string[] = [];
  for (let at = 0; at + 24 <= table.length; at += 24) {
    const letter = LETTERS[view.getUint8(at + 4) & 15];
    const name = view.getUint32(at, true);
    const end = names.indexOf(0, name);
    // Undefined ones have section 0.
    if (letter === undefined || view.getUint16(at + 6, true) === 0) continue;
    if (end <= name) continue;
    const address = view.getBigUint64(at + 8, true).toString(16)
      .padStart(16, "0");
    lines.push(
      `${address} ${letter} ${decoder.decode(names.subarray(name, end))}`,
    );
  }
  return lines.toSorted().join("\n");
}
