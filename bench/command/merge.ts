/**
 * `lab merge DIR...`: the folders of a sweep in one result, if they are of one
 * plan and one lab, complete, and do not contradict each other.
 */
import type { Command } from "commander";
import { plural } from "../../sim/text/plural.ts";
import { type Survey, surveyFolders } from "../sweep/survey.ts";
import { sweepResultText } from "../sweep/sweep_result.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { writeFileInParts } from "../shell/output_file.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { requireOneStdout } from "../shell/page_output.ts";
import { oneLine } from "../shell/run_command.ts";

type MergeOptions = CommonOptions;

/** What is named of what is missing or contradicts; more is counted. */
const MOST_NAMED = 20;

/**
 * Makes the command `lab merge`.
 *
 * @param context The outside world.
 * @param report Sets the exit status of a finished run.
 * @returns The command.
 */
export function mergeCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand(
    "merge",
    "join the folders of a sweep, checked: alike, complete, without contradiction",
  ).argument("<folders...>", "folders of lab sweep --out, of one plan");
  addCommonOptions(command);
  return command.action(async (folders: string[], options: MergeOptions) => {
    requireOneStdout({ "--json": options.json });
    await checkOutputs({ "--json": options.json }, options);
    const { signal } = context;
    const survey = await surveyFolders([...new Set(folders)], signal);
    if (refused(survey, context)) return report(EXIT.wrongAnswer);
    if (options.json === "-") {
      for await (const text of sweepResultText(survey, signal)) {
        context.writeOut(text);
      }
    } else if (options.json !== undefined) {
      const encoder = new TextEncoder();
      await writeFileInParts(options.json, options, async (file) => {
        for await (const text of sweepResultText(survey, signal)) {
          file.write(encoder.encode(text));
        }
      });
    }
    if (options.json !== "-") context.writeOut(summary(survey));
  });
}

/** Names what keeps folders from being merged. */
function refused(
  { problems, missing }: Survey,
  context: CommandContext,
): boolean {
  const name = (what: string, texts: readonly string[]) => {
    for (const text of texts.slice(0, MOST_NAMED)) {
      context.writeError(`lab: Cannot merge: ${what}${oneLine(text)}\n`);
    }
    const more = texts.length - MOST_NAMED;
    if (more > 0) context.writeError(`lab: Cannot merge: ${more} more\n`);
  };
  name("", problems);
  name("missing ", missing);
  return problems.length + missing.length > 0;
}

function summary({ manifest, machines, cells, repeated }: Survey): string {
  const timed = cells.filter(({ machine }) => machine !== undefined).length;
  return `${manifest.name}: ${plural(cells.length, "cell")}, ${timed} timed` +
    (machines.length > 1 ? ` on ${machines.length} machines` : "") +
    (repeated > 0 ? `; ${repeated} in several folders, alike` : "") +
    (manifest.leftOut.length > 0
      ? `; ${plural(manifest.leftOut.length, "combination")} left out`
      : "") +
    "\n";
}
