/**
 * `lab sweep PLAN.json --out DIR`: the cells of a plan, on this machine or a
 * part of them, each into a file of its own.
 */
import type { Command } from "commander";
import { LONGEST_FORM_BYTES } from "../files/read_text.ts";
import { offerOptionNames } from "../setup/offered_names.ts";
import { expandPlan } from "../sweep/expand.ts";
import { chooseJobs, parseShard } from "../sweep/jobs.ts";
import { estimateJobs } from "../sweep/estimate.ts";
import { manifestOf } from "../sweep/manifest.ts";
import { readPlan } from "../sweep/plan.ts";
import { JOB_KINDS } from "../sweep/sweep_cell.ts";
import {
  addCommonOptions,
  countOption,
  createCommand,
  nameList,
  oneOf,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { readGiven } from "../shell/given_text.ts";
import { GROUPS } from "../shell/help.ts";
import { writeJson } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { addSlurmOptions } from "../sweep/slurm_options.ts";
import {
  requireEngineOptions,
  slurmListing,
  SWEEP_ENGINES,
} from "./sweep_slurm.ts";
import { requireOneStdout } from "../shell/page_output.ts";
import { sweepListing } from "./sweep_listing.ts";
import { runSweep, type SweepOptions } from "./sweep_run.ts";
import { surveyFolders } from "../sweep/survey.ts";
import {
  addSweepPageOptions,
  checkSweepPages,
  writeSweepPages,
} from "./sweep_pages.ts";
import { oneLine } from "../shell/one_line.ts";
import { SUMMARIES } from "./summaries.ts";

const MOST_LISTED = 40;

/** Makes the command `lab sweep`. */
export function sweepCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("sweep", SUMMARIES.sweep)
    .argument("<plan.json>", "axes and their values, - for stdin")
    .optionsGroup("Which part:")
    .option("--shard <i/n>", "only the Ith of N parts of the cells, from 1")
    .option("--cell <ids>", "only these cells, comma-separated", nameList())
    .option("--only <kind>", `only jobs of a kind: ${JOB_KINDS.join(", ")}`)
    .option(
      "--jobs <n>",
      "isolates that count in parallel (default: one per CPU, memory " +
        "permitting)",
      countOption(1, 1024),
    )
    .option("--resume", "skip what is in the folder already", false)
    .option(
      "--engine <name>",
      `what runs the jobs: ${SWEEP_ENGINES.join(", ")}`,
      "local",
    );
  addSlurmOptions(command)
    .optionsGroup(GROUPS.output)
    .option("--out <folder>", "folder for the results, one file per cell")
    .option("--dry-run", "list the cells and run none", false);
  addSweepPageOptions(command);
  addCommonOptions(
    command,
    "run cells again that are in the folder; with --resume, only replace files",
  );
  offerOptionNames(command, {
    "--only": JOB_KINDS,
    "--engine": SWEEP_ENGINES,
  });
  return command.action(async (file: string, options: SweepOptions) => {
    const only = options.only === undefined
      ? undefined
      : oneOf("kind of jobs", options.only, JOB_KINDS);
    const engine = oneOf("engine of sweeps", options.engine, SWEEP_ENGINES);
    requireEngineOptions(command, engine);
    const shard = options.shard === undefined
      ? undefined
      : parseShard(options.shard);
    const texts = {
      "--json": options.json,
      "--html": options.html,
      "--markdown": options.markdown,
    };
    requireOneStdout(texts);
    const { force } = options;
    await checkOutputs(texts, { force, inputs: { plan: file } });
    await checkSweepPages(options, { force });
    const seed = command.getOptionValueSource("seed") === "cli"
      ? options.seed
      : undefined;
    const plan = expandPlan(await planFrom(file, context), seed);
    const jobs = chooseJobs(plan, {
      shard,
      cells: options.cell,
      only,
    });
    const estimate = options.dryRun
      ? { estimate: estimateJobs(jobs, options.jobs) }
      : {};
    if (options.json !== undefined) {
      const manifest = { ...manifestOf(plan), ...estimate };
      await writeJson(options.json, manifest, context, options);
    }
    const { out } = options;
    if (options.dryRun && engine === "local") {
      if (options.json !== "-") {
        context.writeOut(sweepListing(plan, jobs, options.jobs));
      }
      return;
    }
    if (out === undefined) {
      throw new RangeError(
        "Cannot sweep: found no --out, expected a folder for the results, or " +
          "--dry-run",
      );
    }
    if (options.dryRun) {
      if (options.json !== "-") {
        context.writeOut(slurmListing({ plan, jobs, seed, options, out }));
      }
      return;
    }
    await runSweep(plan, jobs, { out, seed, options, context, report });
    if (!context.signal.aborted) await pages(out, { options, context, report });
  });
}

/** The page of all that is in the folder by now, which may be not all. */
async function pages(
  out: string,
  { options, context, report }: {
    options: SweepOptions;
    context: CommandContext;
    report: (status: number) => void;
  },
): Promise<void> {
  const { html, svg, markdown, force } = options;
  if ([html, svg, markdown].every((path) => path === undefined)) return;
  const survey = await surveyFolders([out], context.signal);
  for (const text of survey.problems.slice(0, MOST_LISTED)) {
    context.writeError(`lab: Cannot draw: ${oneLine(text)}\n`);
  }
  if (survey.problems.length > 0) return report(EXIT.wrongAnswer);
  await writeSweepPages(survey, options, { context, force });
}

async function planFrom(file: string, context: CommandContext) {
  const text = await readGiven(file, context, {
    mostBytes: LONGEST_FORM_BYTES,
    expected: "a plan of a sweep",
  });
  return await readPlan(planText(text), file);
}

/** The manifest of a sweep holds its plan. */
function planText(text: string): string {
  if (!/"kind":\s*"sweep plan"/.test(text.slice(0, 400))) return text;
  try {
    const { plan = null } = Object(JSON.parse(text));
    return JSON.stringify(plan, null, 2);
  } catch {
    // The reader of plans says where it is not JSON.
    return text;
  }
}
