/** The text of a file that a command is given, or of standard input. */
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { readStreamText, readText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import type { CommandContext } from "./context.ts";

/**
 * Reads a file whole, or standard input for `-`.
 *
 * @param of The most bytes, and what is expected, such as `a result`.
 * @throws {Deno.errors.NotFound} If it cannot be read, or is longer.
 */
export async function readGiven(
  path: string,
  context: CommandContext,
  of: { readonly mostBytes: number; readonly expected: string },
): Promise<string> {
  const { mostBytes, expected } = of;
  try {
    return path === STANDARD_INPUT
      ? await readStreamText(
        (context.stdin ?? Deno.stdin).readable,
        mostBytes,
      )
      : await readText(path, mostBytes);
  } catch (error) {
    throw new Deno.errors.NotFound(
      `Cannot read "${path}": ${systemReason(error)}, expected ${expected}`,
    );
  }
}
