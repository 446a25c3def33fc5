/**
 * The options that say how the files of workloads are read, and what stands
 * for standard input among them.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  EVENT_SELECTIONS,
  type EventSelection,
} from "../../sim/workload/event_choice.ts";
import {
  findTraceFormat,
  TRACE_FORMATS,
} from "../../sim/workload/trace_formats.ts";
import { STANDARD_INPUT } from "../../sim/workload/workload.ts";
import type { CommandContext } from "./context.ts";
import { GROUPS } from "./help.ts";

/** What commander makes of these options. */
export interface ReaderOptions {
  readonly events?: EventSelection;
  readonly format?: string;
}

/** Words of the formats, for help texts. */
export const FORMAT_NAMES: readonly string[] = TRACE_FORMATS.map(({ id }) =>
  id
);

/**
 * Adds the options to a command.
 *
 * @param command The command.
 * @returns The same command.
 */
export function addReaderOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--events <letter>",
        "events of a block trace that are its I/Os: Q, D, C or auto, the best " +
          "that it holds (default: auto)",
      ).argParser(eventSelection).helpGroup(GROUPS.workload),
    )
    .addOption(
      new Option(
        "--format <name>",
        "format of the traces, or the format string of blkparse -f (default: " +
          "told by content)",
      ).argParser(formatName).helpGroup(GROUPS.workload),
    );
}

/**
 * Gives the options that were set, as a workload takes them.
 *
 * @param options What commander made of them.
 * @returns Those alone.
 */
export function readingOf(options: ReaderOptions): ReaderOptions {
  const { events, format } = options;
  return {
    // What is the default needs no place in a result.
    ...(events === undefined || events === "auto" ? {} : { events }),
    ...(format === undefined ? {} : { format }),
  };
}

/**
 * Gives standard input to workloads, if one of them is `-`.
 *
 * @param workloads Their names.
 * @param context The outside world.
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

function eventSelection(text: string): EventSelection {
  const found = EVENT_SELECTIONS.find((known) =>
    known.toLowerCase() === text.toLowerCase()
  );
  if (found === undefined) {
    throw new InvalidArgumentError(
      `Found "${text}", expected one of ${EVENT_SELECTIONS.join(", ")}.`,
    );
  }
  return found;
}

function formatName(text: string): string {
  findTraceFormat(text);
  return text;
}
