/**
 * `lab compare A.json B.json [...]`: two results or more, like with like.
 */
import type { Command } from "commander";
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { layouts } from "../../layouts/registry.ts";
import { offerOptionNames } from "../setup/offered_names.ts";
import { printableLine } from "../../sim/text/printable.ts";
import {
  compareResults,
  type ResultComparison,
} from "../result/compare_results.ts";
import { differenceWords } from "../result/key_words.ts";
import {
  ACROSS,
  type Across,
  type DifferingKey,
  differingKeys,
} from "../result/likeness.ts";
import { rebaseResult } from "../result/rebase_result.ts";
import { LONGEST_RESULT_BYTES } from "../files/read_text.ts";
import { readResult } from "../result/read_result.ts";
import {
  comparisonDocument,
  renderComparison,
} from "../report/comparison_text.ts";
import { renderJunit } from "../report/junit.ts";
import { markdownSections } from "../report/markdown.ts";
import type { LabResult } from "../result/result.ts";
import { RESULT_SCHEMA_VERSION } from "../result/result_schema.ts";
import { labTool } from "../machine/tool.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  eachOf,
  nameList,
  percent,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { readGiven } from "../shell/given_text.ts";
import { GROUPS } from "../shell/help.ts";
import { downloadLink } from "../draw/download.ts";
import { comparisonParts } from "../report/comparison_page.ts";
import { pictureFiles, writePage } from "../report/html.ts";
import { outputError, toJson, writeJson, writeText } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import {
  addPageOptions,
  checkPages,
  type PageTargets,
  requireOneStdout,
  writePages,
} from "../shell/page_output.ts";
import { SUMMARIES } from "./summaries.ts";

interface CompareCommandOptions extends CommonOptions, PageTargets {
  readonly threshold: number;
  readonly across?: string[];
  readonly baseline?: string;
  readonly junit?: string;
  readonly summary?: string;
}

/** Makes the command `lab compare`. */
export function compareCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("compare", SUMMARIES.compare)
    .argument("<before.json>", "the result to compare with; - for stdin")
    .argument("<after.json...>", "the results to compare")
    .optionsGroup(GROUPS.compared)
    .option(
      "--threshold <percent>",
      "changes of time up to this pass",
      percent(0, 1000),
      5,
    )
    .option(
      "--across <names>",
      `what may differ on purpose, comma-separated: ${ACROSS.join(", ")}`,
      nameList(),
    )
    .option(
      "--baseline <name>",
      "compare times relative to that layout's in the same result",
    )
    .optionsGroup(GROUPS.output)
    .option("--junit <file>", "write JUnit XML, - for stdout")
    .option(
      "--summary <file>",
      "add Markdown to a file, such as $GITHUB_STEP_SUMMARY",
    );
  addPageOptions(command.optionsGroup(GROUPS.output));
  addCommonOptions(
    command,
    "also compare unlike results, and replace existing output files",
  ).addHelpText(
    "after",
    "\nExit status 1: slower with confidence, an exact figure changed, or " +
      "(with\n--force) a cell or a layout is in only one result. With " +
      "--across,\nexact figures differ on purpose (not across machines): " +
      "status 1 is for what\nis slower.",
  );
  offerOptionNames(command, {
    "list:--across": ACROSS,
    "--baseline": layouts.map(({ name }) => name),
  });
  return command.action(
    (before: string, after: string[], options: CompareCommandOptions) =>
      compareFiles([before, ...after], { options, context, report }),
  );
}

interface CompareTask {
  readonly options: CompareCommandOptions;
  readonly context: CommandContext;
  readonly report: (status: number) => void;
}

/** What `--recognise` and the JSON call a P2P detection. */
function acrossName(name: string): string {
  return /^(recogni[sz]e|recognition)$/.test(name) ? "detection" : name;
}

async function compareFiles(
  files: readonly string[],
  task: CompareTask,
): Promise<void> {
  const { options, report } = task;
  const across: Across[] = eachOf(
    "difference to compare across",
    (options.across ?? []).map(acrossName),
    ACROSS,
  );
  await checkTargets(files, options);
  const [first, ...rest] = await readResults(files, {
    baseline: options.baseline,
    context: task.context,
  });
  if (first === undefined) return;
  const comparisons = rest.map((other) =>
    compareWithFirst(first, other, { ...task, across })
  );
  // No exact figure depends on the machine.
  const mayDiffer = across.some((name) => name !== "machine");
  await tell(first.file, comparisons, { ...task, across, mayDiffer });
  report(
    comparisons.some((comparison) => isBad(comparison, mayDiffer))
      ? EXIT.wrongAnswer
      : EXIT.done,
  );
}

/** Refuses outputs that cannot be written, before anything is read. */
async function checkTargets(
  files: readonly string[],
  options: CompareCommandOptions,
): Promise<void> {
  const { json, html, force, junit, summary } = options;
  const targets = { "--json": json, "--junit": junit, "--html": html };
  requireOneStdout(targets);
  if (summary === "-") {
    throw new RangeError(
      'Cannot add a summary to "-", expected a file path',
    );
  }
  await checkOutputs(targets, {
    force,
    inputs: { result: files, "--summary": summary },
  });
  await checkPages(options, { force });
}

