/**
 * `lab sweep PLAN.json --out DIR`: the cells of a plan, on this machine or a
 * part of them, each into a file of its own.
 */
import { format } from "@std/fmt/duration";
import type { Command } from "commander";
import { plural } from "../../sim/text/plural.ts";
import { captureEnvironment } from "../machine/environment.ts";
import {
  LONGEST_FORM_BYTES,
  readStreamText,
  readText,
} from "../files/read_text.ts";
import { offerOptionNames } from "../setup/offered_names.ts";
import { systemReason } from "../files/system_reason.ts";
import { type ExpandedPlan, expandPlan } from "../sweep/expand.ts";
import {
  chooseJobs,
  findJobs,
  parseShard,
  type SweepJob,
} from "../sweep/jobs.ts";
import { estimateJobs } from "../sweep/estimate.ts";
import { formatSize } from "../text/figure.ts";
import type { Reuse } from "../sweep/exact_group.ts";
import { runJobs } from "../sweep/local_engine.ts";
import { manifestOf, openFolder } from "../sweep/manifest.ts";
import { readPlan } from "../sweep/plan.ts";
import { JOB_KINDS } from "../sweep/sweep_cell.ts";
import {
  addCommonOptions,
  type CommonOptions,
  countOption,
  createCommand,
  nameList,
  oneOf,
} from "../shell/command.ts";
import {
  type CommandContext,
  EXIT,
  interruptStatus,
} from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { writeJson } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { addSlurmOptions, type SlurmOptions } from "../sweep/slurm_options.ts";
import {
  requireEngineOptions,
  slurmListing,
  SWEEP_ENGINES,
  sweepInSlurm,
} from "./sweep_slurm.ts";
import { requireOneStdout } from "../shell/page_output.ts";
import { progressLine } from "../shell/progress_line.ts";
import { surveyFolders } from "../sweep/survey.ts";
import {
  addSweepPageOptions,
  checkSweepPages,
  type SweepPageTargets,
  writeSweepPages,
} from "./sweep_pages.ts";
import { oneLine } from "../shell/one_line.ts";

interface SweepOptions extends CommonOptions, SlurmOptions, SweepPageTargets {
  readonly engine: string;
  readonly out?: string;
  readonly dryRun: boolean;
  readonly resume: boolean;
  readonly shard?: string;
  readonly cell?: readonly string[];
  readonly only?: string;
  readonly jobs?: number;
}

/** Cells that are listed, and reasons: more are counted. */
const MOST_LISTED = 40;

/**
 * Makes the command `lab sweep`.
 *
 * @param context The outside world.
 * @param report Sets the exit status of a finished run.
 */
