/** What stands for standard input among the workloads of a command. */
import { TRACE_FORMATS } from "../../sim/workload/trace_formats.ts";
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import type { CommandContext } from "./context.ts";

/** Words of the formats, for help texts. */
export const FORMAT_NAMES: readonly string[] = TRACE_FORMATS.map(({ id }) =>
  id
);

/**
 * Gives standard input to workloads, if one of them is `-`.
 *
 * @returns The stream; undefined if none is `-`.
 * @throws {RangeError} If several are, or it is a terminal.
 */
export function standardInput(
  workloads: readonly string[],
  context: CommandContext,
): ReadableStream<Uint8Array> | undefined {
  const times = workloads.filter((name) => name === STANDARD_INPUT).length;
  if (times === 0) return undefined;
  if (times > 1) {
    throw new RangeError(
      `Cannot read standard input ${times} times: found ${times} workloads ` +
        `"${STANDARD_INPUT}", expected one`,
    );
  }
  const input = context.stdin ?? Deno.stdin;
  if (input.isTerminal()) {
    throw new RangeError(
      `Cannot read workload "${STANDARD_INPUT}": standard input is a ` +
        `terminal, expected a pipe such as blkparse -i PREFIX -o - | lab run ` +
        `--workload -`,
    );
  }
  return input.readable;
}