interface ReadResult {
  readonly file: string;
  readonly result: LabResult;
}

/** Reads results; with a baseline, ratios of all refer to it. */
async function readResults(
  files: readonly string[],
  { baseline, context }: {
    readonly baseline: string | undefined;
    readonly context: CommandContext;
  },
): Promise<ReadResult[]> {
  requireOneDash(files);
  const results: ReadResult[] = [];
  for (const file of files) {
    const text = await readGiven(file, context, {
      mostBytes: LONGEST_RESULT_BYTES,
      expected: "a result",
    });
    const read = readResult(text, file);
    const result = baseline === undefined ? read : rebaseResult(read, baseline);
    results.push({ file, result });
  }
  return results;
}

/** Standard input can be read once. */
function requireOneDash(files: readonly string[]): void {
  if (files.filter((file) => file === STANDARD_INPUT).length < 2) return;
  throw new RangeError(
    `Cannot read standard input twice: found ${STANDARD_INPUT} for two ` +
      "results, expected a file for one of them",
  );
}

/** A result against the first one, and in which keys they are unlike. */
interface FileComparison extends ResultComparison {
  readonly file: string;
  readonly differingKeys: readonly DifferingKey[];
}

function compareWithFirst(
  first: ReadResult,
  { file, result }: ReadResult,
  { options, context, across }: CompareTask & { across: readonly Across[] },
): FileComparison {
  const unlike = differingKeys(first.result, result, across);
  const words = differenceWords(unlike, {
    before: first.result.config,
    after: result.config,
  });
  if (words[0] !== undefined && !options.force) {
    const { what, before, after } = words[0];
    const more = words.length > 1 ? `; ${words.length} things differ` : "";
    throw new RangeError(
      `Cannot compare "${first.file}" with "${file}": ` +
        `${printableLine(what)} is ${before} and ${after}${more}, ` +
        `expected equal ones, --across or --force`,
    );
  }
  for (const { what, before, after } of options.quiet ? [] : words) {
    context.writeError(
      printableLine(`lab: unlike: ${what} is ${before} and ${after}`) + "\n",
    );
  }
  const comparison = compareResults(first.result, result, {
    threshold: options.threshold / 100,
    across,
    relative: options.baseline !== undefined,
  });
  if (comparison.cells.every(({ only }) => only !== undefined)) {
    throw new RangeError(
      `Cannot compare "${first.file}" with "${file}": found no cell in ` +
        `common, expected at least one`,
    );
  }
  return { file, differingKeys: unlike, ...comparison };
}

/** Writes all that was asked for: files first, then the text. */
async function tell(
  before: string,
  comparisons: readonly FileComparison[],
  { options, context, across, mayDiffer }: CompareTask & {
    readonly across: readonly Across[];
    readonly mayDiffer: boolean;
  },
): Promise<void> {
  const { json, html, force, junit, summary, baseline } = options;
  const told = {
    schemaVersion: RESULT_SCHEMA_VERSION,
    tool: labTool(),
    thresholdPercent: options.threshold,
    across,
    baseline,
    before,
    comparisons,
  };
  if (json !== undefined) await writeJson(json, told, context, options);
  const relative = baseline === undefined ? "" : `, relative to ${baseline}`;
  const titled = comparisons.map((comparison) => ({
    title: `${before} -> ${comparison.file}${relative}`,
    comparison,
  }));
  if (junit !== undefined) {
    const text = renderJunit(titled, { mayDiffer });
    await writeText(junit, text, { context, force });
  }
  if (summary !== undefined) {
    await addText(
      summary,
      titled.map(({ title, comparison }) =>
        markdownSections(comparisonDocument(title, comparison))
      ).join("\n"),
    );
  }
  const parts = comparisonParts(comparisons, {
    before,
    threshold: options.threshold / 100,
  });
  await writePages(options, {
    page: async () =>
      await writePage({
        title: "bvec-lab: results compared",
        lead: `Each with ${before}${relative}; changes up to ` +
          `${options.threshold}% pass`,
        parts,
        data: await downloadLink("bvec-lab-comparison.json", toJson(told)),
      }),
    pictures: () => pictureFiles(parts),
  }, { context, force });
  if (json === "-" || junit === "-" || html === "-") return;
  for (const { title, comparison } of titled) {
    context.writeOut(renderComparison(title, comparison));
  }
}

/** Steps of a job write their summaries one after another. */
async function addText(file: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(file, text, { append: true });
  } catch (error) {
    throw outputError(file, error);
  }
}

function isBad(comparison: ResultComparison, mayDiffer: boolean): boolean {
  if (mayDiffer) return comparison.regressions > 0;
  // What was not compared may have become worse: nobody knows.
  return comparison.regressions > 0 || comparison.exactChanges > 0 ||
    comparison.oneSided > 0;
}
