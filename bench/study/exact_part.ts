/**
 * The exact half of the study: all its cells, as many at once as there are
 * CPUs. The same on every machine.
 */
import { mapValues } from "@std/collections/map-values";
import { WrongAnswerError } from "../shell/context.ts";
import type { ExactCell, ExactTask } from "./exact_cell.ts";
import type { ExactAnswer, ExactRequest } from "./exact_worker.ts";
import type { Study, StudyCell, StudyGap } from "./study_file.ts";

/** Exact figures of a layout in front of its counts. */
const FIRST_COLUMN = "bytesPerSegment";

/** Counts that are not columns: no cell of the study has a scheduler. */
const OMITTED_COUNTS = ["mergesPerIo", "requestMergesPerIo"];

export interface ExactPartOptions {
  readonly seed: number;
  /** Ends the work early. */
  readonly signal?: AbortSignal;
  /** Called with how many cells are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The keys of a study that the exact half makes. */
export type ExactPart = Pick<Study, "columns" | "reasons" | "exact" | "gaps">;

/**
 * @returns The figures, in the order of the tasks.
 * @throws {WrongAnswerError} If two layouts built different commands.
 */
export async function exactPart(
  tasks: readonly ExactTask[],
  options: ExactPartOptions,
): Promise<ExactPart> {
  const { seed, signal, onProgress } = options;
  const answers: ExactAnswer[] = [];
  let next = 0;
  let done = 0;
  const lane = async () => {
    const worker = new Worker(new URL("./exact_worker.ts", import.meta.url), {
      type: "module",
    });
    try {
      while (next < tasks.length) {
        signal?.throwIfAborted();
        const index = next++;
        answers[index] = await ask(worker, tasks[index] as ExactTask, seed);
        onProgress?.(++done, tasks.length);
      }
    } finally {
      worker.terminate();
    }
  };
  const lanes = Math.min(tasks.length, navigator.hardwareConcurrency);
  await Promise.all(Array.from({ length: lanes }, lane));
  return compact(tasks, answers);
}

/** Lists the cells that a part has not: neither counted nor as a gap. */
export function missingFrom(
  tasks: readonly ExactTask[],
  part: Pick<ExactPart, "exact" | "gaps">,
): ExactTask[] {
  return tasks.filter((task) =>
    !part.exact.some((cell) => isOf(cell, task)) &&
    !part.gaps.some(({ abi, workload }) =>
      abi === task.abi.name && workload === task.workload
    )
  );
}

/**
 * Puts two parts together.
 *
 * @param tasks All cells, in the order in which they are to be.
 * @returns Both, as if they had been counted together.
 */
export function joinExact(
  before: ExactPart,
  after: ExactPart,
  tasks: readonly ExactTask[],
): ExactPart {
  const reasons = [...new Set([...before.reasons, ...after.reasons])];
  const columns = [...new Set([...before.columns, ...after.columns])];
  const taken = ({ exact, ...from }: ExactPart) =>
    exact.map((cell): StudyCell => ({
      ...cell,
      layouts: mapValues(
        cell.layouts,
        (figures) =>
          columns.map((name) => figures[from.columns.indexOf(name)] ?? 0),
      ),
      leftOut: mapValues(
        cell.leftOut,
        (index) => reasons.indexOf(from.reasons[index] ?? ""),
      ),
    }));
  const cells = [...taken(before), ...taken(after)];
  return {
    ...{ columns, reasons },
    exact: tasks.flatMap((task) =>
      cells.find((cell) => isOf(cell, task)) ?? []
    ),
    gaps: [...before.gaps, ...after.gaps],
  };
}

function isOf(cell: StudyCell, task: ExactTask): boolean {
  return cell.abi === task.abi.name && cell.workload === task.workload &&
    cell.recognition === task.recognition &&
    cell.submitter === task.submitter;
}

/**
 * Puts counted cells into the form of the study file.
 *
 * @param answers What was counted, in the same order.
 */
export function compact(
  tasks: readonly ExactTask[],
  answers: readonly ExactAnswer[],
): ExactPart {
  const columns = [FIRST_COLUMN];
  const reasons: string[] = [];
  const exact: StudyCell[] = [];
  const gaps: StudyGap[] = [];
  tasks.forEach((task, i) => {
    const answer = answers[i];
    if (answer === undefined) return;
    if (!("cell" in answer)) {
      const gap = {
        abi: task.abi.name,
        workload: task.workload,
        reason: answer.error,
      };
      const isKnown = gaps.some(({ abi, workload }) =>
        abi === gap.abi && workload === gap.workload
      );
      if (!isKnown) gaps.push(gap);
      return;
    }
    exact.push(compactCell(task, answer.cell, { columns, reasons }));
  });
  return { columns, reasons, exact, gaps };
}

function compactCell(
  task: ExactTask,
  cell: ExactCell,
  into: { columns: string[]; reasons: string[] },
): StudyCell {
  const { columns, reasons } = into;
  const leftOut = Object.fromEntries(
    cell.leftOut.map(({ name, reason }) => {
      // What differs from workload to workload is not worth a reason each.
      const general = reason.replace(/0x[0-9a-f]+/, "an address");
      if (!reasons.includes(general)) reasons.push(general);
      return [name, reasons.indexOf(general)];
    }),
  );
  const layouts = Object.fromEntries(
    cell.layouts.map(({ name, bytesPerSegment, counts }) => {
      for (const key of Object.keys(counts)) {
        if (OMITTED_COUNTS.includes(key)) continue;
        if (!columns.includes(key)) columns.push(key);
      }
      const figures = columns.map((key) =>
        key === FIRST_COLUMN ? bytesPerSegment : counts[key] ?? 0
      );
      return [name, figures];
    }),
  );
  return {
    abi: task.abi.name,
    recognition: task.recognition,
    workload: task.workload,
    submitter: task.submitter,
    ios: cell.ios,
    digest: cell.digest,
    layouts,
    leftOut,
  };
}

function ask(
  worker: Worker,
  task: ExactTask,
  seed: number,
): Promise<ExactAnswer> {
  const { abi, workload } = task;
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<ExactAnswer>) => {
      if ("error" in data && !data.isGap) {
        reject(new WrongAnswerError(data.error));
      } else resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(
        new WrongAnswerError(
          `Cannot count ${workload} on ${abi.name}: its worker ended: ` +
            event.message,
        ),
      );
    };
    const request: ExactRequest = { ...task, abi: abi.name, seed };
    worker.postMessage(request);
  });
}
