/**
 * A plain-text mail to a kernel list: claim, table, method, limits and the
 * command that repeats it, in at most 25 lines of 72 columns, ASCII where the
 * names in the file are. After the command is a code of the exact figures, by
 * which `lab verify` tells whether they are still the same.
 */
import type { LabResult } from "../result/result.ts";
import { fittingGroups, largestRows, omittedBlocks } from "./answer_cut.ts";
import { type Answer, findAnswer } from "./found_answer.ts";
import { originBlocks } from "./answer_origin.ts";
import { sentenceBlocks } from "./answer_document.ts";
import { uncertainBlocks } from "./answer_doubts.ts";
import type { AnswerGroup } from "./answer_figures.ts";
import { type AnswerRow, answerTable } from "./answer_rows.ts";
import type { AnswerSentence } from "./answer_sentence.ts";
import { joined, prose, type Section } from "./blocks.ts";
import { exactWords } from "./exact_code.ts";
import type { Exporter } from "./exporter.ts";
import { ownLayoutTitles } from "./own_layout_words.ts";
import { plainSections } from "./plain_blocks.ts";
import { printableCell } from "../text/plain_table.ts";
import { repeatCommand } from "./repeat_command.ts";

const MAIL_COLUMNS = 72;
const MAIL_LINES = 25;

export const mail: Exporter = {
  name: "mail",
  description: "the answer in 25 lines of 72 columns, for a kernel list",
  render: (result) => mailLines(result).join("\n") + "\n",
};

interface Cut {
  readonly unsaid: readonly AnswerSentence["key"][];
  readonly hasLegend: boolean;
  readonly leastRows: number;
  /** Layouts of the user's own that are described. */
  readonly ownLayouts: number;
  readonly mostNames?: number | undefined;
  /** Whether it says how near patched kernels are; default: it does. */
  readonly hasPatched?: boolean | undefined;
  /** Whether origin and doubts are as short as can be; default: they are not. */
  readonly isTerse?: boolean | undefined;
}

const WHOLE: Cut = {
  ...{ unsaid: [], hasLegend: true, leastRows: 6, ownLayouts: 4 },
};

/** What else is left out, step by step, until everything fits. */
const STEPS: readonly Partial<Cut>[] = [
  {},
  { hasLegend: false, leastRows: 4, ownLayouts: 3 },
  // Lines are what is surest of all: names and rows give way to them.
  { ownLayouts: 2, mostNames: 2 },
  { leastRows: 3, mostNames: 1, hasPatched: false },
  // Rows are what the claim can be held against: a run that was timed has more
  // sentences, and of where it is from the least remains.
  { ownLayouts: 1, isTerse: true },
  // A table of few rows says less than one without that sentence, whose figures
  // are in it; what instructions are not, it does not say.
  { unsaid: ["lines"], leastRows: 4 },
  { unsaid: ["lines", "rule"], leastRows: 1 },
];

function mailLines(result: LabResult): string[] {
  const all = findAnswer(result);
  const groups = fittingGroups(all.groups, MAIL_COLUMNS);
  const repetition = repetitionBlocks(result);
  let lines: string[] = [];
  let cut = WHOLE;
  for (const step of STEPS) {
    cut = { ...cut, ...step };
    const least = Math.min(cut.leastRows, all.rows.length);
    for (let count = all.rows.length; count >= least; count--) {
      const rows = largestRows(all.rows, count);
      lines = drawn(result, all, { cut, groups, rows, repetition });
      if (lines.length <= MAIL_LINES) return lines;
    }
  }
  // A command of many lines is the one thing that is never cut.
  return lines;
}

interface MailParts {
  readonly cut: Cut;
  readonly groups: readonly AnswerGroup[];
  readonly rows: readonly AnswerRow[];
  readonly repetition: Section;
}

/** The command that repeats it, with the code of the figures. */
function repetitionBlocks(result: LabResult): Section {
  const { words, notes } = repeatCommand(result);
  const comment = exactWords(result);
  return [
    ...notes.flatMap((note) => prose("repetition", note)),
    { kind: "command", words, comment },
  ];
}

function drawn(result: LabResult, all: Answer, parts: MailParts): string[] {
  const { isTerse } = parts.cut;
  const table = answerTable(parts.groups, parts.rows).filter((block) =>
    parts.cut.hasLegend || block.kind !== "prose" || block.key !== "legend"
  );
  const claim = sentenceBlocks(all, parts.cut).filter((block) =>
    block.kind !== "prose" ||
    parts.cut.unsaid.every((key) => block.key !== `answer.${key}`)
  );
  const origin = originBlocks(result, all, { isBrief: true });
  return plainSections([
    isTerse ? joined("answer", claim) : claim,
    [...table, ...omittedBlocks(all, parts), ...ownLayouts(result, parts)],
    [
      ...(isTerse ? joined("origin", origin) : origin),
      ...uncertainBlocks(result, all, { isBrief: true, isTerse }),
    ],
    parts.repetition,
  ], { width: MAIL_COLUMNS, warning: "Warning" });
}

/** Whoever reads a mail has not the file of the struct that it is of. */
function ownLayouts(result: LabResult, { rows, cut }: MailParts): Section {
  const titles = ownLayoutTitles(result.config);
  return rows.flatMap(({ name, equals }) => [name, ...equals])
    .filter((name) => titles.has(name)).slice(0, cut.ownLayouts)
    .flatMap((name) =>
      prose("layout", `${printableCell(name)}: ${titles.get(name) ?? ""}`)
    );
}
