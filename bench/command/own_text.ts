/** The text of a file, or of standard input, that an option is made of. */
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { readStreamBytes } from "../files/read_text.ts";
import { inputOf } from "../run/run_inputs.ts";
import type { CommandContext } from "../shell/context.ts";
import { stdinBytes } from "../shell/one_stdin.ts";

/**
 * Reads a text whole, and tells the context what was read.
 *
 * @param path The file, or `-` for standard input.
 * @param options The option that it is for, the most bytes, and a command that
 *   pipes something into it.
 * @throws {RangeError} If it is longer, or standard input is a terminal.
 * @throws {Deno.errors.NotFound} If it is not there; other errors of the system
 *   as they come.
 */
export async function ownText(
  path: string,
  options: { option: string; mostBytes: number; example: string },
  context: CommandContext,
): Promise<string> {
  const bytes = await ownBytes(path, options, context);
  context.onInput?.(inputOf(path, bytes));
  return new TextDecoder().decode(bytes);
}

async function ownBytes(
  path: string,
  options: { option: string; mostBytes: number; example: string },
  context: CommandContext,
): Promise<Uint8Array> {
  if (path === STANDARD_INPUT) return await stdinBytes(context, options);
  using file = await Deno.open(path, { read: true });
  return await readStreamBytes(file.readable, options.mostBytes);
}
