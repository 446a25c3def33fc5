/**
 * Counts, time in C and time in JavaScript of the study side by side: where two
 * of them contradict each other, and whether that is explained or a time is
 * refused.
 */
import { MARGIN } from "../result/verdict.ts";
import type { Interval } from "../result/timing_types.ts";
import { BASELINE } from "../setup/baseline.ts";
import { findFigure, timedCells } from "./figures.ts";
import type { MachineCodeRecord } from "./machine_code.ts";
import type { Study, StudyTimedCell, StudyTiming } from "./study_file.ts";
import { isWithdrawn } from "./withdrawn.ts";

/** Which times of a layout are not to be quoted. */
export type Refusal = "js" | "both";

/** A layout of a cell that was timed in C. */
export interface ThreeColumns {
  readonly cell: StudyTimedCell;
  readonly layout: string;
  /**
   * Instructions of the path in C relative to the baseline's, by compiler;
   * none where they were not counted.
   */
  readonly instructions: readonly number[];
  readonly native: StudyTiming;
  /** Its time in JavaScript, where that was taken. */
  readonly js: StudyTiming | undefined;
  /** What contradicts what, in words; nothing where nothing does. */
  readonly contradiction: string | undefined;
  /** What explains it; nothing where nothing is known to. */
  readonly explanation: string | undefined;
  /** Which times are refused for it; nothing where it is explained. */
  readonly refused: Refusal | undefined;
}

/** Builds whose flags are those that are timed. */
const TIMED_BUILD = "-O2";

/**
 * Puts the columns side by side.
 *
 * @returns A row for each layout that was timed in C and was counted or timed in
 *   JavaScript as well; in the order of the study.
 */
export function threeColumns(
  study: Study,
  code: MachineCodeRecord | undefined,
): readonly ThreeColumns[] {
  const scripts = timedCells(study, { engine: "js" });
  return timedCells(study, { engine: "native" }).flatMap((cell) => {
    if (isWithdrawn(study, cell)) return [];
    const twin = scripts.find(({ workload, recognition }) =>
      workload === cell.workload && recognition === cell.recognition
    );
    return Object.entries(cell.layouts).flatMap(([layout, native]) => {
      if (layout === BASELINE) return [];
      const instructions = ratiosOf(code, cell, layout);
      const js = twin?.layouts[layout];
      if (instructions.length === 0 && js === undefined) return [];
      const columns = { instructions, native, js };
      return [{
        ...{ cell, layout, ...columns },
        ...judge(columns, linesOf(study, cell, layout)),
      }];
    });
  });
}

/**
 * Finds the rows of a cell's layout whose time is refused.
 *
 * @param cell The cell, in either engine.
 * @returns Whether the time of that cell's engine is not to be quoted.
 */
export function isRefused(
  rows: readonly ThreeColumns[],
  cell: Pick<StudyTimedCell, "workload" | "recognition" | "engine">,
  layout: string,
): boolean {
  return rows.some((row) =>
    row.layout === layout && row.cell.workload === cell.workload &&
    row.cell.recognition === cell.recognition &&
    (row.refused === "both" || row.refused === cell.engine)
  );
}

/** The part of a row that is judged. */
type Columns = Pick<ThreeColumns, "instructions" | "native" | "js">;

/**
 * Says what contradicts what. Counts contradict a verdict if all builds are
 * more than 2 % on its other side; they support one if all are on its side. An
 * engine that shows a difference contradicts one that shows another, or none in
 * an interval apart from its own: C has more builds, by several compilers.
 */
function judge(
  { instructions, native, js }: Columns,
  moreLines: number | null,
): Pick<ThreeColumns, "contradiction" | "explanation" | "refused"> {
  const counted = sideOfAll(instructions, MARGIN);
  const inC = sideOfVerdict(native);
  const inJs = js === undefined ? 0 : sideOfVerdict(js);
  const explained = (side: number) =>
    moreLines !== null && Math.sign(moreLines) === side
      ? `by ${Math.abs(moreLines).toPrecision(2)} lines ` +
        `${moreLines > 0 ? "more" : "fewer"} of memory`
      : undefined;
  if (inC * inJs < 0) {
    return {
      contradiction: "C and JavaScript",
      explanation: undefined,
      refused: sideOfAll(instructions, 0) === inC ? "js" : "both",
    };
  }
  // A difference in JavaScript that the interval in C has no room for.
  if (
    inJs !== 0 && inC === 0 && counted !== inJs && js !== undefined &&
    areApart(native.ratio, js.ratio)
  ) {
    return {
      contradiction: "C and JavaScript",
      explanation: undefined,
      refused: "js",
    };
  }
  for (
    const [name, side, refused] of [
      ["C", inC, "both"],
      ["JavaScript", inJs, "js"],
    ] as const
  ) {
    if (counted * side >= 0) continue;
    const explanation = explained(side);
    return {
      contradiction: `counts and ${name}`,
      explanation,
      refused: explanation === undefined ? refused : undefined,
    };
  }
  return {
    contradiction: undefined,
    explanation: undefined,
    refused: undefined,
  };
}

function areApart(one: Interval, other: Interval): boolean {
  const isBelow = ({ high }: Interval, { low }: Interval) =>
    high !== null && low !== null && high < low;
  return isBelow(one, other) || isBelow(other, one);
}

function sideOfVerdict({ verdict }: StudyTiming): number {
  return verdict === "faster" ? -1 : verdict === "slower" ? 1 : 0;
}

/** The side of 1 on which all ratios are by more than a margin; else 0. */
function sideOfAll(ratios: readonly number[], margin: number): number {
  if (ratios.length === 0) return 0;
  if (ratios.every((ratio) => ratio > 1 + margin)) return 1;
  return ratios.every((ratio) => ratio < 1 / (1 + margin)) ? -1 : 0;
}

/** Instructions beside those of the baseline by page, of each compiler. */
function ratiosOf(
  code: MachineCodeRecord | undefined,
  { workload, recognition }: StudyTimedCell,
  layout: string,
): number[] {
  if (code === undefined) return [];
  const totalsOf = (way: string, name: string) =>
    code.rows.find(([abi, , rowWorkload, rowWay, rowName]) =>
      abi === "lp64" && rowWorkload === workload && rowWay === way &&
      rowName === name
    )?.[5];
  const own = totalsOf(recognition, layout);
  const base = totalsOf("page", BASELINE);
  return (code.builds["lp64"] ?? []).flatMap(({ build }, index) => {
    const instructions = own?.[index]?.[0];
    const baseline = base?.[index]?.[0];
    return build !== TIMED_BUILD || !instructions || !baseline
      ? []
      : [instructions / baseline];
  });
}

/** Lines of memory more than the baseline's. */
function linesOf(
  study: Study,
  { workload, recognition }: StudyTimedCell,
  layout: string,
): number | null {
  const column = "linesPerIo";
  const own = findFigure(study, { workload, recognition, layout, column });
  const base = findFigure(study, { workload, column });
  return own === null || base === null ? null : own - base;
}
