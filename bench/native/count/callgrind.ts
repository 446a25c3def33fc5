/**
 * Counting by valgrind's callgrind: every instruction of the function between
 * whose ends it collects, with its loads and stores, by address.
 */
import type { ElfFile } from "./elf.ts";
import type { InstructionFigures } from "./figures.ts";
import { instructionKind } from "./instruction_kind.ts";

/** Longest instruction of any machine here, in bytes. */
const LONGEST_BYTES = 16;

/**
 * @param options The program with its arguments, the function that it collects
 *   in, and the file that it writes.
 */
export function callgrindArguments(
  options: {
    readonly command: readonly string[];
    readonly inside: string;
    readonly out: string;
  },
): string[] {
  return [
    "--tool=callgrind",
    `--callgrind-out-file=${options.out}`,
    "--collect-atstart=no",
    `--toggle-collect=${options.inside}`,
    // Loads and stores are events of the cache simulation.
    ...["--cache-sim=yes", "--dump-instr=yes", "--dump-line=no"],
    ...["--compress-pos=no", "--compress-strings=no"],
    ...options.command,
  ];
}

/**
 * Reads what callgrind has written (callgrind's format, version 1).
 *
 * An instruction that changes memory in place is one store to it, and one load
 * and one store here; bts and bt on registers have accesses in its translation that
 * the program does not make.
 *
 * @param text The file, positions by instruction alone and not compressed.
 * @throws {SyntaxError} If it is no such file, or has counted nothing.
 */
export function readCallgrind(
  text: string,
  program: ElfFile,
): InstructionFigures {
  const sums = { instructions: 0, loads: 0, stores: 0, branches: 0 };
  const events = /^events: (.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
  const column = (name: string) => events.indexOf(name);
  const [ir, dr, dw] = [column("Ir"), column("Dr"), column("Dw")];
  if (ir < 0 || dr < 0 || dw < 0) {
    throw new SyntaxError(
      `Cannot read callgrind's counts: events are "${events.join(" ")}", ` +
        `expected Ir, Dr and Dw among them`,
    );
  }
  // The line after `calls=` has what the callee took, which is counted there.
  let isInclusive = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("calls=")) {
      isInclusive = true;
      continue;
    }
    if (!line.startsWith("0x")) continue;
    if (isInclusive) {
      isInclusive = false;
      continue;
    }
    const [address, ...counts] = line.split(" ").map(Number);
    const kind = instructionKind(
      program.machine,
      program.bytesAt(address as number, LONGEST_BYTES),
    );
    const executed = counts[ir] ?? 0;
    const stores = counts[dw] ?? 0;
    sums.instructions += executed;
    if (kind.isBranch) sums.branches += executed;
    if (kind.isRegisterOnly) continue;
    sums.loads += Math.max(counts[dr] ?? 0, kind.modifiesMemory ? stores : 0);
    sums.stores += stores;
  }
  if (sums.instructions === 0) {
    throw new SyntaxError(
      "Cannot read callgrind's counts: no instruction was counted, expected " +
        "those of the path",
    );
  }
  return { ...sums, unaligned: null, lineCrossings: null };
}
