/**
 * `deno task study:charts`: the committed study, drawn. `deno task docs` runs
 * it for the charts that are beside the study.
 *
 * @module
 */
import { Command } from "commander";
import { type CommandContext, processContext } from "../shell/context.ts";
import { checkOutputs } from "../shell/output_names.ts";
import {
  checkPages,
  type PageTargets,
  writePages,
} from "../shell/page_output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { readStudy } from "./study_file.ts";
import {
  MACHINE_CODE_FILE,
  machineCodeIfThere,
  studyPage,
} from "./study_pictures.ts";

interface ChartsOptions extends PageTargets {
  readonly json: string;
  readonly force: boolean;
}

/** Where the charts are, beside the study. */
const CHARTS = "bench/results";

/** @param args The words after `deno task study:charts`. */
export async function main(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const command = new Command("study:charts")
    .description("draw a study: one file per chart, or one page")
    .option("--json <file>", "the study", `${CHARTS}/study.json`)
    .option("--html <file>", "write one page with charts (- for stdout)")
    .option(
      "--svg <folder>",
      `write each chart to a folder (default: ${CHARTS}, without --html)`,
    )
    .option("--force", "replace files that are there", false)
    .action(async ({ json, html, svg, force }: ChartsOptions) => {
      const folder = svg ?? (html === undefined ? CHARTS : undefined);
      const targets = { html, svg: folder };
      await checkOutputs({ "--html": html }, {
        force,
        inputs: { "--json": json, "counts of the study": MACHINE_CODE_FILE },
      });
      await checkPages(targets, { force });
      const study = readStudy(await read(json), json);
      const pages = studyPage(study, await machineCodeIfThere());
      await writePages(targets, pages, { context, force });
    });
  return await runToStatus(command, { args, context });
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    throw new RangeError(`Cannot read "${path}", expected a study`);
  }
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
