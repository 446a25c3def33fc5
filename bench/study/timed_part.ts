/**
 * The timed half of the study: runs of the lab, each on a machine of its own.
 * Their builds in C are made in turn, so that whatever else happens during the
 * study affects all of its cells alike.
 */
import { loadNow } from "../machine/load_now.ts";
import { MACHINE_KEYS } from "../result/likeness.ts";
import type { LabRunOptions } from "../run/options.ts";
import { EnginesApartError } from "../run/engines_apart.ts";
import { type LabRunRequest, runTogether } from "../run/run_lab.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import type { Interval } from "../result/timing_types.ts";
import type { StudyTimed, StudyTimedCell, StudyTiming } from "./study_file.ts";
import { type StudyWorkload, taskName, type TimedTask } from "./study_plan.ts";

export interface TimedPartOptions {
  readonly run: Partial<LabRunOptions>;
  readonly date: string;
  readonly cellSeconds: number;
  /** What is there already; a task that keeps nothing is timed again. */
  readonly kept?: StudyTimed | undefined;
  /** Names of the tasks that are to be timed; default: all. */
  readonly only?: readonly string[] | undefined;
  /** Ends the work early. */
  readonly signal?: AbortSignal;
  /** Called with cells whose engines are too far apart; they are kept. */
  readonly onApart: (error: EnginesApartError) => void;
  /** Called with what is timed, how many runs are done, and of how many. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
  readonly onTask?: (soFar: StudyTimed) => Promise<void>;
}

const KEPT = [...MACHINE_KEYS, "commit", "modified", "noise", "codeDigest"];

/**
 * Times cells. What is kept is in its place among those that are timed.
 *
 * @throws {Error} If a run fails or is interrupted, except for engines that are
 * too far apart.
 */
export async function timedPart(
  tasks: readonly TimedTask[],
  options: TimedPartOptions,
): Promise<StudyTimed> {
  const { kept, only } = options;
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
  const missing = tasks.filter((task) => {
    const name = taskName(task);
    return !cellsOf.has(name) && only?.includes(name) !== false;
  });
  const load = new MeanLoad();
  let writtenAt = performance.now();
  const take = (task: TimedTask, result: LabResult) => {
    const { codeDigest } = result.environment;
    cellsOf.set(
      taskName(task),
      result.cells.filter((cell) => cell.complete !== false || isTimed(cell))
        .map((cell) => ({
          ...studyCell(cell, task.workload),
          ...(cell.complete === false ? { complete: false } : {}),
          ...(typeof codeDigest === "string" ? { codeDigest } : {}),
          ...load.key(),
        })),
    );
    environment ??= Object.fromEntries(
      KEPT.flatMap((key) =>
        key in result.environment ? [[key, result.environment[key]]] : []
      ),
    );
  };
  const requests = missing.map((task, index) =>
    requestOf(task, {
      ...{ index, tasks: missing.length, options, load },
      // There are many, one after the other, and they write the whole study.
      onSoFar: async (result) => {
        take(task, result);
        if (performance.now() - writtenAt < LEAST_MS) return;
        await options.onTask?.(soFar());
        writtenAt = performance.now();
      },
    })
  );
  const runs = await runTogether(requests);
  for (const [index, { result, failure }] of runs.entries()) {
    const task = missing[index] as TimedTask;
    take(task, result);
    // Its cells are whole, and stay; the study fails at its end.
    if (failure instanceof EnginesApartError) options.onApart(failure);
    else if (failure !== undefined) {
      await options.onTask?.(soFar());
      throw failure;
    }
    for (const warning of result.warnings) {
      if (warnings.every(({ code }) => code !== warning.code)) {
        warnings.push(warning);
      }
    }
  }
  if (missing.length > 0) await options.onTask?.(soFar());
  return soFar();
}

/** Time between two files of the study so far. */
const LEAST_MS = 20e3;

function isTimed({ layouts }: ResultCell): boolean {
  return layouts.some(({ ratio }) => ratio !== null);
}

function requestOf(
  { workload, recognition, engine }: TimedTask,
  from: {
    readonly index: number;
    readonly tasks: number;
    readonly options: TimedPartOptions;
    readonly load: MeanLoad;
    readonly onSoFar: (result: LabResult) => Promise<void>;
  },
): LabRunRequest {
  const { index, tasks, options, load, onSoFar } = from;
  const name = taskName({ workload, recognition });
  return {
    given: {
      ...{ ...options.run, engine },
      workloads: [workload.preset ?? workload.name],
      submitter: workload.submitter,
      recognitions: [recognition],
      // A cell on each engine.
      budgetSeconds: options.cellSeconds * (engine === "both" ? 2 : 1),
    },
    events: {
      signal: options.signal,
      onProgress: (cell, stage, progress) => {
        load.look();
        if (/ in turn$/.test(stage)) {
          options.onProgress?.(
            stage,
            progress?.done ?? 0,
            progress?.total ?? 1,
          );
        } else {
          const what = cell.engine === "js" ? "timing" : "checking";
          options.onProgress?.(`${what} ${name}`, index, tasks);
        }
      },
      onCell: (_cell, result) => onSoFar(result),
      onSoFar,
    },
  };
}

/** The load of the machine while cells were timed. */
class MeanLoad {
  #seen: number[] = [];
  #at = -Infinity;

  /** Looks at it, every few seconds. */
  look(): void {
    const now = performance.now();
    if (now - this.#at < 5000) return;
    this.#at = now;
    const load = loadNow();
    if (load !== null) this.#seen.push(load);
  }

  /** Its mean so far. */
  key(): { load?: number } {
    const { length } = this.#seen;
    return length === 0 ? {} : {
      load: Math.round(this.#seen.reduce((a, b) => a + b, 0) / length),
    };
  }
}

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
      betweenBuildSpread: digits(layout.betweenBuildSpread),
      ...(layout.cold ? { cold: rounded(layout.cold.ratio) } : {}),
      ...(layout.byCompiler
        ? {
          byCompiler: layout.byCompiler.map(({ ratio }) =>
            fiveDigits(ratio.median)
          ),
        }
        : {}),
    }]];
  });
  return {
    recognition: cell.recognition,
    workload: name,
    submitter,
    engine: cell.engine,
    builds: cell.builds ?? 0,
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
        nsPerIo === null ? [] : [[name, fiveDigits(nsPerIo.median)]]
      ),
    ),
    layouts: Object.fromEntries(layouts),
    warnings: cell.warnings ?? [],
  };
}

/** Five digits are more than any interval here supports. */
function fiveDigits(value: number): number {
  return Number(value.toPrecision(5));
}

function digits(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : fiveDigits(value);
}

function rounded({ median, low, high }: Interval): Interval {
  return {
    median: fiveDigits(median),
    low: digits(low),
    high: digits(high),
  };
}
