/** What is uncertain of an answer, and why. */
import type { LabResult } from "../result/result.ts";
import { mostOf } from "../text/extremes.ts";
import { formatMostDifference, formatPercent } from "../text/figure.ts";
import { printableCell } from "../text/plain_table.ts";
import {
  MOST_WARNINGS,
  untrusted,
  warningCount,
  warningWords,
} from "./answer_warnings.ts";
import { prose, type Section } from "./blocks.ts";
import { doneCells } from "./cell_facts.ts";
import type { Answer, AnswerOptions } from "./found_answer.ts";
import {
  RECORDED_KERNEL,
  RECORDED_LINES,
  type RecordedLines,
  recordedLines,
  recordedWords,
} from "./recorded_lines.ts";
import { hasSlowTurns, worstSlowTurns } from "./slow_turn_words.ts";

/**
 * Says what is uncertain, and why.
 *
 * @returns A line each; fewer where nothing was timed.
 */
export function uncertainBlocks(
  result: LabResult,
  answer: Answer,
  { isBrief = false, isTerse = false, mostWarnings = MOST_WARNINGS }:
    AnswerOptions = {},
): Section {
  const doubts = [
    ...timeDoubts(result, isTerse),
    ...lineDoubts(answer, isTerse),
    ...(isBrief ? warningCount(result) : []),
  ];
  return [
    ...doneCells(result).flatMap((text) => prose("done", `${text}.`)),
    ...prose(
      "uncertain",
      doubts.length === 0 ? "" : `Uncertain: ${doubts.join("; ")}.`,
    ),
    ...(isBrief ? untrusted(result) : [
      ...besides(result),
      ...leftOut(result),
      ...untrusted(result),
      ...warningWords(result, mostWarnings),
    ]).flatMap((
      text,
    ) => prose("uncertain", text)),
  ];
}

function timeDoubts({ cells }: LabResult, isTerse: boolean): string[] {
  const timed = cells.filter(({ layouts }) =>
    layouts.some(({ nsPerIo }) => nsPerIo !== null)
  );
  if (timed.length === 0) return [];
  const floors = timed.flatMap(({ noiseFloor }) =>
    noiseFloor ? [noiseFloor.difference] : []
  );
  const spreads = timed.flatMap(({ layouts }) =>
    layouts.flatMap(({ betweenBuildSpread }) => betweenBuildSpread ?? [])
  );
  const parts = [
    ...(floors.length === 0 ? [] : [
      `identical code differs by ${formatMostDifference(mostOf(floors))}`,
    ]),
    ...(isTerse ? [] : worstSlowTurns(timed)),
    ...(isTerse || spreads.length === 0 ? [] : [
      `${
        timed.some(hasSlowTurns) ? "builds and slow turns" : "builds"
      } vary by up to ${formatPercent(mostOf(spreads))}`,
    ]),
  ];
  return parts.length === 0 ? [] : [`time (${parts.join(", ")})`];
}

/** A kernel touches more lines than the model has structures for. */
function lineDoubts({ groups }: Answer, isTerse: boolean): string[] {
  if (groups.length === 0) return [];
  if (isTerse) return ["lines (modelled structures only)"];
  const own = groups.flatMap(({ cells: [cell] }) => recordedLines(cell) ?? []);
  const by = (sign: number) => (one: RecordedLines, other: RecordedLines) =>
    sign * (one.lines - other.lines);
  // The largest shows most of what is not in the model; of an I/O that was not
  // recorded, the smallest promises no more than there is.
  const [recorded] = own.length === 0
    ? RECORDED_LINES.toSorted(by(1))
    : own.toSorted(by(-1));
  return [
    "lines (modelled structures only" +
    (recorded === undefined
      ? ")"
      : `; ${RECORDED_KERNEL} touched ${recordedWords(recorded)})`),
  ];
}

/** What was run beside that, and is in no table of the answer. */
function besides({ cells }: LabResult): string[] {
  const parts = [
    ...(cells.some(({ simulated }) => simulated) ? ["simulated time"] : []),
    ...(cells.some(({ workers }) => workers) ? ["groups of workers"] : []),
  ];
  return parts.length === 0
    ? []
    : [`Run as well (--details): ${parts.join(", ")}.`];
}

/** Layouts that were left out and are named. */
const MOST_LEFT_OUT = 6;

function leftOut({ cells }: LabResult): string[] {
  const names = new Set(
    cells.flatMap((cell) => (cell.leftOut ?? []).map(({ name }) => name)),
  );
  const listed = [...names].slice(0, MOST_LEFT_OUT).map(printableCell);
  const more = names.size - listed.length;
  return names.size === 0 ? [] : [
    `Left out of some cells (--details says why): ${listed.join(", ")}${
      more > 0 ? ` and ${more} more` : ""
    }.`,
  ];
}
