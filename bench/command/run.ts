/**
 * `lab run`, and `lab` alone: the comparison of layouts.
 */
import type { Command } from "commander";
import { findAbi } from "../../layouts/abi.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import { plural } from "../../sim/text/plural.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import { WATCHDOG_MS } from "../contender/contender.ts";
import { exportBlktrace } from "../export/export_blktrace.ts";
import { exportIolog } from "../export/export_iolog.ts";
import { exportPlacement } from "../export/export_placement.ts";
import { answer } from "../report/answer.ts";
import { BREAKDOWNS, renderBreakdown } from "../report/breakdown_text.ts";
import { repeatingWords } from "../report/repeating_words.ts";
import { quoteWord } from "../text/shell_words.ts";
import { renderCell, renderFoot, renderWarnings } from "../report/text.ts";
import type { LabResult } from "../result/result.ts";
import type { ResultInput } from "../files/result_input.ts";
import {
  completeOptions,
  DEFAULT_WORKLOADS,
  isTimed,
  type LabRunOptions,
  workloadPath,
} from "../run/options.ts";
import type { ResumeFrom } from "../run/resume.ts";
import { runLab } from "../run/run_lab.ts";
import { addFields, type GivenSetup, typedFiles } from "../setup/options.ts";
import { FAULTS_HELP } from "../simulate/faults_help.ts";
import {
  addCommonOptions,
  createCommand,
  QUANTITY_HELP,
  seconds,
} from "../shell/command.ts";
import {
  type CommandContext,
  EXIT,
  interruptStatus,
  WrongAnswerError,
} from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { addKernelOptions, kernelFiles } from "./kernel_option.ts";
import {
  checkOutput,
  keepElsewhere,
  toJson,
  writeJson,
} from "../shell/output.ts";
import { type OutputFile, writeFileInParts } from "../shell/output_file.ts";
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
  writePages,
} from "../shell/page_output.ts";
import { checkRecording } from "./placement_option.ts";
import { resultPage } from "./result_page.ts";
import { progressLine } from "../shell/progress_line.ts";
import { RunEta } from "./run_eta.ts";
import {
  addReportFiles,
  type ReportFile,
  reportFiles,
  reportPaths,
  writeReports,
} from "./report_files.ts";
import type { CommandFactory } from "./command_factory.ts";
import { type ResultFile, resultFile, resumeFrom } from "./result_file.ts";
import { oneLine } from "../shell/run_command.ts";
import {
  namesHelp,
  RUN_OPTIONS,
  type RunCommandOptions,
  runOptions,
} from "./run_options.ts";
import { addStructOptions, structFiles } from "./struct_option.ts";
import {
  checkWorkloads,
  keepStreams,
  workloadStreams,
} from "./workload_streams.ts";

/**
 * Makes the command `lab run`.
 *
 * @param context The outside world.
 * @param report Sets the exit status of a finished run.
 * @returns The command.
 */
export const runCommand: CommandFactory = Object.assign(createRun, {
  isDefault: true,
});

function createRun(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand(
    "run",
    "compare layouts: exact counts, then measured speed (the default command)",
  );
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
      "take the options of a result, or of a setup in JSON; those that are " +
        "typed replace them",
    )
    .optionsGroup(GROUPS.output)
    .option("--details", "print every table, not only the answer", false)
    .option(
      "--by <name>",
      `split footprints by ${BREAKDOWNS.join(" or ")}, with --details`,
    )
    .option(
      "--samples",
      "keep every sample in the file of --json, and each layout's exact " +
        "figures whole",
      false,
    )
    .option(
      "--resume [file]",
      "continue an unfinished result (default: that of --json)",
    )
    .option("--iolog <file>", "write the workload as a fio iolog, version 3")
    .option(
      "--blktrace <prefix>",
      "write PREFIX.blktrace.0, the events of page_offset",
    )
    .option(
      "--placement-log <file>",
      "write where the buffers of the workload lie, for --placement",
    );
  addPageOptions(addReportFiles(command));
  return addCommonOptions(command)
    .addHelpText("after", namesHelp)
    .addHelpText("after", QUANTITY_HELP)
    .addHelpText("after", FAULTS_HELP)
    .action(async (options: RunCommandOptions) => {
      const read: ResultInput[] = [];
      const onInput = (input: ResultInput) => void read.push(input);
      const given = await runOptions(command, { ...context, onInput });
      const isCounted = context.counts === true &&
        options.setup === undefined &&
        command.getOptionValueSource("counts") !== "cli";
      const run = isCounted ? { ...given, counts: "auto" as const } : given;
      const { workloads = [] } = run;
      const streams = await workloadStreams(workloads, context);
      const [streamed] = streams.keys();
      if (streamed !== undefined && options.resume !== undefined) {
        throw new RangeError(
          `Cannot resume a run of "${streamed}": found a stream, expected ` +
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
      await requireApart(
        namedFiles({
          ...outputFiles(options, output?.path),
          ...reportPaths(reports),
        }),
        namedFiles({
          // A run that goes on writes its own file again.
          "--resume": resume?.name === output?.path ? undefined : resume?.name,
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
          ...Object.values(files(options)).filter((file) => file !== undefined),
          ...reports.map((report) => report.target),
        ]
      ) await checkOutput(target, options);
      await checkPages(options, options);
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
        await execute(run, {
          ...from,
          report,
          reports,
          output,
          resume,
        });
      } finally {
        for (const spool of spools.values()) spool.close();
      }
    });
}

/** The workload that is written for other tools, if any is to be. */
function exportedWorkload(
  options: RunCommandOptions,
  { workloads: names = DEFAULT_WORKLOADS }: GivenSetup,
): string | undefined {
  const { iolog, blktrace, placementLog } = files(options);
  const target = iolog ?? blktrace ?? placementLog;
  if (target === undefined) return undefined;
  if ([iolog, options.blktrace, placementLog].includes("-")) {
    throw new RangeError(
      `Cannot write an iolog, blktrace or placement to "-", expected a file ` +
        "path",
    );
  }
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new RangeError(
      `Cannot write "${target}": ${names.length} workloads are run ` +
        `(${names.join(", ")}), expected --workload with one`,
    );
  }
  return name;
}

