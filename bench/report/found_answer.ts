/** The answer that a result gives: its groups of cells, and the rows of one table. */
import type { LabResult } from "../result/result.ts";
import { type AnswerGroup, answerGroups } from "./answer_figures.ts";
import { type AnswerRow, answerRows } from "./answer_rows.ts";

export interface Answer {
  /** The cells, by workload and whatever else distinguishes them. */
  readonly groups: readonly AnswerGroup[];
  readonly rows: readonly AnswerRow[];
}

export function findAnswer(result: LabResult): Answer {
  const groups = answerGroups(result);
  return { groups, rows: answerRows(result, groups) };
}

export interface AnswerOptions {
  /** Whether it is for a mail, which has few lines; default: `false`. */
  readonly isBrief?: boolean;
  /** Whether what is not needed to doubt a figure goes, too; default: `false`. */
  readonly isTerse?: boolean | undefined;
  /** Warnings that are spelled out; default: 3. */
  readonly mostWarnings?: number;
}
