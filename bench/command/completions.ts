/**
 * `lab completions SHELL`: the script that makes a shell complete commands,
 * options and names of the lab, from what help says.
 */
import { Argument, type Command } from "commander";
import { SHELLS } from "../command_line/shells.ts";
import { offerNames } from "../setup/offered_names.ts";
import { wholeTree } from "./check.ts";
import { createCommand, oneOf } from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { SUMMARIES } from "./summaries.ts";

export function completionsCommand(context: CommandContext): Command {
  const names = Object.keys(SHELLS);
  const shell = new Argument("<shell>", names.join(", "));
  offerNames(shell, { names, isList: false });
  const command = createCommand("completions", SUMMARIES.completions)
    .addArgument(shell);
  return command
    .addHelpText(
      "after",
      '\nThe scripts complete "deno task lab" and a command or an alias "lab".',
    )
    .action(async (name: string) => {
      const script = SHELLS[oneOf("shell", name, names)];
      const tree = await wholeTree(command, context);
      if (script !== undefined) context.writeOut(script(tree));
    });
}