export function sweepCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand(
    "sweep",
    "run a plan of many cells, or a part of it; lab merge joins the parts",
  )
    .argument("<plan.json>", "axes and their values, - for stdin")
    .optionsGroup("Which part:")
    .option("--shard <i/n>", "only the Ith of N parts of the cells, from 1")
    .option("--cell <ids>", "only these cells, comma-separated", nameList())
    .option("--only <kind>", `only jobs of a kind: ${JOB_KINDS.join(", ")}`)
    .option(
      "--jobs <n>",
      "isolates that count at once (default: one for each CPU, if there is " +
        "memory for them)",
      countOption(1, 1024),
    )
    .option("--resume", "skip what is in the folder already", false)
    .option(
      "--engine <name>",
      `what does the jobs: ${SWEEP_ENGINES.join(", ")}`,
      "local",
    );
  addSlurmOptions(command)
    .optionsGroup(GROUPS.output)
    .option("--out <folder>", "folder of the results, a file for each cell")
    .option("--dry-run", "list the cells and run none", false);
  addSweepPageOptions(command);
  addCommonOptions(
    command,
    "run cells again that the folder has; with --resume, only replace files",
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
        context.writeOut(listing(plan, jobs, options.jobs));
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
    await sweep(plan, jobs, { out, seed, options, context, report });
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
  let text: string;
  try {
    text = file === "-"
      ? await readStreamText(
        (context.stdin ?? Deno.stdin).readable,
        LONGEST_FORM_BYTES,
      )
      : await readText(file, LONGEST_FORM_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read plan "${file}": ${systemReason(error)}, expected a JSON ` +
        "file",
    );
  }
  return await readPlan(planText(text), file);
}

/** The manifest of a sweep holds its plan. */
function planText(text: string): string {
  if (!/"kind":\s*"sweep plan"/.test(text.slice(0, 400))) return text;
  const { plan = null } = Object(JSON.parse(text));
  return JSON.stringify(plan, null, 2);
}

async function sweep(
  plan: ExpandedPlan,
  jobs: readonly SweepJob[],
  from: {
    out: string;
    seed: number | undefined;
    options: SweepOptions;
    context: CommandContext;
    report: (status: number) => void;
  },
): Promise<void> {
  const { out, options, context, report } = from;
  const { signal } = context;
  const say = (text: string) => {
    if (!options.quiet) context.writeError(`${text}\n`);
  };
  if (plan.leftOut.length > 0) {
    say(
      `${plural(plan.leftOut.length, "combination")} left out, see --dry-run`,
    );
  }
  await openFolder(out, plan);
  const environment = { ...await captureEnvironment() };
  const found = await findJobs(out, jobs, { plan: plan.digest, environment });
  for (const text of found.stale) say(`${text}; it is made again`);
  if (!options.resume && !options.force && found.done.length > 0) {
    throw new RangeError(
      `Cannot sweep into "${out}": found ${found.done.length} of ` +
        `${plural(jobs.length, "job")} done, expected --resume to go on, or ` +
        "--force to do them again",
    );
  }
  if (options.engine === "slurm") {
    if (options.force && !options.resume) {
      throw new RangeError(
        "Cannot run cells again in Slurm: found --force, expected --resume " +
          "beside it, or a new folder",
      );
    }
    return await slurm(plan, jobs, from, environment);
  }
  const open = options.force && !options.resume ? jobs : found.open;
  const line = progressLine(context, { quiet: options.quiet });
  const { done, failed, reuse } = await runJobs(open, {
    folder: out,
    plan: plan.digest,
    environment,
    signal,
    lanes: options.jobs,
    onNote: say,
    onProgress: ({ cell, kind }, at) =>
      line.show(`${at + 1}/${open.length} ${cell.id}`, { stage: kind }),
  });
  line.clear();
  const kept = jobs.length - open.length;
  if (reuse.reread + reuse.retraced > 0) say(savedText(reuse));
  for (const { job, reason } of failed) {
    context.writeError(
      `lab: Cannot do ${job.kind}/${job.cell.id}: ${oneLine(reason)}\n`,
    );
  }
  if (!isTaken(options)) {
    context.writeOut(
      `${done + kept} of ${plural(jobs.length, "job")} in ${out}` +
        (kept > 0 ? `, ${kept} from before` : "") +
        (failed.length > 0 ? `, ${failed.length} failed` : "") + "\n",
    );
  }
  if (signal.aborted) report(interruptStatus(signal.reason));
  else if (failed.length > 0) report(EXIT.wrongAnswer);
}

/** What was saved, in one line. */
function savedText({ read, reread, traced, retraced }: Reuse): string {
  return `${reread} of ${read + reread} cells took their workload, and ` +
    `${retraced} of ${traced + retraced} paths of layouts their trace, from ` +
    "cells before them";
}

/** Whether standard output is another output's. */
function isTaken({ json, html, markdown }: SweepOptions): boolean {
  return [json, html, markdown].includes("-");
}

/** The same, done by Slurm. */
async function slurm(
  plan: ExpandedPlan,
  jobs: readonly SweepJob[],
  from: Parameters<typeof sweep>[2],
  environment: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { out, seed, options, context, report } = from;
  const { done, failed } = await sweepInSlurm(
    { plan, jobs, out, seed, options, environment },
    { context, quiet: options.quiet },
  );
  for (const text of failed) {
    context.writeError(`lab: Cannot do ${oneLine(text)}\n`);
  }
  if (!isTaken(options)) {
    context.writeOut(`${done} of ${plural(jobs.length, "job")} in ${out}\n`);
  }
  if (context.signal.aborted) report(interruptStatus(context.signal.reason));
  else if (failed.length > 0 || done < jobs.length) report(EXIT.wrongAnswer);
}

/** What jobs will take, in one line. */
function estimateText(jobs: readonly SweepJob[], lanes?: number): string {
  const { exactCpuSeconds, isolates, timedSeconds, memoryBytes } = estimateJobs(
    jobs,
    lanes,
  );
  const time = (seconds: number) =>
    format(Math.ceil(seconds) * 1000, { ignoreZero: true }) || "0s";
  const parts = [
    ...(exactCpuSeconds > 0
      ? [
        `${time(exactCpuSeconds)} of CPU time in ` +
        plural(isolates, "isolate"),
      ]
      : []),
    ...(timedSeconds > 0 ? [`${time(timedSeconds)} of timing`] : []),
    `${formatSize(memoryBytes)} of memory at most`,
  ];
  return `about ${parts.join(", ")}; I/Os of 1 MiB take five times as long`;
}

function listing(
  plan: ExpandedPlan,
  jobs: readonly SweepJob[],
  lanes?: number,
): string {
  const { cells, leftOut, dropped, repeated } = plan;
  const chosen = [...new Set(jobs.map(({ cell }) => cell.id))];
  const countOf = (kind: string) =>
    jobs.filter((job) => job.kind === kind).length;
  const lines = [
    `${plan.name}: ${plural(cells.length, "cell")}` +
    (chosen.length < cells.length ? `, ${chosen.length} of them here` : "") +
    `; ${countOf("exact")} exact and ${countOf("timed")} timed jobs`,
    ...(jobs.length > 0 ? [estimateText(jobs, lanes)] : []),
    ...chosen.map((id) => `  ${id}`),
    ...(dropped > 0 ? [`${dropped} dropped by include and exclude`] : []),
    ...(repeated > 0 ? [`${repeated} in several sub-plans, done once`] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out:`] : []),
    ...leftOut.slice(0, MOST_LISTED).map(({ axes, reason }) =>
      `  ${Object.values(axes).join(", ")}: ${reason}`
    ),
    ...(leftOut.length > MOST_LISTED
      ? [`  and ${leftOut.length - MOST_LISTED} more, see --json`]
      : []),
  ];
  return lines.join("\n") + "\n";
}
