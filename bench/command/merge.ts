/**
 * `lab merge DIR...`: the folders of a sweep in one result, if they are of one
 * plan and one lab, complete, and do not contradict each other.
 */
import type { Command } from "commander";
import { plural } from "../../sim/text/plural.ts";
import { type Survey, surveyFolders } from "../sweep/survey.ts";
import { sweepResultText } from "../sweep/sweep_result.ts";
import { csvParts, sweepRows, writeParquet } from "../sweep/tables.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { writeFileInParts } from "../shell/output_file.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { requireOneStdout } from "../shell/page_output.ts";
import { oneLine } from "../shell/one_line.ts";
import {
  addSweepPageOptions,
  checkSweepPages,
  type SweepPageTargets,
  writeSweepPages,
} from "./sweep_pages.ts";
import { SUMMARIES } from "./summaries.ts";

interface MergeOptions extends CommonOptions, SweepPageTargets {
  readonly csv?: string;
  readonly parquet?: string;
}

/** What is named of what is missing or contradicts; more is counted. */
const MOST_NAMED = 20;

/** Makes the command `lab merge`. */
export function mergeCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("merge", SUMMARIES.merge).argument(
    "<folders...>",
    "folders of lab sweep --out, of one plan",
  )
    .optionsGroup(GROUPS.output)
    .option("--csv <file>", "one line per layout and cell, - for stdout")
    .option("--parquet <file>", "the same as a Parquet file, with types");
  addSweepPageOptions(command);
  addCommonOptions(command);
  return command.action(async (folders: string[], options: MergeOptions) => {
    const { json, csv, parquet, html, markdown } = options;
    if (parquet === "-") {
      throw new RangeError(
        'Cannot write Parquet to "-", expected a file path (its end says ' +
          "where its beginning is)",
      );
    }
    const outputs = { "--json": json, "--csv": csv, "--parquet": parquet };
    const texts = {
      ...{ "--json": json, "--csv": csv, "--html": html },
      "--markdown": markdown,
    };
    requireOneStdout(texts);
    await checkOutputs(
      { ...outputs, "--html": html, "--markdown": markdown },
      options,
    );
    await checkSweepPages(options, options);
    const { signal } = context;
    const survey = await surveyFolders([...new Set(folders)], signal);
    if (refused(survey, context)) return report(EXIT.wrongAnswer);
    const to = { context, options };
    if (json !== undefined) {
      await writeParts(json, sweepResultText(survey, signal), to);
    }
    if (csv !== undefined || parquet !== undefined) {
      const rows = await sweepRows(survey, signal);
      if (csv !== undefined) {
        await writeParts(csv, csvParts(survey, rows, signal), to);
      }
      if (parquet !== undefined) {
        await writeFileInParts(
          parquet,
          options,
          (file) =>
            writeParquet(survey, rows, {
              write: (bytes) => file.write(bytes),
              signal,
            }),
        );
      }
    }
    await writeSweepPages(survey, options, { context, force: options.force });
    if (!Object.values(texts).includes("-")) context.writeOut(summary(survey));
  });
}

/** A text that is never in memory as a whole. */
async function writeParts(
  target: string,
  parts: AsyncIterable<string>,
  to: { context: CommandContext; options: MergeOptions },
): Promise<void> {
  if (target === "-") {
    for await (const text of parts) to.context.writeOut(text);
    return;
  }
  const encoder = new TextEncoder();
  await writeFileInParts(target, to.options, async (file) => {
    for await (const text of parts) file.write(encoder.encode(text));
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
