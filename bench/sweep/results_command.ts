/**
 * `deno task study:sweep DIR...`: the committed page of the committed plan
 * (`bench/results/sweep.plan.json`), made of the folders of its sweep: tables as
 * Markdown, with the two charts that say most.
 *
 * @module
 */
import { Command } from "commander";
import { join } from "@std/path";
import { type CommandContext, processContext } from "../shell/context.ts";
import { writeWhole } from "../shell/output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { pictureFiles } from "../report/html.ts";
import { readSweepPage, sweepMarkdown } from "./sweep_page.ts";
import { surveyFolders } from "./survey.ts";

/** Where the plan is, and its page. */
const RESULTS = "bench/results";
/** Charts that are beside it, of each figure. */
const DRAWN = /^sweep-\w+-(sensitivity|multiples)\.svg$/;

/**
 * Writes the page.
 *
 * @param args The words after `deno task study:sweep`.
 */
export async function main(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const command = new Command("study:sweep")
    .description("make the page of the committed plan from its sweep")
    .argument("<folders...>", `folders of lab sweep ${RESULTS}/sweep.plan.json`)
    .option("--to <folder>", "folder of the page", RESULTS)
    .action(async (folders: string[], { to }: { to: string }) => {
      const survey = await surveyFolders(folders, context.signal);
      const [problem] = survey.problems;
      if (problem !== undefined) {
        throw new Error(`Cannot make the page: ${problem}`);
      }
      const page = await readSweepPage(survey, context.signal);
      const pictures = new Set<string>();
      for (const [name, text] of await pictureFiles(page.parts)) {
        if (!DRAWN.test(name)) continue;
        pictures.add(name);
        await writeWhole(join(to, name), text, { force: true });
      }
      await writeWhole(
        join(to, "sweep.md"),
        sweepMarkdown(page, { pictures, note: NOTE }),
        { force: true },
      );
    });
  return await runToStatus(command, { args, context });
}

const NOTE = `<!-- Made by these, and not by hand:
deno task lab sweep ${RESULTS}/sweep.plan.json --out out/sweep --resume
deno task study:sweep out/sweep
-->

In each cell page_offset finds P2P memory by page, and the others as the cell
says. So the largest changes are of the rule about mixed memory, and of no
layout: in 64k-mixed an I/O becomes 8.5 bios where a bio ends with its kind of
memory (bio, and page in 7.2), and one where it does not. Stall cycles change by
most, sixtyfold, where one bio has been enough for page_offset (6.12): 32
I/Os in flight then touch 1.1 MiB of lines instead of 0.2, and second levels of
512 KiB and 1 MiB hold no more than the latter.`;

if (import.meta.main) Deno.exit(await main(Deno.args, processContext()));
