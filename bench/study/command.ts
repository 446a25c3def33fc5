/**
 * `deno task study`: the lab's main question whole. Every layout, recognition,
 * ABI and standard workload is counted, what applies is timed, and the page of
 * results and the JSON behind it are made anew.
 *
 * @module
 */
import { dirname } from "@std/path";
import { Command } from "commander";
import { offerOptionNames } from "../setup/offered_names.ts";
import deno from "../../deno.json" with { type: "json" };
import { printableJson } from "../../sim/text/printable.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import { captureEnvironment } from "../machine/environment.ts";
import { STUDIED_LAYOUTS } from "../setup/run_layouts.ts";
import {
  countOption,
  nameList,
  oneOf,
  QUANTITY_HELP,
  seconds,
} from "../shell/command.ts";
import { type CommandContext, EXIT, processContext } from "../shell/context.ts";
import { checkOutput, keepElsewhere, writeWhole } from "../shell/output.ts";
import { GROUPS } from "../shell/help.ts";
import { checkPages, writePages } from "../shell/page_output.ts";
import { requireApart } from "../shell/output_names.ts";
import { progressLine } from "../shell/progress_line.ts";
import { runToStatus } from "../shell/run_command.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { ENGINE_CHOICES } from "../setup/engine_choice.ts";
import { EnginesApartError } from "../run/engines_apart.ts";
import { exactPart, joinExact, missingFrom } from "./exact_part.ts";
import {
  readStudy,
  type Study,
  type StudyTimed,
  writeStudy,
} from "./study_file.ts";
import { machineCodeIfThere, studyPage } from "./study_pictures.ts";
import { answerLines, withStudy } from "./study_page.ts";
import { exactTasks, taskName, timedTasks } from "./study_plan.ts";
import { exactTables } from "./exact_tables.ts";
import { timedTables } from "./timed_tables.ts";
import { timedPart } from "./timed_part.ts";

/** Where the committed study lies. */
const STUDY_FILE = "bench/results/study.json";
/** The page that tells it. */
const STUDY_PAGE = "bench/results/README.md";

/** I/Os of each workload that is timed. */
const TIMED_IOS = 4096;

interface StudyOptions {
  readonly exact: boolean;
  readonly timed: boolean;
  readonly quick: boolean;
  readonly add: boolean;
  readonly resume: boolean;
  readonly only?: string[];
  readonly json: string;
  readonly readme: string;
  readonly html?: string;
  readonly svg?: string;
  readonly seed: number;
  readonly engine?: string;
  readonly builds?: number;
  readonly rounds: number;
  readonly cellSeconds: number;
  readonly quiet: boolean;
  readonly force: boolean;
}

/**
 * Runs the study.
 *
 * @param args The words after `deno task study`.
 * @param context The outside world.
 * @returns The exit status.
 */
