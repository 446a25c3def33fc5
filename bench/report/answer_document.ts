/**
 * The answer of a result as blocks: sentences, one table, what the layouts are,
 * what is uncertain, where the figures come from, and how to go on. It is what
 * `lab run` prints and what a mail is made of.
 */
import { layouts as registered } from "../../layouts/registry.ts";
import type { LabResult } from "../result/result.ts";
import { printableCell } from "../text/plain_table.ts";
import { omittedBlocks } from "./answer_cut.ts";
import { uncertainBlocks } from "./answer_doubts.ts";
import { originBlocks } from "./answer_origin.ts";
import { answerTable } from "./answer_rows.ts";
import { answerSentences, type SentenceOptions } from "./answer_sentences.ts";
import { type Block, joined, prose, type Section } from "./blocks.ts";
import type { SetupWords } from "../setup/words.ts";
import { type Answer, findAnswer } from "./found_answer.ts";
import { ownLayoutTitles } from "./own_layout_words.ts";
import { repeatCommand } from "./repeat_command.ts";

/**
 * Returns the answer as blocks.
 *
 * @returns Sentences, table, legend, doubts, origin, and commands to go on.
 */
export function answerDocument(result: LabResult): readonly Section[] {
  const answer = findAnswer(result);
  return answerSections(result, answer, answer);
}

export interface AnswerParts extends Answer, SentenceOptions {
  /** How layouts are explained; default: `lines`, one each. */
  readonly legend?: "lines" | "paragraph" | "none";
  /** Warnings that are spelled out; default: 3. */
  readonly mostWarnings?: number;
  /** Whether a long command and its notes are left out; default: no. */
  readonly isShort?: boolean;
  /** The command that repeats the run, where it is known already. */
  readonly repetition?: SetupWords;
}

/**
 * Returns an answer, or parts of it, as blocks.
 *
 * @returns The same as `answerDocument()`, and how much is left out.
 */
export function answerSections(
  result: LabResult,
  answer: Answer,
  parts: AnswerParts,
): readonly Section[] {
  const { mostNames, groups, rows } = parts;
  return [
    sentenceBlocks(answer, { mostNames }),
    [...answerTable(groups, rows), ...omittedBlocks(answer, parts)],
    layoutLegend(result, parts),
    [
      ...uncertainBlocks(result, answer, parts),
      ...(parts.legend === undefined || parts.legend === "lines"
        ? originBlocks(result, answer)
        : joined("origin", originBlocks(result, answer))),
    ],
    goOn(result, parts),
  ];
}

export function sentenceBlocks(
  { groups }: Answer,
  options: SentenceOptions = {},
): Section {
  return answerSentences(groups, options).flatMap(({ key, text }) =>
    prose(`answer.${key}`, text)
  );
}

function layoutLegend(
  result: LabResult,
  { rows, legend = "lines" }: AnswerParts,
): Section {
  if (legend === "none") {
    return prose("layout", "What the layouts are: deno task lab layouts.");
  }
  const titles = new Map(registered.map(({ name, title }) => [name, title]));
  for (const [name, title] of ownLayoutTitles(result.config)) {
    titles.set(name, title);
  }
  const said = rows.flatMap(({ name, equals }) => [name, ...equals])
    .map((name) =>
      `${printableCell(name)}: ${titles.get(name) ?? "a layout of this run"}`
    );
  return legend === "paragraph"
    ? prose("layout", said.join(". "))
    : said.flatMap((text) => prose("layout", text));
}

/** Characters of a command that has no room where all else is short. */
const LONG_COMMAND = 160;

/** What can be asked next. */
function goOn(result: LabResult, parts: AnswerParts): Block[] {
  const { isShort = false, repetition = repeatCommand(result) } = parts;
  const { words, notes } = repetition;
  const isLeftOut = isShort && words.join(" ").length > LONG_COMMAND;
  const isByPage = result.cells.length > 0 &&
    result.cells.every(({ recognition }) => recognition === "page");
  return [
    ...notes.slice(0, isShort ? 1 : notes.length)
      .flatMap((note) => prose("repetition", note)),
    ...(isLeftOut
      ? prose("repetition", "The same command with --details: every table.")
      : [{
        kind: "command" as const,
        words: [...words, "--details"],
        comment: "every table; --html FILE: charts; --mail -: mail",
      }]),
    ...(isByPage
      ? [{
        kind: "command" as const,
        words: [
          ...["deno", "task", "lab", "--workload", "1m-p2p"],
          ...["--recognise", "page,segment"],
        ],
        comment: "what a P2P flag does",
      }]
      : []),
  ];
}
