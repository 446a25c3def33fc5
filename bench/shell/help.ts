/**
 * How the help of every command looks: options in groups by subject, defaults
 * as `default: X`, lines of at most 80 columns.
 */
import { type Command, Option } from "commander";
import config from "../../deno.json" with { type: "json" };
import { TOOL_NAME } from "../machine/tool.ts";
import { wrap } from "../text/wrap.ts";
import { oneLine } from "./one_line.ts";
import { GROUPS } from "./option_text.ts";
import { usageError } from "./usage_error.ts";
import type { Example } from "./examples.ts";
import type { CommandContext } from "./context.ts";

export { GROUPS };

const HELP_COLUMNS = 80;

/**
 * Makes a command, and those below it, speak to the outside world: help and
 * complaints go to its streams, and nothing ends the process. All of them get
 * `--version` and `-h`.
 */
export function connect(command: Command, context: CommandContext): void {
  command.optionsGroup(GROUPS.other)
    .version(`${TOOL_NAME} ${config.version}`, "--version", "print the version")
    .addHelpOption(
      new Option("-h, --help", "print this help").helpGroup(GROUPS.other),
    )
    .exitOverride().configureOutput({
      writeOut: context.writeOut,
      writeErr: context.writeError,
      outputError: (text, write) =>
        write(
          `${toolName(command)}: ${
            oneLine(usageError(text, typedName(command)))
          }\n`,
        ),
      // Without these, commander reads variables that need a permission.
      getOutHasColors: () => context.color,
      getErrHasColors: () => false,
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
    }).showSuggestionAfterError(true).configureHelp({
      // Names alone leave room for the sentences at 80 columns.
      subcommandTerm: (listed) => listed.name(),
      optionDescription: describe,
      minWidthToWrap: 20,
    });
  for (const below of command.commands) {
    connect(below, context);
    // It is the tool's, and taken after every command of it, too.
    below.options.find(({ long }) => long === "--version")?.hideHelp();
  }
}

/** A command as typed, with those that it is below. */
function typedName(command: Command): string {
  return command.parent === null
    ? command.name()
    : `${typedName(command.parent)} ${command.name()}`;
}

/** What an error begins with: who says it. */
function toolName(command: Command): string {
  return command.parent === null ? command.name() : toolName(command.parent);
}

/** The sentence of an option, with its choices and its default. */
function describe(option: Option): string {
  const { description, argChoices, defaultValue } = option;
  const isSaid = description.includes("(default: ");
  const shown = option.defaultValueDescription ??
    (typeof defaultValue === "string" || typeof defaultValue === "number"
      ? String(defaultValue)
      : "");
  return [
    description,
    ...(argChoices === undefined ? [] : [`: ${argChoices.join(", ")}`]),
    ...(shown === "" || isSaid ? [] : [` (default: ${shown})`]),
  ].join("");
}

export function addExamples(
  command: Command,
  examples: readonly Example[],
): Command {
  if (examples.length === 0) return command;
  return command.addHelpText("after", () => {
    const lines = examples.flatMap((
      [line, what],
    ) => [`  # ${what}`, `  ${line}`]);
    return ["\nExamples:", ...lines].join("\n");
  });
}

/**
 * Lists names at the end of a help text.
 *
 * @returns Lines of at most 80 columns, a blank one first.
 */
export function listedNames(
  rows: Iterable<readonly [string, Iterable<string>]>,
): string {
  return "\n" +
    [...rows].flatMap(([kind, names]) =>
      wrap(`${kind}: ${[...names].join(", ")}`, {
        width: HELP_COLUMNS,
        indent: "  ",
      })
    ).join("\n");
}
