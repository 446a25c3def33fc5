/**
 * `deno task exact:equal CHECKOUT --before OTHER`: runs a list of commands with
 * the code of two checkouts and compares everything exact that comes out: exit
 * status, printed text, figures and digests. It is the proof that a
 * restructuring has changed nothing.
 *
 * @module
 */
import { resolve } from "@std/path";
import { Command } from "commander";
import { nameList, unknownName } from "../shell/command.ts";
import {
  type CommandContext,
  processContext,
  WrongAnswerError,
} from "../shell/context.ts";
import { plural } from "../../sim/text/plural.ts";
import { runToStatus } from "../shell/run_command.ts";
import { outcomeDifferences } from "./differences.ts";
import { EXACT_COMMANDS, type ExactCommand } from "./exact_commands.ts";
import { type Outcome, outcomeOf, type Outcomes } from "./outcome.ts";

/** Differences of one command that are shown. */
const MOST_SHOWN = 8;

interface ExactEqualOptions {
  readonly before?: string;
  readonly only?: string[];
  readonly keep?: string;
}

/** @returns 0 if all is equal, 1 if not, 2 on wrong use. */
export async function exactEqualMain(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const command = new Command("exact_equal")
    .description(
      "What a list of commands gives in two checkouts, figure by figure",
    )
    .argument("<checkout>", "folder of the tree as it is now")
    .option("--before <path>", "another checkout, or what --keep has written")
    .option("--keep <file>", "write what came out of <checkout>")
    .option(
      "--only <names>",
      "only these commands, comma-separated",
      nameList(),
    )
    .action(async (path: string, options: ExactEqualOptions) => {
      const commands = chosen(options.only);
      const { keep, before } = options;
      if (keep === undefined && before === undefined) {
        throw new RangeError(
          "Cannot compare a single checkout, expected --before or --keep",
        );
      }
      const checkout = await checkoutOf(path);
      const earlier = before === undefined
        ? undefined
        : await earlierOutcomes(before);
      const now: Record<string, Outcome> = {};
      let differing = 0;
      for (const one of commands) {
        context.signal.throwIfAborted();
        const { name } = one;
        const outcome = await outcomeOf(checkout, one);
        now[name] = outcome;
        if (earlier === undefined) continue;
        const found = outcomeDifferences(await earlier(one), outcome, name);
        if (found.length > 0) differing++;
        context.writeOut(told(name, found));
      }
      if (keep !== undefined) {
        await Deno.writeTextFile(keep, JSON.stringify(now));
      }
      if (differing === 0) return;
      throw new WrongAnswerError(
        `${differing} of ${commands.length} commands ` +
          `${differing === 1 ? "gives" : "give"} other output, expected the ` +
          "same",
      );
    });
  return await runToStatus(command, { args, context });
}

function chosen(only: readonly string[] | undefined): readonly ExactCommand[] {
  if (only === undefined) return EXACT_COMMANDS;
  const names = EXACT_COMMANDS.map(({ name }) => name);
  return only.map((name) => {
    const found = EXACT_COMMANDS.find((command) => command.name === name);
    if (found === undefined) throw unknownName("command", name, names);
    return found;
  });
}

/** What commands gave before: kept, or found by running them. */
async function earlierOutcomes(
  path: string,
): Promise<(command: ExactCommand) => Promise<Outcome | undefined>> {
  const { isDirectory } = await Deno.stat(path).catch(() => {
    throw new RangeError(
      `Cannot compare with "${path}": it is not there, expected a checkout or ` +
        "a file that --keep has written",
    );
  });
  if (isDirectory) {
    const checkout = await checkoutOf(path);
    return (command) => outcomeOf(checkout, command);
  }
  const kept = JSON.parse(await Deno.readTextFile(path)) as Outcomes;
  return ({ name }) => Promise.resolve(kept[name]);
}

async function checkoutOf(path: string): Promise<string> {
  const folder = resolve(path);
  await Deno.stat(`${folder}/bench/lab.ts`).catch(() => {
    throw new RangeError(
      `Cannot run the commands of "${path}": found no bench/lab.ts there, ` +
        "expected a checkout",
    );
  });
  return folder;
}

function told(name: string, found: readonly string[]): string {
  if (found.length === 0) return `${name}: equal\n`;
  const more = found.length - MOST_SHOWN;
  return [
    `${name}: ${plural(found.length, "difference")}`,
    ...found.slice(0, MOST_SHOWN).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    "",
  ].join("\n");
}

if (import.meta.main) {
  Deno.exit(await exactEqualMain(Deno.args, processContext()));
}