/** All files that are written. */
function outputFiles(
  options: RunCommandOptions,
  result: string | undefined,
): NamedPaths {
  const { iolog, blktrace, placementLog } = files(options);
  return {
    [options.json === undefined ? "--resume" : "--json"]: result,
    "--iolog": iolog,
    "--blktrace": blktrace,
    "--placement-log": placementLog,
    "--html": options.html,
  };
}

/** The files that other tools read, by format. */
function files(options: RunCommandOptions): Record<
  "iolog" | "blktrace" | "placementLog",
  string | undefined
> {
  const { iolog, blktrace, placementLog } = options;
  return {
    placementLog,
    iolog,
    // One file for each CPU; the simulated machine submits on one.
    blktrace: blktrace === undefined ? blktrace : `${blktrace}.blktrace.0`,
  };
}

/** Writes what other tools read, before anything is compared. */
async function writeExports(
  workload: string,
  from: {
    run: Partial<LabRunOptions>;
    options: RunCommandOptions;
    context: CommandContext;
    inputs: WorkloadInputs;
  },
): Promise<void> {
  const { options, context, inputs } = from;
  const { signal } = context;
  const { iolog, blktrace, placementLog } = files(options);
  const run = completeOptions(from.run);
  const say = (text: string) => {
    if (!options.quiet) context.writeError(`${text}\n`);
  };
  if (iolog !== undefined) {
    const ios = await writeFileInParts(
      iolog,
      options,
      (file) =>
        exportIolog(file, {
          ...{ workload, seed: run.seed, signal, inputs },
          ...Object.fromEntries(
            Object.entries(run).filter(([key]) =>
              ["ios", "events", "format"].includes(key)
            ),
          ),
        }),
    );
    say(`${iolog}: ${plural(ios, "I/O")}, replay with fio --read_iolog`);
  }
  if (blktrace !== undefined) {
    const counts = await writeFileInParts(
      blktrace,
      options,
      (file) => exportBlktrace(file, { workload, run, signal, inputs }),
    );
    const text = Object.entries(counts).filter(([, count]) => count > 0)
      .map(([letter, count]) => `${count} ${letter}`).join(", ");
    say(`${blktrace}: ${text}; read with blkparse -i ${options.blktrace}`);
  }
  if (placementLog !== undefined) {
    const ios = await writeFileInParts(
      placementLog,
      options,
      (file) => writePlacement(file, { ...from, run, workload }),
    );
    say(`${placementLog}: ${plural(ios, "I/O")}; --placement reads it`);
  }
}

async function writePlacement(
  file: OutputFile,
  from: {
    run: LabRunOptions;
    workload: string;
    context: CommandContext;
    inputs: WorkloadInputs;
  },
): Promise<number> {
  const { run, inputs, workload, context } = from;
  const abi = findAbi(run.abis[0] ?? "lp64");
  const { open } = openCell({ ...run, abi, inputs }, workloadPath(workload));
  return await exportPlacement(file, await open(), context.signal);
}

