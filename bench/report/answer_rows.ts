/**
 * The rows of the first screen's table: a layout that differs from all others
 * has one, and those that are equal in all that it shows share one.
 */
import type { LabResult } from "../result/result.ts";
import type {
  AnswerGroup,
  LayoutFigures,
  TimeFinding,
} from "./answer_figures.ts";
import { type Block, prose, table } from "./blocks.ts";
import { figureColumn, wordColumn } from "./columns.ts";
import {
  formatChange,
  formatFigure,
  formatPercent,
  formatSigned,
} from "../text/figure.ts";
import { mostOf } from "../text/extremes.ts";
import { type Column, printableCell } from "../text/plain_table.ts";

export interface AnswerRow {
  /** The layout that is named in the table. */
  readonly name: string;
  /** Those that are equal to it in everything that the table shows. */
  readonly equals: readonly string[];
  /** Whether it is the baseline, whose figures are not differences. */
  readonly isBaseline: boolean;
  /** Bytes per segment; `null` where that is not known. */
  readonly bytesPerSegment: number | null;
  /** Its figures, group by group; nothing where it takes no part. */
  readonly figures: readonly (LayoutFigures | undefined)[];
}

const FIGURE_WIDTH = 6;

/**
 * Puts layouts that are equal in all groups together.
 *
 * @returns The rows, the baseline first, the others in the order of the result.
 */
export function answerRows(
  result: LabResult,
  groups: readonly AnswerGroup[],
): readonly AnswerRow[] {
  const baseline = groups[0]?.baseline?.name;
  const names = new Set([
    ...(baseline === undefined ? [] : [baseline]),
    ...groups.flatMap(({ layouts }) => layouts.map(({ name }) => name)),
  ]);
  const rows = new Map<string, AnswerRow>();
  for (const name of names) {
    const figures = groups.map(({ layouts }) =>
      layouts.find((layout) => layout.name === name)
    );
    const bytesPerSegment = bytesOf(result, name);
    const key = JSON.stringify([bytesPerSegment, figures.map(signature)]);
    const found = rows.get(key);
    rows.set(
      key,
      found === undefined
        ? {
          name,
          equals: [],
          isBaseline: name === baseline,
          bytesPerSegment,
          figures,
        }
        : {
          ...found,
          equals: [...found.equals, name],
          // The weaker of two statements is true of both; the baseline's are
          // not statements.
          figures: found.isBaseline
            ? found.figures
            : found.figures.map((own, i) => weaker(own, figures[i])),
        },
    );
  }
  return [...rows.values()];
}

function bytesOf({ cells }: LabResult, name: string): number | null {
  for (const { layouts } of cells) {
    const bytes = layouts.find((layout) => layout.name === name)
      ?.bytesPerSegment;
    if (typeof bytes === "number") return bytes;
  }
  return null;
}

/** What two layouts have to share to be one row. */
function signature(figures: LayoutFigures | undefined): unknown {
  if (figures === undefined) return null;
  const { moreLines, instructionRatio, time } = figures;
  const round = (value: number | null) =>
    value === null ? null : Number(value.toPrecision(9));
  // Nothing shown is nothing shown, however well it could have been seen; but
  // what was seen of one layout is not seen of another.
  const told = time.kind === "faster" || time.kind === "slower"
    ? [time.kind, time.ratio.median]
    : "same";
  return [round(moreLines), round(instructionRatio), told];
}

function weaker(
  one: LayoutFigures | undefined,
  other: LayoutFigures | undefined,
): LayoutFigures | undefined {
  if (one === undefined || other === undefined) return one;
  const rank = ({ kind }: TimeFinding) =>
    ["none", "unclear", "untimed"].indexOf(kind);
  const time = one.time.kind === "none" && other.time.kind === "none"
    ? {
      kind: "none" as const,
      detectable: mostOf([one.time.detectable, other.time.detectable]),
    }
    : rank(other.time) > rank(one.time)
    ? other.time
    : one.time;
  return { ...one, time };
}

export function answerTable(
  groups: readonly AnswerGroup[],
  rows: readonly AnswerRow[],
): Block[] {
  const shared = rows.filter(({ equals }) => equals.length > 0).map((
    { name, equals },
  ) => `= ${printableCell(name)}: ${equals.map(printableCell).join(", ")}`);
  return [
    ...table(answerColumns(groups), rows),
    ...prose("equal", shared.join("; ")),
    ...prose("legend", legend(groups, rows)),
  ];
}

