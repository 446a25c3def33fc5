/**
 * The table of a mail beside the figures as counted now. What was measured
 * cannot be the same again and is ignored.
 */
import type { Answer } from "../report/found_answer.ts";
import { instructionText, linesText } from "../report/answer_rows.ts";
import { formatFigure } from "../text/figure.ts";
import { PARAGRAPH } from "./read_mail.ts";

export interface UnequalFigure {
  readonly figure: string;
  readonly claimed: string;
  readonly counted: string;
}

/** What was compared of a claim. */
export interface ClaimFinding {
  readonly compared: number;
  /** Those that differ. */
  readonly unequal: readonly UnequalFigure[];
}

/** What is in a cell of the table. */
const FIGURE = /^(?:-|\?|[-+<]*[\d.]+(?:[kMGTP]|%|ns)?)$/;
/** What may follow the last row. */
const END = /^(?:=|Per|Not|From:|<\S*|\?:|Uncertain:|deno)$/;
const HEADERS = ["lines", "instr", "time"];

/**
 * Compares the table of a mail.
 *
 * @param before The words of the mail before its command, with `PARAGRAPH`
 *   where a line was empty.
 * @param from The answer as counted now, and whether its instructions come from
 * the same source as the mail's.
 * @returns What was compared; nothing if there is no table.
 * @throws {SyntaxError} If a row is mangled; names it.
 */
export function compareTable(
  before: readonly string[],
  from: { readonly answer: Answer; readonly hasCode: boolean },
  name: string,
): ClaimFinding | undefined {
  const cannot = `Cannot verify "${name}"`;
  const { words, firsts } = withoutParagraphs(before);
  const start = words.findLastIndex((word, i) =>
    word === "layout" && words[i + 1] === "B" && words[i + 2] === "lines"
  );
  if (start < 0) return undefined;
  let at = start + 2;
  const columns: { group: number; header: string }[] = [];
  let group = -1;
  for (; HEADERS.includes(words[at] ?? ""); at++) {
    const header = words[at] as string;
    if (header === "lines") group++;
    columns.push({ group, header });
  }
  const { groups, rows } = from.answer;
  if (group >= groups.length) {
    throw new SyntaxError(
      `${cannot}: its table is of ${group + 1} workloads, expected at most ` +
        `${groups.length}, those of its command`,
    );
  }
  let compared = 0;
  const unequal: UnequalFigure[] = [];
  for (let first = true;; first = false) {
    const layout = words[at] ?? "";
    // A row may stand for others: any of them may be its name.
    const row = rows.find((own) =>
      own.name === layout || own.equals.includes(layout)
    );
    if (row === undefined) {
      if (!first && (layout === "" || END.test(layout))) break;
      // Replies stand between the lines that they quote.
      if (!first && firsts.has(at)) break;
      // Below the table is what the sender's own layouts are.
      if (!first && isNameOf(rows, layout)) break;
      throw new SyntaxError(
        `${cannot}: found "${layout}" where a row of its table begins, ` +
          "expected a layout of its command",
      );
    }
    const cells = words.slice(at + 1, at + 2 + columns.length);
    const good = cells.findIndex((cell) => !FIGURE.test(cell));
    const length = good < 0 ? cells.length : good;
    if (length !== columns.length + 1) {
      throw new SyntaxError(
        `${cannot}: row "${layout}" of its table has ${length} figures, ` +
          `expected ${columns.length + 1}`,
      );
    }
    at += 1 + cells.length;
    const compare = (
      figure: string,
      claimed: string | undefined,
      counted: string,
    ) => {
      compared++;
      if (claimed !== undefined && claimed !== counted) {
        unequal.push({ figure: `${layout}, ${figure}`, claimed, counted });
      }
    };
    compare("B", cells[0], formatFigure(row.bytesPerSegment, 7));
    // One that has a row of its own for its time, or for instructions that are
    // not counted now, has differences there.
    const isBaseline = row.isBaseline && layout === row.name;
    for (const [i, { group, header }] of columns.entries()) {
      const own = row.figures[group];
      const of = `${groups[group]?.title ?? ""}, ${header}`;
      if (header === "lines") {
        compare(of, cells[i + 1], linesText(own, isBaseline));
      } else if (header === "instr" && from.hasCode) {
        compare(of, cells[i + 1], instructionText(own, isBaseline));
      }
    }
  }
  return { compared, unequal };
}

function withoutParagraphs(before: readonly string[]) {
  const words: string[] = [];
  const firsts = new Set<number>();
  for (const word of before) {
    if (word === PARAGRAPH) firsts.add(words.length);
    else words.push(word);
  }
  return { words, firsts };
}

/** Whether a word is `NAME:` of a layout of the table. */
function isNameOf(rows: Answer["rows"], word: string): boolean {
  return rows.some(({ name, equals }) =>
    [name, ...equals].some((own) => word === `${own}:`)
  );
}
