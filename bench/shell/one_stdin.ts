/** Standard input can be read once, and by one option. */
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { readStreamBytes } from "../files/read_text.ts";
import type { CommandContext } from "./context.ts";

/** Options that take `-` for standard input. */
export interface StdinOptions {
  readonly struct?: readonly string[];
  readonly btf?: string;
  readonly btfBase?: string;
  readonly pahole?: string;
  readonly workload?: string | readonly string[] | undefined;
}

/**
 * Refuses a command that would read standard input twice.
 *
 * @throws {RangeError} Naming the first two options that would.
 */
export function requireOneStdin(options: StdinOptions): void {
  const { struct = [], btf, btfBase, pahole, workload = [] } = options;
  // Several structs of one text are read once.
  const onStdin = struct.find((text) => /^-(?::|$)/.test(text));
  const readers = [
    ["--struct", onStdin === undefined ? "" : STANDARD_INPUT],
    ["--btf", btf],
    ["--btf-base", btfBase],
    ["--pahole", pahole],
    ["--workload", [workload].flat().find((name) => name === STANDARD_INPUT)],
  ].flatMap(([option, value]) => value === STANDARD_INPUT ? [option] : []);
  const [first, second] = readers;
  if (second === undefined) return;
  throw new RangeError(
    `Cannot read standard input twice: found ${first} - and ${second} -, ` +
      "expected a file for one of them",
  );
}

/**
 * Reads all of standard input.
 *
 * @param options The option that it is for, the most bytes, and a command that
 *   pipes something into it.
 * @throws {RangeError} If it is a terminal or longer.
 */
export async function stdinBytes(
  context: CommandContext,
  options: { option: string; mostBytes: number; example: string },
): Promise<Uint8Array> {
  const { option, mostBytes, example } = options;
  const input = context.stdin ?? Deno.stdin;
  if (input.isTerminal()) {
    throw new RangeError(
      `Cannot read ${option} "${STANDARD_INPUT}": standard input is a ` +
        `terminal, expected a pipe such as ${example}`,
    );
  }
  return await readStreamBytes(input.readable, mostBytes);
}
