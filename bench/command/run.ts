/**
 * `lab run`, and `lab` alone: the comparison of layouts.
 */
import type { Command } from "commander";
import { WATCHDOG_MS } from "../contender/asked_worker.ts";
import { BREAKDOWNS } from "../report/breakdown_text.ts";
import type { ResultInput } from "../files/result_input.ts";
import { addFields, typedFiles } from "../setup/options.ts";
import { FAULTS_HELP } from "../simulate/faults_help.ts";
import {
  addCommonOptions,
  createCommand,
  QUANTITY_HELP,
  seconds,
} from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { checkOutput } from "../shell/output.ts";
import {
  namedFiles,
  type NamedPaths,
  requireApart,
  workloadFiles,
} from "../shell/output_names.ts";
import {
  addPageOptions,
  checkPages,
  requireOneStdout,
} from "../shell/page_output.ts";
import { type AskedRun, executeRun } from "./execute_run.ts";
import { addKernelOptions, kernelFiles } from "./kernel_option.ts";
import { runNamesHelp } from "./names_help.ts";
import { addReportFiles, reportFiles, reportPaths } from "./report_files.ts";
import { repeatFrom, resultFile, resumeFrom } from "./result_file.ts";
import { exportedWorkload, exportFiles, writeExports } from "./run_exports.ts";
import {
  RUN_OPTIONS,
  type RunCommandOptions,
  runOptions,
  setupPath,
} from "./run_options.ts";
import { addStructOptions, structFiles } from "./struct_option.ts";
import {
  checkRecording,
  checkWorkloads,
  keepStreams,
  workloadStreams,
} from "./workload_streams.ts";
import { SUMMARIES } from "./summaries.ts";

/** Makes the command `lab run`. */
export function runCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("run", SUMMARIES.run);
  addKernelOptions(addStructOptions(addFields(command, RUN_OPTIONS)))
    .optionsGroup(GROUPS.measure)
    .option(
      "--watchdog <s>",
      "give up on a thread that has not reported for this long",
      seconds(0.1, 86400),
      WATCHDOG_MS / 1000,
    )
    .optionsGroup(GROUPS.compared)
    .option(
      "--setup <file>",
      "take the options of a result, or of a setup in JSON; options on the " +
        "command line override them",
    )
    .optionsGroup(GROUPS.output)
    .option("--details", "print every table instead of the answer", false)
    .option(
      "--by <name>",
      `split footprints by ${BREAKDOWNS.join(" or ")}, with --details`,
    )
    .option(
      "--samples",
      "keep every sample in the --json file, and each layout's exact figures " +
        "in full",
      false,
    )
    .option(
      "--resume [file]",
      "continue an unfinished result (default: that of --json)",
    )
    .option(
      "--repeat <file>",
      "count a --json result again, with its options, and add the times of " +
        "one more build of each layout (js; --builds N: of N more)",
    )
    .option("--iolog <file>", "write the workload as a fio iolog, version 3")
    .option(
      "--blktrace <prefix>",
      "write PREFIX.blktrace.0, the events of page_offset",
    )
    .option(
      "--placement-log <file>",
      "write where the buffers of the workload are, for --placement",
    );
  addPageOptions(addReportFiles(command));
  return addCommonOptions(command)
    .addHelpText("after", runNamesHelp)
    .addHelpText("after", QUANTITY_HELP)
    .addHelpText("after", FAULTS_HELP)
    .action((options: RunCommandOptions) =>
      checkAndRun(command, options, { context, report })
    );
}

/** Refuses what can be refused before anything is run, then runs. */
async function checkAndRun(
  command: Command,
  options: RunCommandOptions,
  { context, report }: {
    context: CommandContext;
    report: (status: number) => void;
  },
): Promise<void> {
  const read: ResultInput[] = [];
  const onInput = (input: ResultInput) => void read.push(input);
  const repeat = await repeatFrom(options);
  const given = await runOptions(command, { ...context, onInput });
  const isCounted = context.counts === true &&
    setupPath(options) === undefined &&
    command.getOptionValueSource("counts") !== "cli";
  const run = isCounted ? { ...given, counts: "auto" as const } : given;
  const { workloads = [] } = run;
  const streams = await workloadStreams(workloads, context);
  const [streamed] = streams.keys();
  const again = options.resume !== undefined
    ? "resume"
    : options.repeat !== undefined
    ? "repeat"
    : undefined;
  if (streamed !== undefined && again !== undefined) {
    throw new RangeError(
      `Cannot ${again} a run of "${streamed}": found a stream, expected ` +
        "files, which can be read again",
    );
  }
  const exported = exportedWorkload(options, run);
  const resume = await resumeFrom(options);
  const output = resultFile(options, resume);
  const reports = reportFiles(options);
  requireOneStdout({
    "--json": options.json,
    ...reportPaths(reports),
    "--html": options.html,
  });
  await checkFiles(command, options, {
    ...{ output, resume, repeat, reports, workloads },
  });
  const spools = await keepStreams(streams, options, context);
  try {
    const inputs = new Map(
      [...spools].map(([name, spool]) => [name, () => spool.open()]),
    );
    await checkWorkloads(run, inputs);
    await checkRecording(run, inputs);
    const from = { options, context, inputs, read };
    if (exported !== undefined) {
      await writeExports(exported, { ...from, run });
    }
    await executeRun(run, {
      ...from,
      report,
      reports,
      output,
      resume,
      repeat,
    });
  } finally {
    for (const spool of spools.values()) spool.close();
  }
}

/** Refuses files that are one and the same, or that cannot be written. */
async function checkFiles(
  command: Command,
  options: RunCommandOptions,
  of: Pick<AskedRun, "output" | "resume" | "repeat" | "reports"> & {
    readonly workloads: readonly string[];
  },
): Promise<void> {
  const { output, resume, repeat, reports, workloads } = of;
  await requireApart(
    namedFiles({
      ...outputFiles(options, output?.path),
      ...reportPaths(reports),
    }),
    namedFiles({
      // A run that continues writes its own file again.
      "--resume": resume?.name === output?.path ? undefined : resume?.name,
      // It was read, and all of its builds are in what replaces it.
      "--repeat": repeat?.name === output?.path ? undefined : repeat?.name,
      "--setup": options.setup,
      "--workload": await workloadFiles(workloads),
      ...typedFiles(command),
      "--struct": await structFiles(options),
      ...kernelFiles(options),
    }),
  );
  if (output !== undefined) {
    await checkOutput(output.path, { force: output.force });
  }
  for (
    const target of [
      ...Object.values(exportFiles(options)).filter((file) =>
        file !== undefined
      ),
      ...reports.map((report) => report.target),
    ]
  ) await checkOutput(target, options);
  await checkPages(options, options);
}

function outputFiles(
  options: RunCommandOptions,
  result: string | undefined,
): NamedPaths {
  const { iolog, blktrace, placementLog } = exportFiles(options);
  return {
    [options.json === undefined ? "--resume" : "--json"]: result,
    "--iolog": iolog,
    "--blktrace": blktrace,
    "--placement-log": placementLog,
    "--html": options.html,
  };
}
