/**
 * A run of the lab as a command: progress and cells as they come, then the
 * answer, the files that were asked for, and the exit status.
 */
import type { ResultInput } from "../files/result_input.ts";
import { answer } from "../report/answer.ts";
import { renderBreakdown } from "../report/breakdown_text.ts";
import { toldCommand } from "./told_command.ts";
import { renderCell, renderFoot, renderWarnings } from "../report/text.ts";
import type { LabResult } from "../result/result.ts";
import {
  completeOptions,
  isTimed,
  type LabRunOptions,
} from "../run/options.ts";
import type { ResumeFrom } from "../run/resume.ts";
import { NothingToCompareError } from "../run/plan.ts";
import type { LabRunEvents } from "../run/run_events.ts";
import { runLab } from "../run/run_lab.ts";
import {
  type CommandContext,
  EXIT,
  interruptStatus,
  WrongAnswerError,
} from "../shell/context.ts";
import { keepElsewhere, toJson, writeJson } from "../shell/output.ts";
import { writePages } from "../shell/page_output.ts";
import { type ProgressLine, progressLine } from "../shell/progress_line.ts";
import { oneLine } from "../shell/one_line.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import { type ReportFile, writeReports } from "./report_files.ts";
import type { ResultFile } from "./result_file.ts";
import { resultPage } from "./result_page.ts";
import { RunEta } from "./run_eta.ts";
import type { RunCommandOptions } from "./run_options.ts";

export interface AskedRun {
  readonly options: RunCommandOptions;
  readonly context: CommandContext;
  readonly report: (status: number) => void;
  readonly reports: readonly ReportFile[];
  readonly output?: ResultFile | undefined;
  /** The result that is continued, if one is. */
  readonly resume?: ResumeFrom | undefined;
  readonly repeat?: ResumeFrom | undefined;
  /** Workloads that are streams, by name. */
  readonly inputs: WorkloadInputs;
  readonly read: readonly ResultInput[];
}

/**
 * Runs the lab, and reports and keeps what it finds.
 *
 * @throws {Error} If the result cannot be written or printed: what was found is
 * kept elsewhere, and the message says where.
 */
export async function executeRun(
  run: Partial<LabRunOptions>,
  asked: AskedRun,
): Promise<void> {
  const { options, context, reports, output, resume, repeat, inputs, read } =
    asked;
  const line = progressLine(context, { quiet: options.quiet });
  const eta = new RunEta(timedCells(run), () => performance.now() * 1e6);
  const toStdout = [options.json, options.html].every((path) => path !== "-") &&
    reports.every(({ target }) => target !== "-");
  const hasDetails = options.details || options.by !== undefined;
  const command = toldCommand(
    context.words ?? [],
    options.setup === undefined ? repeat?.result : undefined,
  );
  const withCommand = (result: LabResult) =>
    command === undefined
      ? result
      : { ...result, config: { ...result.config, command } };
  const keep = (soFar: LabResult) =>
    output?.keep(withCommand(soFar), (problem) =>
      context.writeError(
        `lab: ${problem}; it is tried again after the next cell\n`,
      ));
  const listener = listenerOf(asked);
  const { tell, untold } = listener;
  const { result: found, failure } = await runLab(run, {
    signal: listener.signal,
    watch: { timeoutMs: options.watchdog * 1000 },
    resume,
    repeat,
    inputs,
    read,
    onProgress: progressShower(line, eta),
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
  // Cells of the baseline alone are not an answer: the failure is all there is.
  const hasAnswer = result.cells.length > 0 &&
    !(failure instanceof NothingToCompareError);
  if (toStdout && hasAnswer) {
    tell(hasDetails ? restOfDetails(result) : answer.render(result));
  }
  if (options.json === "-") await writeJson("-", result, context);
  if (failure === undefined || result.cells.length > 0) {
    await output?.write(result, context);
  }
  if (result.cells.length > 0) await writeFiles(result, asked);
  if (untold.aborted) {
    const { reason } = untold;
    if (failure !== undefined && failure !== reason) {
      context.writeError(`lab: ${oneLine(failure.message)}\n`);
    }
    if (output === undefined && result.cells.length > 0) {
      reason.message += `; ${await keepElsewhere(toJson(result), context)}`;
    }
    throw reason;
  }
  if (listener.idle?.aborted && !context.signal.aborted) return;
  if (failure !== undefined) reportFailure(failure, asked);
}

/** Who gets the progress of a run, and what ends it early. */
interface Listener {
  /** Writes to standard output, as long as that works. */
  readonly tell: (text: string) => void;
  /** Aborted with the reason that standard output cannot be written. */
  readonly untold: AbortSignal;
  /** Aborted where nobody reads standard output any more, and no file does. */
  readonly idle: AbortSignal | undefined;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

function listenerOf({ context, output }: AskedRun): Listener {
  // Nobody reads the output any more and no file is written: the rest would be
  // for nothing.
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
  const signal = AbortSignal.any([
    context.signal,
    ...(idle ? [idle] : []),
    // The file has all that is printed, and more.
    ...(output === undefined ? [untold.signal] : []),
  ]);
  return { tell, untold: untold.signal, idle, signal };
}

function progressShower(
  line: ProgressLine,
  eta: RunEta,
): NonNullable<LabRunEvents["onProgress"]> {
  return (cell, stage, progress) => {
    const { workload, abi, recognition, engine } = cell;
    const name = [workload, abi.name, recognition, engine].join(", ");
    // Builds of all cells: after them the run is over.
    const isInTurn = / in turn$/.test(stage);
    line.show(isInTurn ? "lab run" : `${eta.place(name)} ${name}`.trim(), {
      stage,
      progress,
      leftNs: isInTurn
        ? progress?.remainingNs ?? null
        : eta.leftNs(name, { isChecked: !/^check/.test(stage), progress }),
    });
  };
}

/** What follows the tables of the cells, which are printed already. */
function restOfDetails(result: LabResult): string {
  const { warnings } = result;
  const warned = warnings.length > 0 ? renderWarnings(warnings) + "\n" : "";
  return warned + renderFoot(result);
}

function reportFailure(failure: Error, { context, report }: AskedRun): void {
  context.writeError(`lab: ${oneLine(failure.message)}\n`);
  if (context.signal.aborted) report(interruptStatus(context.signal.reason));
  else if (failure instanceof WrongAnswerError) report(EXIT.wrongAnswer);
  else if (failure.name === "ContenderError") report(EXIT.wrongAnswer);
  else report(EXIT.wrongUse);
}

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
async function writeFiles(
  result: LabResult,
  { options, context, reports, output, inputs }: AskedRun,
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
