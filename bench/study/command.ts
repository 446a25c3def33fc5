/**
 * `deno task study`: the lab's main question whole. Every layout, recognition,
 * ABI and standard workload is counted, what applies is timed, and the page of
 * results and its JSON are made again.
 *
 * @module
 */
import { Command } from "commander";
import { ENGINE_CHOICES } from "../setup/engine_choice.ts";
import { offerOptionNames } from "../setup/offered_names.ts";
import {
  countOption,
  nameList,
  QUANTITY_HELP,
  seconds,
} from "../shell/command.ts";
import { type CommandContext, EXIT, processContext } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { runToStatus } from "../shell/run_command.ts";
import { makeStudy, STUDY_FILE, type StudyOptions } from "./make_study.ts";

const STUDY_PAGE = "bench/results/README.md";

/** @param args The words after `deno task study`. */
export async function main(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const command = new Command("study")
    .description("count and time the lab's main question as a whole")
    .optionsGroup("Which part:")
    .option("--exact", "count only; keep the timings of the old file", false)
    .option("--timed", "time only; keep the counts of the old file", false)
    .option("--quick", "time only two workloads, as a quick check", false)
    .option(
      "--add",
      "count only what the file lacks, such as a new workload",
      false,
    )
    .option("--resume", "keep what this code has already timed", false)
    .option(
      "--only <names>",
      "time only these cells, such as page/4k-hot, and keep all others",
      nameList(),
    )
    .optionsGroup(GROUPS.measure)
    .option(
      "--engine <name>",
      `what is timed: ${ENGINE_CHOICES.join(", ")} (default: C, and ` +
        "JavaScript where a sign is checked)",
    )
    .option(
      "--builds <n>",
      "builds of each layout, each compiled and placed afresh (default: as " +
        "in lab run)",
      countOption(1, 200),
    )
    .option("--rounds <n>", "rounds per build", countOption(1, 1e4), 12)
    .option(
      "--cell-seconds <s>",
      "time for the rounds of a cell",
      seconds(0.1, 86400),
      20,
    )
    .optionsGroup(GROUPS.output)
    .option("--json <file>", "the study's file", STUDY_FILE)
    .option(
      "--readme <file>",
      "page whose study blocks are regenerated",
      STUDY_PAGE,
    )
    .option("--html <file>", "write the study as one page with charts")
    .option(
      "--svg <folder>",
      "write each chart to a folder (default: next to the study, if it is " +
        "the committed one)",
    )
    .option("--force", "replace the file and the blocks of the page", false)
    .option("--quiet", "no progress", false)
    .optionsGroup(GROUPS.other)
    .option("--seed <n>", "seed of all random choices", countOption(0), 1)
    .addHelpText("after", QUANTITY_HELP)
    .addHelpText(
      "after",
      "On 2 CPUs --exact takes 2 minutes, and timing about 20. Builds of all\n" +
        "cells are made in turn; the file is written every 2 minutes.",
    )
    .action((options: StudyOptions) => makeStudy(options, context));
  offerOptionNames(command, { "--engine": ENGINE_CHOICES });
  const status = await runToStatus(command, { args, context });
  return status !== EXIT.done && context.signal.aborted
    ? EXIT.interrupted
    : status;
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
