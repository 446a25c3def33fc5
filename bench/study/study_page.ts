/**
 * What the study makes of bench/results/README.md: its blocks are between
 * markers, and everything between them is replaced.
 */
import { wrap } from "../text/wrap.ts";
import { answerOf } from "./answer.ts";
import type { MachineCodeRecord } from "./machine_code.ts";
import type { Study } from "./study_file.ts";
import { exactTables } from "./exact_tables.ts";
import { timedTables } from "./timed_tables.ts";

export type StudyBlock = "answer" | "exact" | "timed";

export const STUDY_BLOCKS: readonly StudyBlock[] = ["answer", "exact", "timed"];

/** Renders a block of the page, markers included. */
export function renderStudyBlock(
  block: StudyBlock,
  study: Study,
  code?: MachineCodeRecord,
): string {
  return `<!-- study ${block} -->\n\n${body(block, study, code)}\n\n` +
    `<!-- end study ${block} -->`;
}

function body(
  block: StudyBlock,
  study: Study,
  code: MachineCodeRecord | undefined,
): string {
  const lines = {
    answer: answerLines,
    exact: exactTables,
    timed: timedTables,
  }[block](study, code);
  if (lines.length === 0) return "Nothing was timed.";
  // A study may be untrusted: its text ends neither the fence nor the block.
  const text = lines.join("\n").replaceAll("<!--", "<! --");
  const fence = "`".repeat(longestRun(text) + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** The longest run of backticks, two at least. */
function longestRun(text: string): number {
  return Math.max(
    2,
    ...[...text.matchAll(/`+/g)].map(([run]) => run.length),
  );
}

/** Returns the answer in numbered lines of at most 80 columns. */
export function answerLines(
  study: Study,
  code?: MachineCodeRecord,
): string[] {
  return answerOf(study, code).flatMap((sentence, i) =>
    wrap(`${i + 1}. ${sentence}`, { width: 80, indent: "   " })
  );
}

/** @returns The block with its markers, or `undefined` if there is none. */
export function findStudyBlock(
  page: string,
  block: StudyBlock,
): string | undefined {
  const end = `<!-- end study ${block} -->`;
  const from = page.indexOf(`<!-- study ${block} -->`);
  const to = page.indexOf(end, from);
  return from < 0 || to < 0 ? undefined : page.slice(from, to + end.length);
}

/** Puts a study's blocks into a page. */
export function withStudy(
  page: string,
  study: Study,
  code?: MachineCodeRecord,
): string {
  let text = page;
  for (const block of STUDY_BLOCKS) {
    const found = findStudyBlock(text, block);
    if (found === undefined) continue;
    text = text.replace(found, () => renderStudyBlock(block, study, code));
  }
  return text;
}
