/** The pages of `lab merge` and `lab sweep`: what they write of a survey. */
import type { Command } from "commander";
import type { CommandContext } from "../shell/context.ts";
import { checkOutput, writeText } from "../shell/output.ts";
import {
  addPageOptions,
  checkPages,
  type PageTargets,
  writePages,
} from "../shell/page_output.ts";
import { pictureFiles } from "../report/html.ts";
import {
  readSweepPage,
  sweepHtml,
  sweepMarkdown,
} from "../sweep/sweep_page.ts";
import type { Survey } from "../sweep/survey.ts";

/** Where the page of a sweep goes, in each form. */
export interface SweepPageTargets extends PageTargets {
  /** A file of Markdown, `-` for standard output. */
  readonly markdown?: string;
}

export function addSweepPageOptions(command: Command): Command {
  return addPageOptions(command)
    .option("--markdown <file>", "write the same as Markdown (- for stdout)");
}

/**
 * Refuses a page that could not be written.
 *
 * @param options Whether files that are there may be replaced.
 */
export async function checkSweepPages(
  targets: SweepPageTargets,
  options: { readonly force: boolean },
): Promise<void> {
  await checkPages(targets, options);
  const { markdown } = targets;
  if (markdown !== undefined) await checkOutput(markdown, options);
}

/**
 * Writes what was asked for.
 *
 * @param options The outside world, and whether files may be replaced.
 */
export async function writeSweepPages(
  survey: Survey,
  targets: SweepPageTargets,
  options: { readonly context: CommandContext; readonly force: boolean },
): Promise<void> {
  const { html, svg, markdown } = targets;
  if ([html, svg, markdown].every((path) => path === undefined)) return;
  const page = await readSweepPage(survey, options.context.signal);
  await writePages(targets, {
    page: () => sweepHtml(page),
    pictures: () => pictureFiles(page.parts),
  }, options);
  if (markdown !== undefined) {
    await writeText(markdown, sweepMarkdown(page), options);
  }
}
