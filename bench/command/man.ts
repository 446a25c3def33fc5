/** `lab man [COMMAND]`: the man page, from what help says. */
import { Argument, type Command } from "commander";
import config from "../../deno.json" with { type: "json" };
import { commandsOf } from "../command_line/command_tree.ts";
import { manPage } from "../command_line/man_page.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { offerNames } from "../setup/offered_names.ts";
import { wholeTree } from "./check.ts";
import { createCommand, unknownName } from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { SUMMARIES } from "./summaries.ts";

export function manCommand(context: CommandContext): Command {
  const word = new Argument(
    "[command...]",
    "the page of one command, such as run or check soak (default: all)",
  );
  const command = createCommand("man", SUMMARIES.man).addArgument(word);
  offerNames(word, {
    get names() {
      return command.parent?.commands.map((other) => other.name()) ?? [];
    },
    isList: false,
  });
  return command.action(async (words: readonly string[]) => {
    const tree = await wholeTree(command, context);
    const pages = commandsOf(tree);
    const asked = ["lab", ...words].join(" ");
    const page = pages.find((node) => node.words.join(" ") === asked);
    if (page === undefined) {
      const names = pages.map((node) => node.words.slice(1).join(" "));
      throw unknownName(
        "command",
        words.join(" "),
        names.filter((name) => name !== ""),
      );
    }
    context.writeOut(manPage(page, {
      version: `${TOOL_NAME} ${config.version}`,
      statuses: [
        [EXIT.done, "All went well."],
        [
          EXIT.wrongAnswer,
          "An answer was wrong, or a comparison found a loss.",
        ],
        [EXIT.wrongUse, "Options or input cannot be used; one line says why."],
        [EXIT.interrupted, "Interrupted; what was finished is kept."],
        [EXIT.terminated, "Terminated; what was finished is kept."],
      ],
      environment: [
        ["NO_COLOR", "No color on a terminal, if it is set and not empty."],
        [
          "DENO_V8_FLAGS",
          "Flags of V8, which decide the speed of what is timed; the tasks of " +
          "deno.json set them, and results record them.",
        ],
      ],
    }));
  });
}
