/**
 * The answer on one screen of 45 lines of 80 columns, as `lab run` prints it.
 * Where there is more, of many layouts, workloads or doubts, it says what is
 * left out, and `--details` shows it.
 */
import type { LabResult } from "../result/result.ts";
import { fittingGroups, largestRows } from "./answer_cut.ts";
import { type AnswerParts, answerSections } from "./answer_document.ts";
import { findAnswer } from "./found_answer.ts";
import type { Exporter } from "./exporter.ts";
import { plainSections } from "./plain_blocks.ts";
import { repeatCommand } from "./repeat_command.ts";

export const SCREEN_COLUMNS = 80;
export const SCREEN_LINES = 45;

/** What is shorter with each, until all fits. */
const CUTS: readonly (Omit<AnswerParts, "groups" | "rows"> & {
  /** Rows that are left at least. */
  readonly leastRows: number;
  /** Whether there is no table below another. */
  readonly isOneTable: boolean;
})[] = [
  { leastRows: Infinity, isOneTable: false },
  { leastRows: Infinity, isOneTable: false, legend: "paragraph" },
  {
    ...{ leastRows: Infinity, isOneTable: false, legend: "paragraph" },
    mostWarnings: 1,
  },
  {
    ...{ leastRows: Infinity, isOneTable: true, legend: "paragraph" },
    ...{ mostWarnings: 0, mostNames: 2 },
  },
  {
    ...{ leastRows: Infinity, isOneTable: true, legend: "paragraph" },
    ...{ mostWarnings: 0, mostNames: 1, isShort: true },
  },
  {
    ...{ leastRows: 8, isOneTable: true, legend: "paragraph" },
    ...{ mostWarnings: 0, mostNames: 1, isShort: true },
  },
  {
    ...{ leastRows: 1, isOneTable: true, legend: "none" },
    ...{ mostWarnings: 0, mostNames: 1, isShort: true },
  },
];

export const answer: Exporter = {
  name: "answer",
  description: "the answer on one screen, as lab run prints it (the default)",
  render: (result: LabResult) => screenLines(result).join("\n") + "\n",
};

function screenLines(result: LabResult): string[] {
  const all = findAnswer(result);
  const repetition = repeatCommand(result);
  let lines: string[] = [];
  for (const { leastRows, isOneTable, ...parts } of CUTS) {
    const groups = isOneTable
      ? fittingGroups(all.groups, SCREEN_COLUMNS)
      : all.groups;
    const least = Math.min(leastRows, all.rows.length);
    for (let count = all.rows.length; count >= least; count--) {
      const rows = largestRows(all.rows, count);
      lines = plainSections(
        answerSections(result, all, { ...parts, groups, rows, repetition }),
        { width: SCREEN_COLUMNS },
      );
      if (lines.length <= SCREEN_LINES) return lines;
    }
  }
  // Texts of an untrusted file may be of any length.
  return [...lines.slice(0, SCREEN_LINES - 1), "... (--details has the rest)"];
}