async function execute(
  run: Partial<LabRunOptions>,
  from: {
    options: RunCommandOptions;
    context: CommandContext;
    report: (status: number) => void;
    reports: readonly ReportFile[];
    output?: ResultFile | undefined;
    resume?: ResumeFrom | undefined;
    inputs: WorkloadInputs;
    read: readonly ResultInput[];
  },
): Promise<void> {
  const { options, context, report, reports, output, resume, inputs, read } =
    from;
  const line = progressLine(context, { quiet: options.quiet });
  const eta = new RunEta(timedCells(run), () => performance.now() * 1e6);
  const toStdout = [options.json, options.html].every((path) => path !== "-") &&
    reports.every(({ target }) => target !== "-");
  const hasDetails = options.details || options.by !== undefined;
  const command = repeatingWords(context.words ?? [])?.map(quoteWord).join(" ");
  const withCommand = (result: LabResult) =>
    command === undefined
      ? result
      : { ...result, config: { ...result.config, command } };
  const keep = (soFar: LabResult) =>
    output?.keep(withCommand(soFar), (problem) =>
      context.writeError(
        `lab: ${problem}; it is tried again after the next cell\n`,
      ));
  // Nobody is left to tell, and no file is written: the rest is for nothing.
  const idle = output === undefined ? context.outClosed : undefined;
  const untold = new AbortController();
  const tell = (text: string) => {
    if (untold.signal.aborted) return;
    try {
      context.writeOut(text);
    } catch (error) {
      untold.abort(error);
    }
  };
  const ends = [
    context.signal,
    ...(idle ? [idle] : []),
    // The file has all that is told, and more.
    ...(output === undefined ? [untold.signal] : []),
  ];
  const { result: found, failure } = await runLab(run, {
    signal: AbortSignal.any(ends),
    watch: { timeoutMs: options.watchdog * 1000 },
    resume,
    inputs,
    read,
    onProgress: (cell, stage, progress) => {
      const { workload, abi, recognition, engine } = cell;
      const name = [workload, abi.name, recognition, engine].join(", ");
      // Builds of all cells: behind them the run is over.
      const isInTurn = / in turn$/.test(stage);
      line.show(isInTurn ? "lab run" : `${eta.place(name)} ${name}`.trim(), {
        stage,
        progress,
        leftNs: isInTurn ? progress?.remainingNs ?? null : eta.leftNs(name, {
          isChecked: !/^check/.test(stage),
          progress,
        }),
      });
    },
    onCell: async (cell, soFar) => {
      line.clear();
      eta.end(
        [cell.workload, cell.abi, cell.recognition, cell.engine].join(", "),
      );
      if (toStdout && hasDetails) {
        tell(renderCell(cell) + "\n");
        if (options.by) tell(renderBreakdown(cell, options.by));
      }
      await keep(soFar);
    },
    onSoFar: keep,
  });
  const result = withCommand(found);
  line.clear();
  if (toStdout && result.cells.length > 0) {
    if (hasDetails) {
      if (result.warnings.length > 0) {
        tell(renderWarnings(result.warnings) + "\n");
      }
      tell(renderFoot(result));
    } else tell(answer.render(result));
  }
  if (options.json === "-") await writeJson("-", result, context);
  if (failure === undefined || result.cells.length > 0) {
    await output?.write(result, context);
  }
  if (result.cells.length > 0) await show(result, from);
  if (untold.signal.aborted) {
    const { reason } = untold.signal;
    if (failure !== undefined && failure !== reason) {
      context.writeError(`lab: ${oneLine(failure.message)}\n`);
    }
    if (output === undefined && result.cells.length > 0) {
      reason.message += `; ${await keepElsewhere(toJson(result), context)}`;
    }
    throw reason;
  }
  if (idle?.aborted && !context.signal.aborted) return;
  if (failure === undefined) return;
  context.writeError(`lab: ${oneLine(failure.message)}\n`);
  if (context.signal.aborted) report(interruptStatus(context.signal.reason));
  else if (failure instanceof WrongAnswerError) report(EXIT.wrongAnswer);
  else if (failure.name === "ContenderError") report(EXIT.wrongAnswer);
  else report(EXIT.wrongUse);
}

/** Whether each cell of a run is timed, in their order. */
function timedCells(given: Partial<LabRunOptions>): boolean[] {
  const run = completeOptions(given);
  const { abis, workloads, recognitions, engine } = run;
  const cells = recognitions.length * (engine === "both" ? 2 : 1);
  return abis.flatMap(() =>
    workloads.flatMap((workload) => Array(cells).fill(isTimed(run, workload)))
  );
}

/**
 * Writes the reports and the page; that one cannot be written does not lose the
 * result.
 */
async function show(
  result: LabResult,
  { options, context, reports, output, inputs }: {
    options: RunCommandOptions;
    context: CommandContext;
    reports: readonly ReportFile[];
    output?: ResultFile | undefined;
    inputs: WorkloadInputs;
  },
): Promise<void> {
  const { by, force } = options;
  const { signal } = context;
  try {
    await writeReports(result, reports, { context, by, force });
    await writePages(
      options,
      resultPage(result, { signal, inputs, by, readsFiles: true }),
      { context, force },
    );
  } catch (error) {
    if (error instanceof Error && output === undefined) {
      error.message += `; ${await keepElsewhere(toJson(result), context)}`;
    }
    throw error;
  }
}
