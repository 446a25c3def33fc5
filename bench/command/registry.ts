/**
 * The commands of the lab, in the order in which `lab --help` lists them.
 * Adding one is: its file, its test, its summary, one line here.
 *
 * Each is loaded when it is asked for: all of them together are 850 modules.
 */
import { Command } from "commander";
import type { CommandContext } from "../shell/context.ts";
import { SUMMARIES } from "./summaries.ts";

/** Makes one command; `report` sets the exit status of a finished run. */
type CommandFactory = (
  context: CommandContext,
  report: (status: number) => void,
) => Command;

const FACTORIES: Readonly<
  Record<keyof typeof SUMMARIES, () => Promise<CommandFactory>>
> = {
  run: async () => (await import("./run.ts")).runCommand,
  audit: async () => (await import("./audit.ts")).auditCommand,
  cache: async () => (await import("./cache.ts")).cacheCommand,
  check: async () => (await import("./check.ts")).checkCommand,
  compare: async () => (await import("./compare.ts")).compareCommand,
  completions: async () =>
    (await import("./completions.ts")).completionsCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
  heat: async () => (await import("./heat.ts")).heatCommand,
  layouts: async () => (await import("./layouts.ts")).layoutsCommand,
  man: async () => (await import("./man.ts")).manCommand,
  merge: async () => (await import("./merge.ts")).mergeCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  sweep: async () => (await import("./sweep.ts")).sweepCommand,
  topology: async () => (await import("./topology.ts")).topologyCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
};

/** Commands that list all commands, and so need them. */
const TELL_OF_ALL = ["completions", "man"];

export const commands: readonly {
  readonly name: keyof typeof SUMMARIES;
  readonly load: () => Promise<CommandFactory>;
}[] = (Object.keys(FACTORIES) as (keyof typeof SUMMARIES)[])
  .map((name) => ({ name, load: FACTORIES[name] }));

/** All commands as a list has them: nothing but what they do. */
export function listedCommands(): readonly Command[] {
  return commands.map(({ name }) =>
    new Command(name).description(SUMMARIES[name])
  );
}

/**
 * Loads the commands that a word may mean.
 *
 * @returns What makes them: one, none for the version, or all for what lists
 * all, such as the man page.
 */
export async function loadCommands(
  word: string,
): Promise<readonly CommandFactory[]> {
  if (word === "--version") return [];
  const named = commands.find(({ name }) => name === word);
  const wanted = named === undefined || TELL_OF_ALL.includes(word)
    ? commands
    : [named];
  const made: CommandFactory[] = [];
  // One after the other: at once, each would look at the same modules again.
  for (const { load } of wanted) made.push(await load());
  return made;
}
