/** What the plugin of QEMU's user emulation has written (plugin.c). */
import type { ElfFile } from "./elf.ts";
import type { InstructionFigures } from "./figures.ts";
import { instructionKind } from "./instruction_kind.ts";

const LINE = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+)$/;
/** Longest instruction of any machine here, in bytes. */
const LONGEST_BYTES = 16;

/**
 * Reads the plugin's counts.
 *
 * @throws {SyntaxError} If the program did not get to its end.
 */
export function readQemuCounts(
  text: string,
  program: ElfFile,
): InstructionFigures {
  const figures = {
    instructions: 0,
    loads: 0,
    stores: 0,
    branches: 0,
    unaligned: 0,
    lineCrossings: 0,
  };
  const lines = text.trimEnd().split("\n");
  if (lines.pop() !== "end" || lines.length === 0) {
    throw new SyntaxError(
      "Cannot read the plugin's counts: they are truncated, expected all of them",
    );
  }
  for (const line of lines) {
    const found = LINE.exec(line);
    if (found === null) {
      throw new SyntaxError(
        `Cannot read the plugin's counts: "${line}", expected an address and ` +
          `five counts`,
      );
    }
    const address = parseInt(found[1] as string, 16);
    const [executed = 0, loads = 0, stores = 0, unaligned = 0, crossing = 0] =
      found.slice(2).map(Number);
    const { isBranch, untold } = instructionKind(
      program.machine,
      program.bytesAt(address, LONGEST_BYTES),
    );
    figures.instructions += executed;
    if (isBranch) figures.branches += executed;
    figures.loads += loads + executed * (untold?.loads ?? 0);
    figures.stores += stores + executed * (untold?.stores ?? 0);
    figures.unaligned += unaligned;
    figures.lineCrossings += crossing;
  }
  return figures;
}
