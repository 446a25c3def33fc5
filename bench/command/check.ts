/**
 * `lab check oracle|fuzz|soak|study`: the lab checks itself. Each is a tool of
 * its own, with options of its own, which its task (`deno task oracle`, ...)
 * runs as well.
 */
import type { Command } from "commander";
import { type CommandNode, commandTree } from "../command_line/command_tree.ts";
import { createCommand, unknownName } from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { SUMMARIES } from "./summaries.ts";

/** A tool: what it does, and how it is run with the words after its name. */
interface Check {
  readonly name: string;
  readonly description: string;
  readonly run: (
    words: readonly string[],
    context: CommandContext,
  ) => Promise<number>;
}

/** Loaded when they are asked for: no other command needs them. */
const CHECKS: readonly Check[] = [
  {
    name: "oracle",
    description: "replay rows of real kernels: covered, exact, why not",
    run: async (words, context) => {
      const { oracleMain } = await import("../oracle/command.ts");
      return await oracleMain(words, context);
    },
  },
  {
    name: "fuzz",
    description: "run every reader on almost valid input",
    run: async (words, context) => {
      const { fuzzMain } = await import("../fuzz/command.ts");
      return await fuzzMain(words, {
        ...context,
        clock: () => performance.now(),
        residentBytes: () => Deno.memoryUsage().rss,
      });
    },
  },
  {
    name: "soak",
    description:
      "run many I/Os over all layouts with faults on, and verify each",
    run: async (words, context) => {
      const { soakMain } = await import("../soak/command.ts");
      return await soakMain(words, {
        ...context,
        residentBytes: () => Deno.memoryUsage().rss,
      });
    },
  },
  {
    name: "study",
    description: "count and time the main question as a whole",
    run: async (words, context) => {
      const { main } = await import("../study/command.ts");
      return await main(words, context);
    },
  },
];

/**
 * Runs a tool with words that are all its own, `--help` among them.
 *
 * @param words The words after `lab`.
 * @returns The exit status; nothing where no tool is named.
 */
export async function runCheck(
  words: readonly string[],
  context: CommandContext,
): Promise<number | undefined> {
  if (words[0] !== "check") return undefined;
  const tool = CHECKS.find(({ name }) => name === words[1]);
  return await tool?.run(words.slice(2), {
    ...context,
    program: `lab check ${tool.name}`,
  });
}

/** Returns the whole command line as data, with the tools of `lab check`. */
export async function wholeTree(
  command: Command,
  context: CommandContext,
): Promise<CommandNode> {
  const tree = commandTree(command.parent ?? command);
  const tools: CommandNode[] = [];
  for (const { name, run } of CHECKS) {
    // Its help, which is thrown away, makes the command without running it.
    await run(["--help"], {
      ...context,
      program: `lab check ${name}`,
      writeOut: () => {},
      onCommand: (made) => {
        const node = commandTree(made);
        tools.push({ ...node, words: [...tree.words, "check", name] });
      },
    });
  }
  return {
    ...tree,
    commands: tree.commands.map((node) =>
      node.words.at(-1) === "check" ? { ...node, commands: tools } : node
    ),
  };
}

/**
 * Makes the command `lab check`, which lists the tools; `runCheck()` has
 * already run the one that was named, if there is one of that name.
 */
export function checkCommand(): Command {
  const names = CHECKS.map(({ name }) => name);
  return createCommand("check", SUMMARIES.check)
    .argument("<tool>", "which of them")
    .argument("[words...]", "its arguments: lab check TOOL --help lists them")
    .addHelpText(
      "after",
      "\n" +
        CHECKS.map(({ name, description }) =>
          `${name.padEnd(7)} ${description}`
        ).join("\n"),
    )
    .action((tool: string) => {
      throw unknownName("check", tool, names);
    });
}
