/**
 * The command line of the lab: `deno task lab [command] [options]`.
 *
 * Here is only how a command is found and how its end becomes an exit status;
 * each command is a file in `command/`.
 *
 * @module
 */
import { Command } from "commander";
import { runCheck } from "./command/check.ts";
import { unknownName } from "./shell/command.ts";
import { commands, listedCommands, loadCommands } from "./command/registry.ts";
import {
  type CommandContext,
  EXIT,
  printableContext,
  processContext,
} from "./shell/context.ts";
import { addExamples, connect } from "./shell/help.ts";
import { exitStatus } from "./shell/run_command.ts";

/** Options of the lab as a whole. */
const PROGRAM_OPTIONS = ["-h", "--help", "-V", "--version"];
/** The command that is meant without its name. */
const DEFAULT_COMMAND = "run";

/**
 * Runs one command of the lab.
 *
 * @param args The words after `lab`.
 * @returns The exit status of design.md, section 6.
 */
export async function main(
  args: readonly string[],
  outside: CommandContext,
): Promise<number> {
  const context = printableContext(outside);
  const checked = await runCheck(args, context);
  if (checked !== undefined) return checked;
  const program = new Command("lab")
    .description("How the memory layout of struct bio_vec changes I/O")
    .helpCommand("help [command]", "print the help of a command");
  addExamples(program, [
    ["deno task lab", "compare the usual layouts; the answer on one screen"],
    ["deno task lab layouts", "see the layouts and who proposed them"],
    ["deno task lab run --help", "all options of a command, with examples"],
  ]);
  let status: number = EXIT.done;
  const report = (code: number) => status = code;
  const [word] = args;
  // Help after options of the default command is that command's.
  const isRun = word?.startsWith("-") && !PROGRAM_OPTIONS.includes(word);
  try {
    const names = [...commands.map(({ name }) => name), "help"];
    for (const name of word === "help" ? args.slice(1, 2) : [word]) {
      if (name === undefined || name.startsWith("-")) continue;
      if (!names.includes(name)) throw unknownName("command", name, names);
    }
    const made = isOverview(args)
      ? listedCommands()
      : (await loadCommands(wantedBy(args, isRun)))
        .map((create) => create({ ...context, words: args }, report));
    for (const command of made) {
      const isDefault = command.name() === DEFAULT_COMMAND;
      program.addCommand(command, { isDefault });
    }
    connect(program, context);
    await program.parseAsync(isRun ? [DEFAULT_COMMAND, ...args] : [...args], {
      from: "user",
    });
    return status;
  } catch (error) {
    return exitStatus(error, { name: "lab", context });
  }
}

/** Whether nothing but the list of commands is asked for. */
function isOverview([word = "", ...others]: readonly string[]): boolean {
  return ["-h", "--help"].includes(word) ||
    word === "help" && others.length === 0;
}

/** The word that names what is to be loaded. */
function wantedBy(
  [word = DEFAULT_COMMAND, asked]: readonly string[],
  isRun: boolean | undefined,
): string {
  if (isRun) return DEFAULT_COMMAND;
  return word === "help" && asked !== undefined ? asked : word;
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