export async function main(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const command = new Command("study")
    .description("count and time the lab's main question as a whole")
    .optionsGroup("Which part:")
    .option("--exact", "count only; keep the timings of the old file", false)
    .option("--timed", "time only; keep the counts of the old file", false)
    .option("--quick", "time two workloads only, to see that it works", false)
    .option(
      "--add",
      "count only what the file has not, such as a new workload",
      false,
    )
    .option("--resume", "keep what this code has timed already", false)
    .option(
      "--only <names>",
      "time these cells alone, such as page/4k-hot, and keep all others",
      nameList(),
    )
    .optionsGroup(GROUPS.measure)
    .option(
      "--engine <name>",
      `what is timed: ${ENGINE_CHOICES.join(", ")} (default: C, and where a ` +
        "sign is checked JavaScript beside it)",
    )
    .option(
      "--builds <n>",
      "builds of each layout: its code is compiled and placed afresh for " +
        "each " +
        "(default: as lab run)",
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
    .option("--readme <file>", "page whose study blocks are made", STUDY_PAGE)
    .option("--html <file>", "write the study as one page with charts")
    .option(
      "--svg <folder>",
      "write each chart alone into a folder (default: beside the committed " +
        "study, if it is that)",
    )
    .option("--force", "replace the file and the blocks of the page", false)
    .option("--quiet", "no progress", false)
    .optionsGroup(GROUPS.other)
    .option("--seed <n>", "seed of all random choices", countOption(0), 1)
    .addHelpText("after", QUANTITY_HELP)
    .addHelpText(
      "after",
      "On 2 CPUs --exact takes 2 minutes, and timing about 20. Builds of all\n" +
        "cells are made in turn; what is timed so far is in the file every 2 minutes.",
    )
    .action((options: StudyOptions) => run(options, context));
  offerOptionNames(command, { "--engine": ENGINE_CHOICES });
  const status = await runToStatus(command, { args, context });
  return status !== EXIT.done && context.signal.aborted
    ? EXIT.interrupted
    : status;
}

async function run(
  options: StudyOptions,
  context: CommandContext,
): Promise<void> {
  const { seed, signal } = { ...options, signal: context.signal };
  const engine = options.engine === undefined
    ? undefined
    : oneOf("engine", options.engine, ENGINE_CHOICES);
  const tasks = timedTasks(options.quick).map((task) => ({
    ...task,
    engine: engine ?? task.engine,
  }));
  const only = options.only?.map((name) =>
    oneOf("timed cell", name, tasks.map(taskName))
  );
  for (const path of [options.json, options.readme, options.html]) {
    if (path !== "-") continue;
    throw new RangeError(
      'Cannot write a study to "-", expected a file path (its tables are ' +
        "printed anyway)",
    );
  }
  await requireApart([
    { option: "--json", path: options.json },
    { option: "--readme", path: options.readme },
    ...(options.html === undefined
      ? []
      : [{ option: "--html", path: options.html }]),
  ]);
  checkRules(options);
  const { force } = options;
  await checkOutput(options.json, { force });
  const pages = {
    html: options.html,
    svg: options.svg ??
      (options.json === STUDY_FILE ? dirname(STUDY_FILE) : undefined),
  };
  await checkPages(pages, { force });
  const before = await readIfThere(options.json);
  const page = await Deno.readTextFile(options.readme).catch(() => {
    throw new RangeError(
      `Cannot read "${options.readme}", expected a page with study blocks`,
    );
  });
  await checkOutput(options.readme, { force });
  const kept = options.timed ? keptExact(before, options) : undefined;
  const line = progressLine(context, { quiet: options.quiet });
  const added = options.add ? keptExact(before, options) : undefined;
  const cells = exactTasks();
  const counted = kept ?? await exactPart(
    added === undefined ? cells : missingFrom(cells, added),
    {
      seed,
      signal,
      onProgress: (done, total) =>
        line.show("study", {
          stage: "counted",
          progress: { done, total, elapsedNs: 0, remainingNs: null },
        }),
    },
  );
  const exact = added === undefined
    ? counted
    : joinExact(added, counted, cells);
  const apart: EnginesApartError[] = [];
  const studyOf = (timed: StudyTimed | null): Study => ({
    schemaVersion: 1,
    tool: { name: TOOL_NAME, version: deno.version },
    seed,
    kernel: DEFAULT_KERNEL,
    ...exact,
    timed,
  });
  const timed = options.exact ? stillTimed(before) : await timedPart(tasks, {
    run: {
      seed,
      ...(options.builds === undefined ? {} : { births: options.builds }),
      rounds: options.rounds,
      layouts: STUDIED_LAYOUTS,
      // As many as births go through, and what is audited of them is enough.
      ios: TIMED_IOS,
      cpu: "none",
    },
    date: new Date().toISOString().slice(0, 10),
    cellSeconds: options.cellSeconds,
    only,
    kept: await keptTimed(before?.timed, { resume: options.resume, only }),
    signal,
    onApart: (error) => apart.push(error),
    onProgress: (stage, done, total) =>
      line.show("study", {
        stage,
        progress: { done, total, elapsedNs: 0, remainingNs: null },
      }),
    onTask: (soFar) =>
      writeWhole(options.json, printableJson(writeStudy(studyOf(soFar))), {
        force: true,
      }),
  });
  line.clear();
  const study = studyOf(timed);
  const text = printableJson(writeStudy(study));
  try {
    await writeWhole(options.json, text, { force: true });
  } catch (error) {
    if (error instanceof Error) {
      error.message += `; ${await keepElsewhere(text, context)}`;
    }
    throw error;
  }
  if (apart.length > 0) {
    throw new EnginesApartError(
      `${apart.map(({ message }) => message).join("; ")}; "${options.json}" ` +
        `has all of the study, "${options.readme}" is as it was`,
    );
  }
  const code = await machineCodeIfThere();
  await writePages(
    pages,
    studyPage(study, code),
    { context, force },
  );
  // All that took time is in the file: the page can be made from it again.
  const made = withStudy(page, study, code);
  if (made !== page) await writeWhole(options.readme, made, { force: true });
  context.writeOut(
    [
      ...exactTables(study),
      "",
      ...timedTables(study, code),
      "",
      ...answerLines(study, code),
    ].join("\n") + "\n",
  );
}

/** The times of before; none by a clock that held more than the path. */
function stillTimed(before: Study | undefined): StudyTimed | null {
  return before?.timed?.clock === "path" ? before.timed : null;
}

/** Those that stay where others are taken anew. */
async function keptTimed(
  before: StudyTimed | null | undefined,
  { resume, only }: { resume: boolean; only: readonly string[] | undefined },
): Promise<StudyTimed | undefined> {
  // What was timed by another clock stands beside nothing.
  if (before?.clock !== "path" || (!resume && only === undefined)) {
    return undefined;
  }
  const { codeDigest } = await captureEnvironment();
  const cells = before.cells.filter((cell) =>
    only === undefined
      ? cell.codeDigest !== undefined && cell.codeDigest === codeDigest &&
        cell.complete !== false
      : !only.includes(taskName(cell))
  );
  return cells.length === 0 ? undefined : { ...before, cells };
}

/** Refuses options that contradict each other, before anything is read. */
function checkRules({ timed, exact, quick, add }: StudyOptions): void {
  if (add && timed) {
    throw new RangeError(
      "Cannot combine --add with --timed: found nothing that is counted, " +
        "expected one of them",
    );
  }
  const both = timed && exact ? "--timed" : quick && exact ? "--quick" : "";
  if (both === "") return;
  throw new RangeError(
    `Cannot combine ${both} with --exact: found nothing that is timed, ` +
      "expected one of them",
  );
}

/** The counts of before, if they are of the same workloads. */
function keptExact(
  before: Study | undefined,
  { json, seed }: StudyOptions,
): Pick<Study, "columns" | "reasons" | "exact" | "gaps"> {
  if (before === undefined || before.seed !== seed) {
    throw new RangeError(
      `Cannot keep the counts of "${json}": found ` +
        (before === undefined ? "no study" : `seed ${before.seed}`) +
        `, expected one of seed ${seed}`,
    );
  }
  const { columns, reasons, exact, gaps } = before;
  return { columns, reasons, exact, gaps };
}

/** The study of before; a file that is none is no reason not to make one. */
async function readIfThere(path: string): Promise<Study | undefined> {
  try {
    return readStudy(await Deno.readTextFile(path), path);
  } catch (error) {
    if (error instanceof TypeError || error instanceof Deno.errors.NotFound) {
      return undefined;
    }
    throw error;
  }
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, processContext()));
}
