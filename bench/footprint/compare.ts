/**
 * Compares recordings of footprints with the lab, structure by structure.
 *
 * @module
 */
import { defined } from "../../layouts/defined.ts";
import { findLayout } from "../../layouts/registry.ts";
import { fieldDifferences } from "./fields.ts";
import { type RecordedCell, recordedCell } from "./recorded_cell.ts";
import type {
  RecordedStructure,
  RecordedWorkload,
  Recording,
} from "./recording.ts";
import type {
  ComparedFootprint,
  ComparedStructure,
  FigureRange,
  FootprintResult,
} from "./result.ts";
import {
  KNOWN_DIFFERENCES,
  SAME_STRUCTURES,
  type SameStructure,
} from "./structures.ts";
import {
  type SplitCompletion,
  type TouchedLines,
  type TouchedStructure,
  traceCell,
} from "./trace_cell.ts";

/** The layout of the kernels that were recorded. */
const MAINLINE = "page_offset";
/** Lines of one struct request that an I/O touches, as recorded. */
const REQUEST_LINES = 4;

const NOTHING_RECORDED: RecordedStructure = {
  lines: 0,
  linesOfIos: [],
  zeroedLines: 0,
  linesRead: 0,
  linesWritten: 0,
  reads: 0,
  writes: 0,
  fields: [],
};
const NOTHING_TOUCHED: TouchedStructure = {
  lines: 0,
  linesRead: 0,
  linesWritten: 0,
  reads: 0,
  writes: 0,
  bytesRead: new Set(),
  bytesWritten: new Set(),
};

/** A workload and the cell that it is. */
interface Boot {
  readonly workload: RecordedWorkload;
  readonly cell: RecordedCell;
}

/** What traces a cell; the lab's tracer, or a test's. */
export type CellTracer = (
  cell: RecordedCell,
  completion: SplitCompletion,
) => TouchedLines;

const traceMainline: CellTracer = (cell, completion) =>
  traceCell(cell, findLayout(MAINLINE), completion);

/**
 * Compares recordings.
 *
 * @param recordings The recordings; those of one set-up give a range.
 * @param trace Says what the lab touches.
 * @returns One entry a workload of a recording.
 */
export function compareRecordings(
  recordings: readonly Recording[],
  trace: CellTracer = traceMainline,
): FootprintResult {
  const found = recordings.flatMap((recording) =>
    recording.workloads.map((workload) => ({
      file: recording.file,
      workload,
      cell: recordedCell(recording, workload.description),
    }))
  );
  const boots = found.flatMap(({ workload, cell }): Boot[] =>
    "reason" in cell ? [] : [{ workload, cell }]
  );
  const traced = new Map<string, TouchedLines>();
  const footprints = found.map(({ file, workload, cell }) => {
    const named = { file, workload: workload.name };
    const kernelLines = workload.lines;
    if ("reason" in cell) {
      return {
        ...named,
        covered: false,
        reason: cell.reason,
        kernelLines,
        modelledLines: 0,
        labLines: 0,
        structures: [],
      };
    }
    const completion = completionOf(cell, workload);
    const key = JSON.stringify([cell, completion]);
    const touched = traced.get(key) ?? trace(cell, completion);
    traced.set(key, touched);
    return {
      ...named,
      ...compareBoot({ workload, cell }, { boots, touched }),
      covered: true,
      kernelLines,
      labLines: touched.lines,
    };
  });
  return { schemaVersion: 1, footprints };
}

/**
 * When the device that was recorded completed the first request of an I/O that
 * was split: a matter of its speed, which the lines of requests tell. A second
 * one that had to be another object touches lines of its own.
 */
function completionOf(
  { bytes, limits }: RecordedCell,
  { structures }: RecordedWorkload,
): SplitCompletion {
  const requests = Math.ceil(bytes / (limits.maxSectors * 512));
  const lines = structures.get("request")?.lines ?? 0;
  return requests > 1 && lines > 0 && lines <= REQUEST_LINES
    ? "before-next"
    : "with-last";
}

