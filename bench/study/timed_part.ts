/**
 * The timed half of the study: runs of the lab, one after the other, on a
 * machine that should have nothing else to do.
 */
import { MACHINE_KEYS } from "../result/likeness.ts";
import type { LabRunOptions } from "../run/options.ts";
import { EnginesApartError } from "../run/engines_apart.ts";
import { runLab } from "../run/run_lab.ts";
import type { Interval, ResultCell } from "../result/result.ts";
import type { StudyTimed, StudyTimedCell, StudyTiming } from "./study_file.ts";
import type { TimedTask } from "./study_plan.ts";

/** What the timed half is run with. */
export interface TimedPartOptions {
  /** Options of every run. */
  readonly run: Partial<LabRunOptions>;
  /** Day on which it is run. */
  readonly date: string;
  /** Seconds to measure for one cell. */
  readonly cellSeconds: number;
  /** Ends the work early. */
  readonly signal?: AbortSignal;
  /** Told of cells whose engines are too far apart; they are kept. */
  readonly onApart: (error: EnginesApartError) => void;
  /** Told what is timed, how many runs are done, and how many there are. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** Keys of the environment that are kept. */
const KEPT = [...MACHINE_KEYS, "commit", "modified", "noise"];

/**
 * Times cells.
 *
 * @param tasks Which ones.
 * @param options How.
 * @returns The timed half of a study.
 * @throws {Error} If a run fails or is interrupted, but for engines that are
 *   too far apart.
 */
export async function timedPart(
  tasks: readonly TimedTask[],
  options: TimedPartOptions,
): Promise<StudyTimed> {
  const { signal, onProgress } = options;
  const cells: StudyTimedCell[] = [];
  const warnings: StudyTimed["warnings"][number][] = [];
  let environment: Record<string, unknown> = {};
  for (const [index, task] of tasks.entries()) {
    const { workloads, submitter, recognition } = task;
    const what = `timing ${recognition}, ${workloads.join(", ")}`;
    onProgress?.(what, index, tasks.length);
    const { result, failure } = await runLab({
      ...options.run,
      workloads,
      submitter,
      recognitions: [recognition],
      // Each workload is a cell on each engine.
      budgetSeconds: options.cellSeconds * workloads.length *
        (options.run.engine === "both" ? 2 : 1),
    }, signal ? { signal } : {});
    // Its cells are whole, and stay; the study fails at its end.
    if (failure instanceof EnginesApartError) options.onApart(failure);
    else if (failure !== undefined) throw failure;
    if (cells.length === 0) {
      environment = Object.fromEntries(
        KEPT.flatMap((key) =>
          key in result.environment ? [[key, result.environment[key]]] : []
        ),
      );
    }
    for (const warning of result.warnings) {
      if (warnings.every(({ code }) => code !== warning.code)) {
        warnings.push(warning);
      }
    }
    cells.push(...result.cells.map((cell) => studyCell(cell, submitter)));
  }
  return { date: options.date, clock: "path", environment, warnings, cells };
}

/**
 * Keeps of a cell what the study shows.
 *
 * @param cell The cell of a result.
 * @param submitter Whose memory its I/O was on.
 * @returns The cell of a study.
 */
function studyCell(cell: ResultCell, submitter: string): StudyTimedCell {
  const layouts = cell.layouts.flatMap((layout): [string, StudyTiming][] => {
    const { nsPerIo, ratio, verdict } = layout;
    if (nsPerIo === null || ratio === null || verdict === null) return [];
    return [[layout.name, {
      nsPerIo: rounded(nsPerIo),
      ratio: rounded(ratio),
      verdict,
      detectable: digits(layout.detectable),
      betweenBirthSpread: digits(layout.betweenBirthSpread),
    }]];
  });
  return {
    recognition: cell.recognition,
    workload: cell.workload,
    submitter,
    engine: cell.engine,
    births: cell.births ?? 0,
    rounds: cell.rounds ?? 0,
    ...(cell.agreement
      ? {
        agreement: {
          tau: digits(cell.agreement.tau),
          opposed: cell.agreement.opposed,
          oneSided: cell.agreement.oneSided,
        },
      }
      : {}),
    noiseFloor: digits(cell.noiseFloor?.difference),
    harnessNs: Object.fromEntries(
      (cell.harness ?? []).flatMap(({ name, nsPerIo }) =>
        nsPerIo === null ? [] : [[name, Number(nsPerIo.median.toPrecision(5))]]
      ),
    ),
    layouts: Object.fromEntries(layouts),
    warnings: cell.warnings ?? [],
  };
}

/** Five digits are more than any interval here supports. */
function digits(value: number | null | undefined): number | null {
  return value === null || value === undefined
    ? null
    : Number(value.toPrecision(5));
}

function rounded({ median, low, high }: Interval): Interval {
  return {
    median: Number(median.toPrecision(5)),
    low: digits(low),
    high: digits(high),
  };
}
