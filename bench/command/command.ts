/**
 * The options that every command of the lab takes, and how a text becomes a
 * number, a name or a list, or one clear line of complaint.
 */
import { Command, InvalidArgumentError } from "commander";
import { closestString } from "@std/text/closest-string";

/** The options that every command takes (design.md, section 6). */
export interface CommonOptions {
  /** Where the JSON goes: a file, or `-` for standard output. */
  readonly json?: string;
  /** The seed of every random stream. */
  readonly seed: number;
  /** Whether progress and notes are left out. */
  readonly quiet: boolean;
  /** Whether an existing output file may be replaced. */
  readonly force: boolean;
}

/**
 * Makes a command that has the common options already.
 *
 * @param name The name typed after `lab`, with its arguments.
 * @param description One sentence for the overview.
 * @returns The commander command, to add options and an action to.
 */
export function createCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--json <file>", "write the result as JSON, - for stdout")
    .option("--seed <n>", "seed of all random choices", wholeNumber(0), 1)
    .option("--quiet", "no progress and no notes on stderr", false)
    .option("--force", "replace an existing output file", false);
}

/**
 * Makes a parser of whole numbers for a commander option.
 *
 * @param least The smallest number taken.
 * @param most The largest number taken, 2^53 - 1 unless told.
 * @returns A parser that refuses anything else with the range.
 */
export function wholeNumber(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(
        `Found "${text}", expected a whole number from ${least} to ${most}.`,
      );
    }
    return value;
  };
}

/**
 * Makes a parser of comma-separated names for a commander option; the option
 * may be repeated. As fio has it for colons in file names, a backslash before a
 * comma makes it part of the name.
 *
 * @returns A parser that collects all names given.
 */
export function nameList(): (text: string, before?: string[]) => string[] {
  return (text, before = []) => {
    const names = text.split(/(?<!\\),/).map((name) =>
      name.trim().replaceAll("\\,", ",")
    );
    if (names.includes("")) {
      throw new InvalidArgumentError(
        `Found an empty name in "${text}", expected names between commas.`,
      );
    }
    return [...before, ...names];
  };
}

/**
 * Writes a name as `nameList()` reads it.
 *
 * @param name The name.
 * @returns The name, with a backslash before each comma.
 */
export function listedName(name: string): string {
  return name.replaceAll(",", "\\,");
}

/**
 * Says that a name is not known, with the nearest one and all that are.
 *
 * @param kind What the name stands for, such as `layout`.
 * @param name The name that was given.
 * @param known All names that would have been right.
 * @returns The error to throw.
 */
export function unknownName(
  kind: string,
  name: string,
  known: readonly string[],
): RangeError {
  const nearest = known.length > 0 ? closestString(name, known) : undefined;
  const hint = nearest === undefined ? "" : ` (nearest: "${nearest}")`;
  return new RangeError(
    `Cannot find ${kind} "${name}"${hint}, expected one of: ${
      known.join(", ")
    }`,
  );
}
