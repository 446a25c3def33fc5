/**
 * The command line of the lab: `deno task lab [command] [options]`.
 *
 * Here is only how a command is found and how its end becomes an exit status;
 * each command is a file in `command/`.
 *
 * @module
 */
import { Command } from "commander";
import config from "../deno.json" with { type: "json" };
import { TOOL_NAME } from "./result.ts";
import { unknownName } from "./command/command.ts";
import { commands } from "./command/registry.ts";
import {
  type CommandContext,
  EXIT,
  printableContext,
  processContext,
} from "./command/context.ts";
import { exitStatus, outputOf } from "./command/run_command.ts";

/**
 * Runs one command of the lab.
 *
 * @param args The words after `lab`.
 * @param outside The outside world.
 * @returns The exit status of design.md, section 6.
 */
export async function main(
  args: readonly string[],
  outside: CommandContext,
): Promise<number> {
  const context = printableContext(outside);
  const program = new Command("lab")
    .description("How the memory layout of struct bio_vec changes I/O")
    .version(
      `${TOOL_NAME} ${config.version}`,
      "--version",
      "print the version",
    );
  let status: number = EXIT.done;
  const report = (code: number) => status = code;
  for (const create of commands) {
    program.addCommand(create({ ...context, words: args }, report), {
      isDefault: create.isDefault ?? false,
    });
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput(outputOf(context))
      .showSuggestionAfterError(true).configureHelp({
        // Names alone leave room for the sentences at 80 columns.
        subcommandTerm: (listed) => listed.name(),
        minWidthToWrap: 20,
      });
  }
  try {
    const word = args[0];
    const names = [
      ...program.commands.map((command) => command.name()),
      "help",
    ];
    if (word !== undefined && !word.startsWith("-") && !names.includes(word)) {
      throw unknownName("command", word, names);
    }
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    return exitStatus(error, { name: "lab", context });
  }
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
