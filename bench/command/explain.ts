/** `lab explain`: one I/O, step by step, with its bytes. */
import type { Command } from "commander";
import { explainIo } from "../explain/explain_io.ts";
import type { Explanation } from "../explain/explanation.ts";
import { findIo } from "../explain/find_io.ts";
import { renderExplanation } from "../explain/text.ts";
import { BASELINE } from "../run/plan.ts";
import {
  addCommonOptions,
  count,
  createCommand,
  QUANTITY_HELP,
} from "./command.ts";
import type { CommandContext } from "./context.ts";
import { GROUPS } from "./help.ts";
import { writeJson } from "./output.ts";
import {
  addPathOptions,
  checkPathNames,
  checkPathOutput,
  openGiven,
  pathNamesHelp,
  type PathOptions,
} from "./path_options.ts";

interface ExplainCommandOptions extends PathOptions {
  readonly io: number;
  readonly registered: boolean;
}

/**
 * Makes the command.
 *
 * @param context The outside world.
 * @returns The commander command.
 */
export function explainCommand(context: CommandContext): Command {
  const command = createCommand(
    "explain",
    "show one I/O from its buffer to the device's descriptors, with its bytes",
  )
    .optionsGroup(GROUPS.workload)
    .option("--io <n>", "the I/O of the workload, from 0", count(0), 0)
    .option(
      "--ios <n>",
      "only the first N reads and writes of the workload",
      count(1, 1e8),
    );
  addPathOptions(command, { layout: BASELINE, workload: "seq128k" })
    .optionsGroup(GROUPS.submit)
    .option("--registered", "the same as --submitter registered", false);
  return addCommonOptions(command)
    .addHelpText("after", pathNamesHelp)
    .addHelpText("after", QUANTITY_HELP)
    .action(async (given: ExplainCommandOptions) => {
      if (
        given.registered &&
        command.getOptionValueSource("submitter") === "cli" &&
        given.submitter !== "registered"
      ) {
        throw new RangeError(
          `Cannot combine --registered with --submitter ${given.submitter}: ` +
            "found two submitters, expected one",
        );
      }
      const options = given.registered
        ? { ...given, submitter: "registered" }
        : given;
      checkPathNames(options);
      await checkPathOutput(options);
      const explanation = await explain(options, context);
      if (options.json !== undefined) {
        await writeJson(options.json, explanation, context, options);
      }
      if (options.json !== "-") {
        context.writeOut(renderExplanation(explanation));
      }
    });
}

async function explain(
  options: ExplainCommandOptions,
  context: CommandContext,
): Promise<Explanation> {
  const { device, seed } = options;
  const { workload, ...path } = await openGiven(options, context);
  const window = await findIo(
    {
      ...workload,
      name: options.ios === undefined
        ? options.workload
        : `${options.workload} --ios ${options.ios}`,
    },
    options.io,
    context.signal,
  );
  return explainIo({
    ...path,
    device,
    window,
    index: options.io,
    workload: options.workload,
    description: workload.description,
    seed,
  });
}
