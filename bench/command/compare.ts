/**
 * `lab compare A.json B.json [...]`: two results or more, like with like.
 */
import type { Command } from "commander";
import { printableLine } from "../../sim/text/printable.ts";
import {
  compareResults,
  type ResultComparison,
} from "../experiment/compare_results.ts";
import { differenceWords } from "../key_words.ts";
import { differingKeys } from "../experiment/likeness.ts";
import { readResultFile } from "../read_result.ts";
import { renderComparison } from "../report/comparison_text.ts";
import { type LabResult, RESULT_SCHEMA_VERSION } from "../result.ts";
import { labTool } from "../tool.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  percent,
} from "./command.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { GROUPS } from "./help.ts";
import { writeJson } from "./output.ts";
import { checkOutputs } from "./output_names.ts";

interface CompareCommandOptions extends CommonOptions {
  readonly threshold: number;
}

/**
 * Makes the command `lab compare`.
 *
 * @param context The outside world.
 * @param report Sets the exit status.
 * @returns The command.
 */
export function compareCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand(
    "compare",
    "compare results with the first one, like with like",
  )
    .argument("<before.json>", "the result to compare with")
    .argument("<after.json...>", "the results to compare")
    .optionsGroup(GROUPS.compared)
    .option(
      "--threshold <percent>",
      "changes of time up to this pass",
      percent(0, 1000),
      5,
    );
  addCommonOptions(
    command,
    "compare unlike results, too, and replace existing output files",
  ).addHelpText(
    "after",
    "\nExit status 1: slower with confidence, an exact figure changed, or (with\n" +
      "--force) a cell or a layout is in one result alone.",
  );
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

async function compareFiles(
  files: readonly string[],
  { options, context, report }: CompareTask,
): Promise<void> {
  const { json, force } = options;
  await checkOutputs({ "--json": json }, { force, inputs: { result: files } });
  const results: { file: string; result: LabResult }[] = [];
  for (const file of files) {
    results.push({ file, result: await readResultFile(file) });
  }
  const [first, ...rest] = results;
  if (first === undefined) return;
  const comparisons = rest.map(({ file, result }) => {
    const unlike = differingKeys(first.result, result);
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
          `expected equal ones or --force`,
      );
    }
    for (const { what, before, after } of options.quiet ? [] : words) {
      context.writeError(
        printableLine(`lab: unlike: ${what} is ${before} and ${after}`) + "\n",
      );
    }
    const comparison = compareResults(first.result, result, {
      threshold: options.threshold / 100,
    });
    if (comparison.cells.every(({ only }) => only !== undefined)) {
      throw new RangeError(
        `Cannot compare "${first.file}" with "${file}": found no cell in ` +
          `common, expected at least one`,
      );
    }
    return { file, differingKeys: unlike, ...comparison };
  });
  if (options.json !== undefined) {
    await writeJson(
      options.json,
      {
        schemaVersion: RESULT_SCHEMA_VERSION,
        tool: labTool(),
        thresholdPercent: options.threshold,
        before: first.file,
        comparisons,
      },
      context,
      options,
    );
  }
  if (options.json !== "-") {
    for (const comparison of comparisons) {
      context.writeOut(
        renderComparison(`${first.file} -> ${comparison.file}`, comparison),
      );
    }
  }
  report(comparisons.some(isBad) ? EXIT.wrongAnswer : EXIT.done);
}

function isBad(comparison: ResultComparison): boolean {
  // What was not compared may have become worse: nobody knows.
  return comparison.regressions > 0 || comparison.exactChanges > 0 ||
    comparison.oneSided > 0;
}
