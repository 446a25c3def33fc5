/**
 * The options that every command of the lab takes, and how a text becomes a
 * number, a name or a list, or one clear line of complaint.
 */
import { Command, InvalidArgumentError } from "commander";
import {
  parseQuantity,
  QuantityError,
  type QuantityRange,
} from "../../sim/text/quantity.ts";
import { oneOf } from "../../sim/text/field_text.ts";
import { unknownName } from "../../sim/text/unknown_name.ts";
import { EXAMPLES } from "./examples.ts";
import { addExamples } from "./help.ts";
import { GROUPS, nameList } from "./option_text.ts";

export { nameList, oneOf, unknownName };

/** The options that every command takes (design.md, section 6). */
export interface CommonOptions {
  /** Where the JSON goes: a file, or `-` for standard output. */
  readonly json?: string;
  readonly seed: number;
  /** Whether progress and notes are left out. */
  readonly quiet: boolean;
  /** Whether an existing output file may be replaced. */
  readonly force: boolean;
}

/**
 * Makes a command.
 *
 * @param name The name typed after `lab`.
 * @returns The commander command, to add options and an action to.
 */
export function createCommand(name: string, description: string): Command {
  return addExamples(
    new Command(name).description(description),
    EXAMPLES[name] ?? [],
  );
}

/**
 * Adds the options that every command takes, after its own.
 *
 * @param force What `--force` does there.
 */
export function addCommonOptions(
  command: Command,
  force = "replace existing output files",
): Command {
  return command.optionsGroup(GROUPS.output)
    .option("--json <file>", "write the result as JSON, - for stdout")
    .option("--force", force, false)
    .option("--quiet", "no progress and no notes on stderr", false)
    .optionsGroup(GROUPS.other)
    .option("--seed <n>", "seed of all random choices", countOption(0), 1);
}

/**
 * Makes a parser of numbers for a commander option.
 *
 * @returns A parser that refuses anything else with the range.
 */
export function quantity(range: QuantityRange): (text: string) => number {
  return (text) => {
    try {
      return parseQuantity(text, range);
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
      throw new InvalidArgumentError(
        `Found ${error.found}, expected ${error.expected}.`,
      );
    }
  };
}

/**
 * Makes a parser of whole numbers for a commander option.
 *
 * @param most The largest number taken; default: 2^53 - 1.
 * @returns A parser that refuses anything else with the range.
 */
export function countOption(
  least: number,
  most?: number,
): (text: string) => number {
  return quantity({ kind: "count", least, most });
}

/**
 * Makes a parser of a time in seconds for a commander option.
 *
 * @param least The shortest time taken, in seconds.
 * @param most The longest time taken, in seconds.
 * @returns A parser that refuses anything else with the range.
 */
export function seconds(least: number, most: number): (text: string) => number {
  return quantity({ kind: "time", least, most, fraction: true });
}

/**
 * Makes a parser of a percentage for a commander option.
 *
 * @returns A parser that refuses anything else with the range.
 */
export function percent(least: number, most: number): (text: string) => number {
  return quantity({ kind: "percent", least, most, fraction: true });
}

/** How numbers are written, for the end of a help text. */
export const QUANTITY_HELP =
  "\nNumbers and sizes: 4096, 4k, 0.5M, 64MiB, 1e3; k, M, G are powers of 1024,\n" +
  "as in fio and dd. Times: 10, 0.5, 500ms, 2m; without a unit they are seconds.";

/**
 * Finds all names that an option takes.
 *
 * @throws {RangeError} If there is none of one of them.
 */
export function eachOf<Name extends string>(
  kind: string,
  names: readonly string[],
  known: readonly Name[],
): Name[] {
  return [...new Set(names.map((name) => oneOf(kind, name, known)))];
}
