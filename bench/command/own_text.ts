/** The text of a file, or of standard input, that an option is made of. */
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { readStreamBytes } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import { inputOf } from "../run/run_inputs.ts";
import type { CommandContext } from "../shell/context.ts";
import { stdinBytes } from "../shell/one_stdin.ts";

interface OwnTextOptions {
  /** What is read, as named in messages, such as the option. */
  readonly option: string;
  readonly mostBytes: number;
  /** A command that pipes something into standard input. */
  readonly example: string;
  readonly expected: string;
}

/**
 * Reads a whole text, and notes in the context what was read.
 *
 * @param path The file, or `-` for standard input.
 * @throws {RangeError} If it cannot be read or is longer, or standard input is
 *   a terminal.
 */
export async function ownText(
  path: string,
  options: OwnTextOptions,
  context: CommandContext,
): Promise<string> {
  try {
    const bytes = await ownBytes(path, options, context);
    context.onInput?.(inputOf(path, bytes));
    return new TextDecoder().decode(bytes);
  } catch (error) {
    throw unreadable(error, { ...options, path });
  }
}

/**
 * Returns an error unchanged if it says what was read, and otherwise one that
 * does.
 */
export function unreadable(
  error: unknown,
  { option, path, expected }: {
    readonly option: string;
    readonly path: string;
    readonly expected: string;
  },
): unknown {
  return error instanceof RangeError && error.message.startsWith("Cannot ")
    ? error
    : new RangeError(
      `Cannot read ${option} "${path}": ${systemReason(error)}, expected ` +
        expected,
    );
}

async function ownBytes(
  path: string,
  options: OwnTextOptions,
  context: CommandContext,
): Promise<Uint8Array> {
  if (path === STANDARD_INPUT) return await stdinBytes(context, options);
  using file = await Deno.open(path, { read: true });
  return await readStreamBytes(file.readable, options.mostBytes);
}
