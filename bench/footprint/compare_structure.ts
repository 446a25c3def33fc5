/**
 * One structure of a workload: what was recorded of it, and whether the lab's
 * lines are the kernel's.
 */
import { fieldDifferences } from "./fields.ts";
import type { TouchedStructure } from "./line_collector.ts";
import type { RecordedCell } from "./recorded_cell.ts";
import type { RecordedStructure, RecordedWorkload } from "./recording.ts";
import type { ComparedStructure, FigureRange } from "./result.ts";
import { KNOWN_DIFFERENCES, type SameStructure } from "./structures.ts";

const LINE_BYTES = 64;

/** A structure that a kernel did not touch. */
export const NOTHING_RECORDED: RecordedStructure = {
  lines: 0,
  linesOfIos: [],
  linesRead: 0,
  linesWritten: 0,
  reads: 0,
  writes: 0,
  fields: [],
};
export const NOTHING_TOUCHED: TouchedStructure = {
  lines: 0,
  linesRead: 0,
  linesWritten: 0,
  reads: 0,
  writes: 0,
  bytesRead: new Set(),
  bytesWritten: new Set(),
};

export function recordedOf(
  { structures }: RecordedWorkload,
  { recorded, alsoRecorded, part }: SameStructure,
): RecordedStructure | undefined {
  const name = structures.has(recorded)
    ? recorded
    : [...structures.keys()].find((one) => alsoRecorded?.test(one));
  const whole = name === undefined ? undefined : structures.get(name);
  return whole === undefined || part === undefined
    ? whole
    : partOf(whole, part);
}

/** The fields of a structure that begins a line, as one of its own. */
function partOf(
  { fields }: RecordedStructure,
  part: string,
): RecordedStructure | undefined {
  const own = fields.filter(({ name }) => name.startsWith(part));
  const lines = (of: RecordedStructure["fields"]) =>
    new Set(
      of.flatMap(({ offset, size }) => [
        Math.floor(offset / LINE_BYTES),
        Math.floor((offset + size - 1) / LINE_BYTES),
      ]),
    ).size;
  const sum = (which: "reads" | "writes") =>
    own.reduce((all, field) => all + field[which], 0);
  return own.length === 0 ? undefined : {
    ...NOTHING_RECORDED,
    lines: lines(own),
    linesRead: lines(own.filter(({ reads }) => reads > 0)),
    linesWritten: lines(own.filter(({ writes }) => writes > 0)),
    reads: sum("reads"),
    writes: sum("writes"),
  };
}

/** @param of What both sides touched, and what boots of the same set-up did. */
export function compareStructure(
  name: string,
  of: {
    kernel: RecordedStructure;
    alike: readonly RecordedStructure[];
    own: TouchedStructure;
    cell: RecordedCell;
    tag?: string | undefined;
    isBeside: boolean;
  },
): ComparedStructure {
  const { kernel, cell, tag, isBeside } = of;
  const boots = [kernel, ...of.alike];
  const kernelLines = rangeOf(boots.map((boot) => linesOf(boot)));
  // Only of the I/O shown it is known which lines were read: those of the
  // others differ by as many as their lines do.
  const kernelLinesRead = rangeOf(boots.map((boot) => like(boot, "linesRead")));
  const kernelLinesWritten = rangeOf(
    boots.map((boot) => like(boot, "linesWritten")),
  );
  const fits = (one: Pick<TouchedStructure, LineFigure>) =>
    isIn(one.lines, kernelLines) &&
    isIn(one.linesRead, kernelLinesRead) &&
    isIn(one.linesWritten, kernelLinesWritten);
  // Where it is in a line is another in each boot, or in each call.
  const own = fits(of.own) ? of.own : of.own.elsewhere?.find(fits) ?? of.own;
  const equal = fits(own);
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
    ...(isBeside ? { besidePath: true } : {}),
    reason,
    fields,
  };
}

type LineFigure = "lines" | "linesRead" | "linesWritten";

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