/** Says what the figures are differences of, and what stands for no figure. */
function legend(
  groups: readonly AnswerGroup[],
  rows: readonly AnswerRow[],
): string {
  const base = rows.find(({ isBaseline }) => isBaseline);
  const kinds = new Set(
    rows.filter(({ isBaseline }) => !isBaseline)
      .flatMap(({ figures }) => figures.map((own) => own?.time.kind)),
  );
  const isTimed = groups.some(hasTimes);
  const hasGaps = groups.some(({ instructionsFrom }, i) =>
    instructionsFrom === "record" &&
    rows.some(({ figures }) => figures[i]?.instructions === null)
  );
  const isLeftOut = rows.some(({ figures }) =>
    groups.some((_, i) => figures[i] === undefined)
  );
  const dashes = [
    ...(hasGaps ? ["not recorded"] : []),
    ...(isLeftOut ? ["not in that workload"] : []),
  ];
  return [
    base === undefined
      ? ""
      : "Per I/O (B: bytes per segment of a full array), vs " +
        printableCell(base.name),
    ...(dashes.length > 0 ? [`-: ${dashes.join(", or ")}`] : []),
    ...(isTimed && kinds.has("none")
      ? ["<N%: no difference shown, N% would have been"]
      : []),
    ...(isTimed && kinds.has("unclear") ? ["?: too noisy"] : []),
  ].filter((part) => part !== "").join("; ");
}

function hasTimes({ layouts }: AnswerGroup): boolean {
  return layouts.some(({ nsPerIo }) => nsPerIo !== null);
}

function answerColumns(groups: readonly AnswerGroup[]): Column<AnswerRow>[] {
  return [
    wordColumn("layout", ({ name }) => name),
    figureColumn("B", ({ bytesPerSegment }) => bytesPerSegment),
    ...groups.flatMap((group, index) => {
      const column = (
        header: string,
        text: (own: LayoutFigures | undefined, isBaseline: boolean) => string,
      ): Column<AnswerRow> => ({
        header,
        group: group.title,
        cell: ({ figures, isBaseline }) => text(figures[index], isBaseline),
        // Groups that find no room are below, the last one first.
        splitRank: index === 0 ? undefined : groups.length - index,
      });
      return [
        column("lines", linesText),
        ...(group.instructionsFrom === undefined
          ? []
          : [column("instr", instructionText)]),
        ...(hasTimes(group) ? [column("time", timeText)] : []),
      ];
    }),
  ];
}

/**
 * Writes lines: absolute for the baseline, differences with their sign for
 * others.
 *
 * @returns Text such as `71.25`, `-2`, `0` or `-`.
 */
export function linesText(
  figures: LayoutFigures | undefined,
  isBaseline: boolean,
): string {
  if (figures === undefined) return "-";
  if (isBaseline) return formatFigure(figures.lines, FIGURE_WIDTH);
  return formatSigned(figures.moreLines, FIGURE_WIDTH);
}

/**
 * Writes instructions: absolute for the baseline, as a change for others.
 *
 * @returns Text such as `662.2`, `-1.8%`, `0` or `-`.
 */
export function instructionText(
  figures: LayoutFigures | undefined,
  isBaseline: boolean,
): string {
  if (figures === undefined) return "-";
  if (isBaseline) return formatFigure(figures.instructions, FIGURE_WIDTH);
  const { instructionRatio } = figures;
  return instructionRatio === null
    ? "-"
    : instructionRatio === 1
    ? "0"
    : formatChange(instructionRatio);
}

function timeText(
  figures: LayoutFigures | undefined,
  isBaseline: boolean,
): string {
  if (figures === undefined) return "-";
  if (isBaseline) {
    return figures.nsPerIo === null
      ? "-"
      : `${formatFigure(figures.nsPerIo, 5)}ns`;
  }
  const { time } = figures;
  switch (time.kind) {
    case "untimed":
      return "-";
    case "unclear":
      return "?";
    case "none":
      return `<${formatPercent(time.detectable)}`;
    case "faster":
    case "slower":
      return formatChange(time.ratio.median);
  }
}
