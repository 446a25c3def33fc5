/** `lab explain`: one I/O, step by step, with its bytes. */
import type { Command } from "commander";
import { explainIo } from "../explain/explain_io.ts";
import type { Explanation } from "../explain/explanation.ts";
import { findIo } from "../explain/find_io.ts";
import { renderExplanation } from "../explain/text.ts";
import { BASELINE } from "../setup/baseline.ts";
import {
  addCommonOptions,
  type CommonOptions,
  countOption,
  createCommand,
  QUANTITY_HELP,
} from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { writeFound } from "../shell/output.ts";
import {
  addPathOptions,
  openGiven,
  type PathRequest,
  readPathRequest,
} from "./path_options.ts";
import { pathNamesHelp } from "./names_help.ts";
import { SUMMARIES } from "./summaries.ts";

interface ExplainCommandOptions extends CommonOptions {
  readonly device: string;
  readonly io: number;
  readonly ios?: number;
  readonly registered: boolean;
}

const DEFAULTS = { layout: BASELINE, workload: "seq128k" } as const;

export function explainCommand(context: CommandContext): Command {
  const command = createCommand("explain", SUMMARIES.explain)
    .optionsGroup(GROUPS.workload)
    .option(
      "--io <n>",
      "which I/O of the workload, counting from 0",
      countOption(0),
      0,
    )
    .option(
      "--ios <n>",
      "only the first N reads and writes of the workload",
      countOption(1, 1e8),
    );
  addPathOptions(command, DEFAULTS)
    .optionsGroup(GROUPS.submit)
    .option("--registered", "the same as --submitter registered", false);
  return addCommonOptions(command)
    .addHelpText("after", pathNamesHelp)
    .addHelpText("after", QUANTITY_HELP)
    .action(async (options: ExplainCommandOptions) => {
      const { ios, registered } = options;
      const request = await readPathRequest(
        command,
        DEFAULTS,
        ios === undefined ? {} : { ios },
      );
      const { submitter = "registered" } = request;
      if (registered && submitter !== "registered") {
        throw new RangeError(
          `Cannot combine --registered with --submitter ${submitter}: ` +
            "found two submitters, expected one",
        );
      }
      const explanation = await explain(
        command,
        registered ? { ...request, submitter } : request,
        context,
      );
      await writeFound(
        {
          json: () => explanation,
          text: () => renderExplanation(explanation),
        },
        context,
        options,
      );
    });
}

async function explain(
  command: Command,
  request: PathRequest,
  context: CommandContext,
): Promise<Explanation> {
  const { device, seed, io } = command.opts<ExplainCommandOptions>();
  const { ios } = request;
  const { workload, ...path } = await openGiven(command, request, context);
  const window = await findIo(
    {
      ...workload,
      name: ios === undefined
        ? request.workload
        : `${request.workload} --ios ${ios}`,
    },
    io,
    context.signal,
  );
  return explainIo({
    ...{ ...path, device, window, index: io },
    workload: request.workload,
    description: workload.description,
    seed,
  });
}
