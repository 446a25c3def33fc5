/**
 * Makes the study: counts, times, and writes its file, its page and its
 * pictures. The options say what is kept of an earlier study.
 */
import { dirname } from "@std/path";
import deno from "../../deno.json" with { type: "json" };
import { printableJson } from "../../sim/text/printable.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import { captureEnvironment } from "../machine/environment.ts";
import { STUDIED_LAYOUTS } from "../setup/run_layouts.ts";
import { oneOf } from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { checkOutput, keepElsewhere, writeWhole } from "../shell/output.ts";
import {
  checkPages,
  type PageTargets,
  writePages,
} from "../shell/page_output.ts";
import { requireApart } from "../shell/output_names.ts";
import { type ProgressLine, progressLine } from "../shell/progress_line.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { ENGINE_CHOICES } from "../setup/engine_choice.ts";
import { EnginesApartError } from "../run/engines_apart.ts";
import {
  type ExactPart,
  exactPart,
  joinExact,
  missingFrom,
} from "./exact_part.ts";
import {
  readStudy,
  type Study,
  type StudyTimed,
  writeStudy,
} from "./study_file.ts";
import { machineCodeIfThere, studyPage } from "./study_pictures.ts";
import { answerLines, withStudy } from "./study_page.ts";
import {
  exactTasks,
  taskName,
  type TimedTask,
  timedTasks,
} from "./study_plan.ts";
import { exactTables } from "./exact_tables.ts";
import { timedTables } from "./timed_tables.ts";
import { timedPart } from "./timed_part.ts";

/** Where the committed study is. */
export const STUDY_FILE = "bench/results/study.json";

/** I/Os of each workload that is timed. */
const TIMED_IOS = 4096;

/** What is made of the study, of what, and where it goes. */
export interface StudyOptions {
  /** Counts alone. */
  readonly exact: boolean;
  /** Times alone. */
  readonly timed: boolean;
  /** Times of two workloads. */
  readonly quick: boolean;
  /** Counts only what the file has not. */
  readonly add: boolean;
  /** Keeps what the same code has timed. */
  readonly resume: boolean;
  /** Names of the cells that are timed. */
  readonly only?: string[];
  /** The study's file. */
  readonly json: string;
  /** The page whose blocks are made. */
  readonly readme: string;
  /** The study as a page of its own. */
  readonly html?: string;
  /** The folder of its charts. */
  readonly svg?: string;
  /** Seed of all random choices. */
  readonly seed: number;
  readonly engine?: string;
  readonly builds?: number;
  readonly rounds: number;
  /** Time for the rounds of a cell, in seconds. */
  readonly cellSeconds: number;
  readonly quiet: boolean;
  /** Replaces the files. */
  readonly force: boolean;
}

/**
 * @throws {RangeError} If options contradict each other, or a file cannot be
 *   read or written.
 * @throws {EnginesApartError} If the engines contradict each other; the file is
 * written anyway.
 */
