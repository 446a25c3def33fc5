/**
 * The commands of the lab, in the order in which `lab --help` lists them.
 * Adding one is: its file, its test, its summary, one line here.
 *
 * Each is loaded when it is asked for: all of them together are 850 modules.
 */
import type { CommandFactory } from "./command_factory.ts";
import { Command } from "commander";
import { SUMMARIES } from "./summaries.ts";

/** A command that can be loaded. */
export interface ListedCommand {
  /** The word that names it. */
  readonly name: keyof typeof SUMMARIES;
  /** Loads what makes it. */
  readonly load: () => Promise<CommandFactory>;
  /** Whether it tells of all commands, and so needs them. */
  readonly tellsOfAll?: true;
}

/** All commands. */
export const commands: readonly ListedCommand[] = [
  { name: "run", load: async () => (await import("./run.ts")).runCommand },
  {
    name: "audit",
    load: async () => (await import("./audit.ts")).auditCommand,
  },
  {
    name: "cache",
    load: async () => (await import("./cache.ts")).cacheCommand,
  },
  {
    name: "check",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    name: "compare",
    load: async () => (await import("./compare.ts")).compareCommand,
  },
  {
    name: "completions",
    load: async () => (await import("./completions.ts")).completionsCommand,
    tellsOfAll: true,
  },
  {
    name: "explain",
    load: async () => (await import("./explain.ts")).explainCommand,
  },
  { name: "heat", load: async () => (await import("./heat.ts")).heatCommand },
  {
    name: "layouts",
    load: async () => (await import("./layouts.ts")).layoutsCommand,
  },
  {
    name: "man",
    load: async () => (await import("./man.ts")).manCommand,
    tellsOfAll: true,
  },
  {
    name: "merge",
    load: async () => (await import("./merge.ts")).mergeCommand,
  },
  {
    name: "report",
    load: async () => (await import("./report.ts")).reportCommand,
  },
  {
    name: "sweep",
    load: async () => (await import("./sweep.ts")).sweepCommand,
  },
  {
    name: "topology",
    load: async () => (await import("./topology.ts")).topologyCommand,
  },
  {
    name: "verify",
    load: async () => (await import("./verify.ts")).verifyCommand,
  },
];

/** All commands as a list has them: nothing but what they do. */
export function listedCommands(): readonly Command[] {
  return commands.map(({ name }) =>
    new Command(name).description(SUMMARIES[name])
  );
}

/**
 * Loads the commands that a word may mean.
 *
 * @param word The first word of a command line.
 * @returns What makes them: one, none for the version, or all for what tells of
 *   all, as the man page does.
 */
export async function loadCommands(
  word: string,
): Promise<readonly CommandFactory[]> {
  if (word === "--version") return [];
  const named = commands.find(({ name }) => name === word);
  const wanted = named === undefined || named.tellsOfAll ? commands : [named];
  const made: CommandFactory[] = [];
  // One behind the other: at once, each would look at the same modules anew.
  for (const { load } of wanted) made.push(await load());
  return made;
}
