/**
 * The timed half of the study: runs of the lab, one after the other, on a
 * machine that should have nothing else to do.
 */
import { MACHINE_KEYS } from "../result/likeness.ts";
import type { LabRunOptions } from "../run/options.ts";
import { EnginesApartError } from "../run/engines_apart.ts";
import { runLab } from "../run/run_lab.ts";
import type { Interval } from "../result/timing_types.ts";
import type { ResultCell } from "../result/result.ts";
import type { StudyTimed, StudyTimedCell, StudyTiming } from "./study_file.ts";
import { type StudyWorkload, taskName, type TimedTask } from "./study_plan.ts";

/** What the timed half is run with. */
export interface TimedPartOptions {
  /** Options of every run. */
  readonly run: Partial<LabRunOptions>;
  /** Day on which it is run. */
  readonly date: string;
  /** Seconds to measure for one cell. */
  readonly cellSeconds: number;
  /** What is there already; a task of which nothing stays is timed again. */
  readonly kept?: StudyTimed | undefined;
  /** Names of the tasks that are to be timed; default: all. */
  readonly only?: readonly string[] | undefined;
  /** Ends the work early. */
  readonly signal?: AbortSignal;
  /** Told of cells whose engines are too far apart; they are kept. */
  readonly onApart: (error: EnginesApartError) => void;
  /** Told what is timed, how many runs are done, and how many there are. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
  /** Told of all that is there, after each run. */
  readonly onTask?: (soFar: StudyTimed) => Promise<void>;
}

/** Keys of the environment that are kept. */
const KEPT = [...MACHINE_KEYS, "commit", "modified", "noise", "codeDigest"];

/**
 * Times cells. What is kept stands in its place among those that are timed.
 *
 * @param tasks Which ones, all of the study, in its order.
 * @param options How.
 * @returns The timed half of a study.
 * @throws {Error} If a run fails or is interrupted, but for engines that are
 *   too far apart.
 */
export async function timedPart(
  tasks: readonly TimedTask[],
  options: TimedPartOptions,
): Promise<StudyTimed> {
  const { signal, onProgress, kept } = options;
  const cellsOf = new Map<string, readonly StudyTimedCell[]>(
    Map.groupBy(kept?.cells ?? [], taskName),
  );
  const warnings = [...kept?.warnings ?? []];
  let environment = kept?.environment;
  const soFar = (): StudyTimed => ({
    date: options.date,
    clock: "path",
    environment: environment ?? {},
    warnings,
    cells: tasks.flatMap((task) => cellsOf.get(taskName(task)) ?? []),
  });
  for (const [index, task] of tasks.entries()) {
    const { workload, recognition, engine } = task;
    const name = taskName(task);
    if (cellsOf.has(name) || options.only?.includes(name) === false) continue;
    onProgress?.(`timing ${name}`, index, tasks.length);
    const { result, failure } = await runLab({
      ...{ ...options.run, engine },
      workloads: [workload.preset ?? workload.name],
      submitter: workload.submitter,
      recognitions: [recognition],
      // A cell on each engine.
      budgetSeconds: options.cellSeconds * (engine === "both" ? 2 : 1),
    }, signal ? { signal } : {});
    // Its cells are whole, and stay; the study fails at its end.
    if (failure instanceof EnginesApartError) options.onApart(failure);
    else if (failure !== undefined) throw failure;
    environment ??= Object.fromEntries(
      KEPT.flatMap((key) =>
        key in result.environment ? [[key, result.environment[key]]] : []
      ),
    );
    for (const warning of result.warnings) {
      if (warnings.every(({ code }) => code !== warning.code)) {
        warnings.push(warning);
      }
    }
    const { codeDigest, loadAverage } = result.environment;
    const load = Array.isArray(loadAverage) ? loadAverage[0] : undefined;
    cellsOf.set(
      name,
      result.cells.map((cell) => ({
        ...studyCell(cell, workload),
        ...(typeof codeDigest === "string" ? { codeDigest } : {}),
        ...(typeof load === "number" ? { load: Math.round(load) } : {}),
      })),
    );
    await options.onTask?.(soFar());
  }
  return soFar();
}

/**
 * Keeps of a cell what the study shows.
 *
 * @param cell The cell of a result.
 * @param workload What the study calls its workload.
 * @returns The cell of a study.
 */
function studyCell(
  cell: ResultCell,
  { name, submitter }: StudyWorkload,
): StudyTimedCell {
  const layouts = cell.layouts.flatMap((layout): [string, StudyTiming][] => {
    const { nsPerIo, ratio, verdict } = layout;
    if (nsPerIo === null || ratio === null || verdict === null) return [];
    return [[layout.name, {
      nsPerIo: rounded(nsPerIo),
      ratio: rounded(ratio),
      verdict,
      detectable: digits(layout.detectable),
      betweenBirthSpread: digits(layout.betweenBirthSpread),
      ...(layout.cold ? { cold: rounded(layout.cold.ratio) } : {}),
    }]];
  });
  return {
    recognition: cell.recognition,
    workload: name,
    submitter,
    engine: cell.engine,
    births: cell.births ?? 0,
    rounds: cell.rounds ?? 0,
    ...(cell.timing?.compilers ? { compilers: cell.timing.compilers } : {}),
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