export async function makeStudy(
  options: StudyOptions,
  context: CommandContext,
): Promise<void> {
  const { force, readme } = options;
  const { tasks, only } = chosenTasks(options);
  const pages: PageTargets = {
    html: options.html,
    svg: options.svg ??
      (options.json === STUDY_FILE ? dirname(STUDY_FILE) : undefined),
  };
  await checkFiles(options, pages);
  const before = await studyIfThere(options.json);
  const page = await Deno.readTextFile(readme).catch(() => {
    throw new RangeError(
      `Cannot read "${readme}", expected a page with study blocks`,
    );
  });
  await checkOutput(readme, { force });
  const line = progressLine(context, { quiet: options.quiet });
  const exact = await countedPart(options, { before, line, context });
  const apart: EnginesApartError[] = [];
  const studyOf = (timed: StudyTimed | null): Study => ({
    schemaVersion: 1,
    tool: { name: TOOL_NAME, version: deno.version },
    seed: options.seed,
    kernel: DEFAULT_KERNEL,
    ...exact,
    timed,
  });
  const timed = options.exact ? stillTimed(before) : await timedPart(tasks, {
    run: {
      seed: options.seed,
      ...(options.builds === undefined ? {} : { builds: options.builds }),
      rounds: options.rounds,
      layouts: STUDIED_LAYOUTS,
      // As many as builds go through, and what is audited of them is enough.
      ios: TIMED_IOS,
      cpu: "none",
    },
    date: new Date().toISOString().slice(0, 10),
    cellSeconds: options.cellSeconds,
    only,
    kept: await keptTimed(before?.timed, { resume: options.resume, only }),
    signal: context.signal,
    onApart: (error) => apart.push(error),
    onProgress: (stage, done, total) => show(line, stage, done, total),
    onTask: (soFar) =>
      writeWhole(options.json, printableJson(writeStudy(studyOf(soFar))), {
        force: true,
      }),
  });
  line.clear();
  const study = studyOf(timed);
  await writeOrKeep(study, { path: options.json, context });
  if (apart.length > 0) {
    throw new EnginesApartError(
      `${apart.map(({ message }) => message).join("; ")}; "${options.json}" ` +
        `has the whole study, "${readme}" is unchanged`,
    );
  }
  const code = await machineCodeIfThere();
  await writePages(pages, studyPage(study, code), { context, force });
  // All that took time is in the file: the page can be made from it again.
  const made = withStudy(page, study, code);
  if (made !== page) await writeWhole(readme, made, { force: true });
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

/** The cells that are timed, and the names of those that are asked for. */
function chosenTasks(options: StudyOptions): {
  tasks: TimedTask[];
  only: string[] | undefined;
} {
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
  return { tasks, only };
}

/** Refuses files and options before anything is counted. */
async function checkFiles(
  options: StudyOptions,
  pages: PageTargets,
): Promise<void> {
  const { json, readme, html, force } = options;
  for (const path of [json, readme, html]) {
    if (path !== "-") continue;
    throw new RangeError(
      'Cannot write a study to "-", expected a file path (its tables are ' +
        "printed anyway)",
    );
  }
  await requireApart([
    { option: "--json", path: json },
    { option: "--readme", path: readme },
    ...(html === undefined ? [] : [{ option: "--html", path: html }]),
  ]);
  checkRules(options);
  await checkOutput(json, { force });
  await checkPages(pages, { force });
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

/** The counts: the earlier ones, what they lack, or all of them. */
async function countedPart(
  options: StudyOptions,
  { before, line, context }: {
    readonly before: Study | undefined;
    readonly line: ProgressLine;
    readonly context: CommandContext;
  },
): Promise<ExactPart> {
  if (options.timed) return keptExact(before, options);
  const known = options.add ? keptExact(before, options) : undefined;
  const cells = exactTasks();
  const counted = await exactPart(
    known === undefined ? cells : missingFrom(cells, known),
    {
      seed: options.seed,
      signal: context.signal,
      onProgress: (done, total) => show(line, "counted", done, total),
    },
  );
  return known === undefined ? counted : joinExact(known, counted, cells);
}

function show(
  line: ProgressLine,
  stage: string,
  done: number,
  total: number,
): void {
  line.show("study", {
    stage,
    progress: { done, total, elapsedNs: 0, remainingNs: null },
  });
}

/** The earlier counts, if they are of the same workloads. */
function keptExact(
  before: Study | undefined,
  { json, seed }: StudyOptions,
): ExactPart {
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

/** The earlier times; none by a clock that included more than the path. */
function stillTimed(before: Study | undefined): StudyTimed | null {
  return before?.timed?.clock === "path" ? before.timed : null;
}

/** Those that stay where others are timed again. */
async function keptTimed(
  before: StudyTimed | null | undefined,
  { resume, only }: { resume: boolean; only: readonly string[] | undefined },
): Promise<StudyTimed | undefined> {
  // What was timed by another clock is beside nothing.
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

/** The earlier study; a file that is not one is no reason not to make one. */
async function studyIfThere(path: string): Promise<Study | undefined> {
  try {
    return readStudy(await Deno.readTextFile(path), path);
  } catch (error) {
    if (
      error instanceof SyntaxError || error instanceof TypeError ||
      error instanceof Deno.errors.NotFound
    ) return undefined;
    throw error;
  }
}

/** Writes the file; where that fails, what took an hour is kept elsewhere. */
async function writeOrKeep(
  study: Study,
  { path, context }: { path: string; context: CommandContext },
): Promise<void> {
  const text = printableJson(writeStudy(study));
  try {
    await writeWhole(path, text, { force: true });
  } catch (error) {
    if (error instanceof Error) {
      error.message += `; ${await keepElsewhere(text, context)}`;
    }
    throw error;
  }
}