/** Compares one workload of one boot. */
function compareBoot(
  boot: Boot,
  other: { boots: readonly Boot[]; touched: TouchedLines },
): Pick<ComparedFootprint, "structures" | "modelledLines"> {
  const { workload, cell } = boot;
  const { boots, touched } = other;
  const same = SAME_STRUCTURES.filter(({ when }) => when?.(cell) ?? true);
  const known = new Set(same.map(({ lab }) => lab));
  // What only the lab has is a difference, too.
  const all = [
    ...same,
    ...[...touched.structures.keys()].filter((lab) => !known.has(lab))
      .map((lab): SameStructure => ({ lab, recorded: lab })),
  ];
  let modelledLines = 0;
  const structures = all.flatMap((one) => {
    const { lab, recorded, placedByBoot, inPart, tag } = one;
    const kernel = workload.structures.get(recorded);
    const own = touched.structures.get(lab);
    if (own === undefined && (kernel === undefined || inPart)) return [];
    modelledLines += kernel?.lines ?? 0;
    const alike = boots.filter(({ cell: of, workload: { structures } }) =>
      structures.has(recorded) &&
      JSON.stringify(alikeKey(of, placedByBoot)) ===
        JSON.stringify(alikeKey(cell, placedByBoot))
    ).map(({ workload: { structures } }) =>
      structures.get(recorded) ?? NOTHING_RECORDED
    );
    return [compareStructure(recorded, {
      kernel: kernel ?? NOTHING_RECORDED,
      alike,
      own: own ?? NOTHING_TOUCHED,
      cell,
      ...defined({ tag }),
    })];
  });
  return { structures, modelledLines };
}

/** What has to be the same for boots to be of one set-up. */
function alikeKey(
  cell: RecordedCell,
  placedByBoot: true | undefined,
): Partial<RecordedCell> {
  if (placedByBoot !== true) return cell;
  const { kernel, api, registered, isWrite, bytes, depth, kind } = cell;
  return { kernel, api, registered, isWrite, bytes, depth, kind };
}

function compareStructure(
  name: string,
  of: {
    kernel: RecordedStructure;
    alike: readonly RecordedStructure[];
    own: TouchedStructure;
    cell: RecordedCell;
    tag?: string;
  },
): ComparedStructure {
  const { kernel, own, cell, tag } = of;
  const boots = [kernel, ...of.alike];
  const kernelLines = rangeOf(boots.map((boot) => linesOf(boot)));
  // Only of the I/O shown it is known which lines were read: those of the
  // others differ by as many as their lines do.
  const kernelLinesRead = rangeOf(boots.map((boot) => like(boot, "linesRead")));
  const kernelLinesWritten = rangeOf(
    boots.map((boot) => like(boot, "linesWritten")),
  );
  const equal = isIn(own.lines, kernelLines) &&
    isIn(own.linesRead, kernelLinesRead) &&
    isIn(own.linesWritten, kernelLinesWritten);
  const reason = equal
    ? undefined
    : KNOWN_DIFFERENCES.find((difference) =>
      difference.structure === name && (difference.when?.(cell) ?? true)
    )?.reason;
  const fields = tag === undefined || kernel.fields.length === 0
    ? undefined
    : fieldDifferences(tag, cell.kernel, { kernel, lab: own });
  return {
    name,
    kernelLines,
    labLines: own.lines,
    kernelLinesRead,
    labLinesRead: own.linesRead,
    kernelLinesWritten,
    labLinesWritten: own.linesWritten,
    kernelReads: kernel.reads,
    labReads: own.reads,
    kernelWrites: kernel.writes,
    labWrites: own.writes,
    equal,
    ...defined({ reason, fields }),
  };
}

function linesOf({ lines, linesOfIos }: RecordedStructure): FigureRange {
  return {
    low: linesOfIos.reduce((low, one) => Math.min(low, one), lines),
    high: linesOfIos.reduce((high, one) => Math.max(high, one), lines),
  };
}

function like(
  structure: RecordedStructure,
  which: "linesRead" | "linesWritten",
): FigureRange {
  const shown = structure[which];
  if (shown === 0) return { low: 0, high: 0 };
  const { low, high } = linesOf(structure);
  return {
    low: Math.max(0, shown - (structure.lines - low)),
    high: shown + (high - structure.lines),
  };
}

function rangeOf(ranges: readonly FigureRange[]): FigureRange {
  return ranges.reduce((sum, { low, high }) => ({
    low: Math.min(sum.low, low),
    high: Math.max(sum.high, high),
  }));
}

function isIn(value: number, { low, high }: FigureRange): boolean {
  return value >= low && value <= high;
}
